/** A value that must never be written, with the name that takes its place. */
export interface Secret {
  /** For example `OPENAI_API_KEY` or `acme header authorization`. */
  readonly name: string;
  readonly value: string;
}

/** Replaces secrets by `[secret:NAME]`, and says which were found. */
export interface SecretFilter {
  /** A text without secrets. */
  text(text: string): string;
  /** A JSON value whose strings and keys hold no secret, with the sorted names of those replaced. */
  value<T>(value: T): { value: T; replaced: string[] };
}

/** Values shorter than this are placeholders such as `ollama` or `EMPTY`, and would match innocent text. */
export const shortestScannedSecret = 12;

/**
 * A filter for the given secrets: their values as they are, JSON-escaped (also with `\/`, and with `\u002b` for what some
 * libraries escape), URL-encoded, HTML-escaped, in hexadecimal and in base64 (each of the three alignments, both alphabets).
 * Values shorter than 12 characters are not scanned for.
 */
export function createSecretFilter(secrets: readonly Secret[]): SecretFilter {
  const nameByForm = new Map<string, string>();
  for (const { name, value } of secrets) {
    if (value.length < shortestScannedSecret) continue;
    const label = `[secret:${name.replace(/[^\w .-]/g, "_")}]`;
    for (const form of encodedForms(value)) if (!nameByForm.has(form)) nameByForm.set(form, label);
  }
  if (nameByForm.size === 0) return { text: (text) => text, value: (value) => ({ value, replaced: [] }) };
  // Longest first, so that no part of a longer form stays behind.
  const forms = [...nameByForm.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(escapeForPattern).join("|"), "g");
  const quick = new RegExp(
    [...new Set(forms.flatMap((form) => [form, jsonEscaped(form)]))].map(escapeForPattern).join("|"),
  );

  const replaceIn = (text: string, found: Set<string>) =>
    text.replace(pattern, (match) => {
      const label = nameByForm.get(match) ?? "[secret]";
      found.add(label.slice("[secret:".length, -1));
      return label;
    });
  return {
    text: (text) => replaceIn(text, new Set()),
    value: (value) => {
      // Almost no line holds a secret: one pass over its JSON decides whether to walk it.
      if (!quick.test(JSON.stringify(value) ?? "")) return { value, replaced: [] };
      const found = new Set<string>();
      return { value: mapStrings(value, (text) => replaceIn(text, found)), replaced: [...found].sort() };
    },
  };
}

function mapStrings<T>(value: T, map: (text: string) => string): T {
  if (typeof value === "string") return map(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map)) as T;
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]),
    ) as T;
  return value;
}

function encodedForms(value: string): string[] {
  const escaped = jsonEscaped(value);
  const plain = [value, escaped, jsonEscaped(escaped), value.replaceAll("/", "\\/"), ...urlEncoded(value)];
  const hex = Buffer.from(value, "utf8").toString("hex");
  const others = [hex, hex.toUpperCase(), htmlEscaped(value), ...codeEscaped(value)];
  return [...new Set([...plain, ...others, ...base64Forms(value)])];
}

/** As a part of a URL: by RFC 3986 with and without what JavaScript leaves out, as a path, and as a form; digits in either case. */
function urlEncoded(value: string): string[] {
  const whole = Buffer.from(value, "utf8").toString("utf8");
  const component = encodeURIComponent(whole);
  const strict = component.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const form = new URLSearchParams({ "": whole }).toString().slice(1);
  return [component, strict, strict.replaceAll("%2F", "/"), encodeURI(whole), form].flatMap((url) => [
    url,
    url.replace(/%[0-9A-F]{2}/g, (sequence) => sequence.toLowerCase()),
  ]);
}

function htmlEscaped(value: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** As JSON libraries write what they find dangerous in a web page, with digits in either case. */
function codeEscaped(value: string): string[] {
  const code = (character: string) => character.charCodeAt(0).toString(16).padStart(4, "0");
  return [
    value.replace(/[&<>"'+/=]/g, (character) => `\\u${code(character)}`),
    value.replace(/[&<>"'+/=]/g, (character) => `\\u${code(character).toUpperCase()}`),
    value.replace(/[&<>"'+]/g, (character) => `\\u${code(character).toUpperCase()}`),
    value.replace(/[&<>]/g, (character) => `\\u${code(character)}`),
  ];
}

/** What base64 shows of a value at each of the three offsets it can have in a longer text, in both alphabets. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.toString("base64").replace(/=+$/, "");
    // Characters that also depend on the bytes before or after the value are left out.
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const core = whole.slice(first, last);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
