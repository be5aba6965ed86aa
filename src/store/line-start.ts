/** What a transcript line says of its sample before the first text of a model. */
export interface LineStart {
  readonly sampleId: string;
  readonly probeHash: string;
  readonly wording: number;
  readonly index: number;
}

/** What stands before the first text of a model in every line that this version writes. */
const lineStart =
  /^\{"schemaVersion":1,"sampleId":"([0-9a-f]{64})","prevHash":"[0-9a-f]{64}","salt":(?:null|"[^"]*"),"suite":"[^"\\]*","probe":"[^"\\]*","probeHash":"([0-9a-f]{64})","wording":(\d+),"target":"(?:[^"\\]|\\.)*","targetHash":"[0-9a-f]{64}","index":(\d+),/;
/** Such a start with ordinary names, and the longest one: names are at most 200 characters, a target's up to six bytes each. */
const lineStartBytes = { usual: 768, most: 2_400 };

/** Reads the start of a transcript line without parsing the rest; null where the line is written otherwise. */
export function readLineStart(bytes: Buffer): LineStart | null {
  const start =
    lineStart.exec(bytes.toString("latin1", 0, lineStartBytes.usual)) ??
    lineStart.exec(bytes.toString("latin1", 0, lineStartBytes.most));
  if (start === null) return null;
  const [, sampleId = "", probeHash = "", wording, index] = start;
  return { sampleId, probeHash, wording: Number(wording), index: Number(index) };
}
