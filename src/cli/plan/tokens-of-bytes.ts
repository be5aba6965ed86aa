/** Bytes of UTF-8 a token: current tokenizers need 3 to 5 in English, and fewer in other scripts. */
const bytesPerToken = { least: 2, most: 6 };

/** Fewest and most tokens that a text of so many bytes may have, by rule of thumb. */
export const tokensOfBytes = (bytes: number): readonly [number, number] => [
  Math.ceil(bytes / bytesPerToken.most),
  Math.ceil(bytes / bytesPerToken.least),
];
