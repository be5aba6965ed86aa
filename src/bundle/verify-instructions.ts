import type { BundlePredicate } from "../schema/evidence-bundle.ts";
import { payloadType } from "./dsse-signature.ts";

/**
 * `VERIFY.md`: how to check a bundle, first with tools that every system has, then with Congener. The commands are run by a
 * test as they stand.
 * @param signedBy - key id, or null for an unsigned bundle
 */
export function verifyInstructions(predicate: BundlePredicate, signedBy: string | null): string {
  const { run, congenerVersion, statisticVersion, createdAt, redacted } = predicate;
  return `# How to verify this bundle

Run ${codeSpan(run)}, compared ${createdAt} by congener ${congenerVersion} (statistics version ${statisticVersion}).
${redacted ? "\nIt is redacted: prompts and answers are left out, and features under a keyed hash stand for them.\n" : ""}
It shows that the report follows from the transcripts in \`run/\`, and that nothing was changed since it was ${signedBy === null ? "made" : "signed"}. It
does not show that the transcripts are what the endpoints said: that rests on whoever recorded them.

Run the commands in this folder.

## Files

\`\`\`sh
sha256sum -c SHA256SUMS
\`\`\`

Each file must be \`OK\`. (On macOS: \`shasum -a 256 -c SHA256SUMS\`.) \`bundle.json\` holds the same sums, as an
[in-toto statement](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) in canonical JSON (RFC 8785).

## Signature

${signedBy === null ? unsigned : signedPart(signedBy)}
## Numbers

\`\`\`sh
npx congener@${congenerVersion} verify .${signedBy === null ? "" : " --key signature/public-key.pem"}
\`\`\`

recomputes every number from the transcripts, offline, and names the first difference.${signedBy === null ? "" : " Put the file with the key that you trust in the place of\n`signature/public-key.pem`, which is only what this bundle says of itself."} By hand: every line of
\`run/transcripts/*.jsonl\` holds in \`prevHash\` the hash of the line before; \`predicate.heads\` in \`bundle.json\` holds the last ones.

The configuration without its secrets (targets, parameters, suites, roles, seed) is in \`run/manifest.json\`.
`;
}

const unsigned = `This bundle is not signed: whoever hands it over can have changed it and made new sums. Compare the SHA-256 of \`bundle.json\`
with one that was published elsewhere.
`;

function signedPart(keyId: string): string {
  return `\`\`\`sh
openssl pkeyutl -verify -pubin -inkey signature/public-key.pem -rawin -in signature/pae.bin -sigfile signature/signature.bin
printf 'DSSEv1 ${payloadType.length} ${payloadType} %d ' "$(wc -c < bundle.json)" | cat - bundle.json | cmp - signature/pae.bin
openssl pkey -pubin -in signature/public-key.pem -outform DER | sha256sum
\`\`\`

The first says \`Signature Verified Successfully\` (OpenSSL 3). The second says nothing: what was signed is \`bundle.json\` behind a
[DSSE](https://github.com/secure-systems-lab/dsse) header. The third prints the key id, which must be the one that the signer
published elsewhere: a key in a bundle vouches for nothing by itself. This bundle says it is

\`\`\`
${keyId}
\`\`\`
`;
}

/** A name in Markdown; a run's name is free text. */
function codeSpan(text: string): string {
  return `\`${text.replace(/[^\p{L}\p{N} ._/:@+-]/gu, "?")}\``;
}
