/** An image of at most 256 colours. */
export interface PaletteImage {
  readonly width: number;
  readonly height: number;
  /** Place in the palette, row by row. */
  readonly pixels: Uint8Array;
  /** Colours as `#rrggbb`. */
  readonly palette: readonly string[];
}

/** Longest stored block of a deflate stream. */
const longestBlock = 65_535;

/**
 * An image as a PNG in a `data:` URI. Pixels are packed to 4 or 8 bits and stored without compression, so that the bytes
 * depend on nothing but the image: 400 x 400 pixels of 16 colours are 80 kB.
 *
 * @see ISO/IEC 15948 (PNG); RFC 1950 and 1951 (zlib, stored blocks)
 */
export function palettePng({ width, height, pixels, palette }: PaletteImage): string {
  const depth = palette.length <= 16 ? 4 : 8;
  const stride = 1 + Math.ceil((width * depth) / 8);
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = pixels[y * width + x] ?? 0;
      const at = y * stride + 1 + (depth === 8 ? x : x >> 1);
      rows[at] = (rows[at] ?? 0) | (depth === 8 || x % 2 === 1 ? value : value << 4);
    }
  const colours = palette.flatMap((colour) =>
    [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16)),
  );
  const png = [
    137,
    80,
    78,
    71,
    13,
    10,
    26,
    10,
    ...chunk("IHDR", [...bytes(width), ...bytes(height), depth, 3, 0, 0, 0]),
    ...chunk("PLTE", colours),
  ];
  const data = Uint8Array.from([...png]);
  const image = chunkOf("IDAT", stored(rows));
  const end = Uint8Array.from(chunk("IEND", []));
  return `data:image/png;base64,${base64([data, image, end])}`;
}

const bytes = (value: number) => [
  (value >>> 24) & 255,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];
const chunk = (type: string, data: readonly number[]) => [...chunkOf(type, Uint8Array.from(data))];

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(data.length + 12);
  whole.set(bytes(data.length));
  whole.set(
    Uint8Array.from(type, (letter) => letter.charCodeAt(0)),
    4,
  );
  whole.set(data, 8);
  whole.set(bytes(crc32(whole.subarray(4, 8 + data.length))), 8 + data.length);
  return whole;
}

/** A zlib stream of stored blocks. */
function stored(data: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(data.length / longestBlock));
  const stream = new Uint8Array(2 + 5 * blocks + data.length + 4);
  stream.set([0x78, 0x01]);
  let at = 2;
  for (let block = 0; block < blocks; block++) {
    const part = data.subarray(block * longestBlock, (block + 1) * longestBlock);
    const size = part.length;
    stream.set([block === blocks - 1 ? 1 : 0, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255], at);
    stream.set(part, at + 5);
    at += 5 + size;
  }
  let [low, high] = [1, 0];
  for (const byte of data) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  stream.set([high >> 8, high & 255, low >> 8, low & 255], at);
  return stream;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? 0xed_b8_83_20 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(data: Uint8Array): number {
  let value = 0xff_ff_ff_ff;
  for (const byte of data) value = (crcTable[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  return (value ^ 0xff_ff_ff_ff) >>> 0;
}

function base64(parts: readonly Uint8Array[]): string {
  let text = "";
  for (const part of parts)
    for (let at = 0; at < part.length; at += 8192)
      text += String.fromCharCode(...part.subarray(at, at + 8192));
  return btoa(text);
}
