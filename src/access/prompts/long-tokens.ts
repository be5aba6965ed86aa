/** Beginnings that services give their keys, and what follows them. */
const knownKey = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[
    "(?:sk|pk|rk)_(?:live|test)_\\w{8,}",
    "sk-(?=[\\w-]*[A-Z0-9])[\\w-]{8,}",
    "(?:gh[oprsu]|github_pat|glpat|xox[a-z]|xapp)[-_][\\w-]{8,}",
    "(?:hf|npm)_[A-Za-z0-9]{16,}",
    "(?:AKIA|ASIA)[A-Z0-9]{12,}",
    "AIza[\\w-]{16,}",
    "eyJ[\\w-]{8,}(?:\\.[\\w-]+)*",
  ].join("|")})`,
  "gu",
);
/** Runs of letters and digits, joined as base64, its form for URLs and dashed keys join them; paths and identifiers too. */
const joinedRuns = /(?<![\p{L}\p{N}])[A-Za-z0-9]+(?:[-_+/]+[A-Za-z0-9]+)*={0,2}/gu;
/** Letters and digits in a row, from which on a run is long. */
const longRun = 16;
/** A dashed key is as long, most of it mixed runs of so many characters. */
const longKey = 20;
const keyPart = 4;

/**
 * Replaces what looks like a key: after a known beginning, as `sk-` and `ghp_`; 16 and more letters and digits in a row
 * that do not read as words; and dashed keys of 20 and more. Words, versions, paths and identifiers stay, as
 * `utf8ToUtf16Converter`.
 */
export function replaceLongTokens(text: string, mark: string): string {
  return text
    .replace(knownKey, mark)
    .replace(joinedRuns, (token) => (token.length >= longRun && looksRandom(token) ? mark : token));
}

function looksRandom(token: string): boolean {
  const runs = token.split(/[^A-Za-z0-9]+/u);
  const random = runs.filter((run) => run.length >= keyPart && mixed(run) && !readsAsWords(run));
  const length = (parts: readonly string[]) => parts.reduce((sum, part) => sum + part.length, 0);
  return (
    random.some((run) => run.length >= longRun) ||
    (token.length >= longKey && length(random) >= (2 / 3) * length(runs))
  );
}

const mixed = (run: string): boolean => /\d/.test(run) && /[A-Za-z]/.test(run);

/** Camel case with a number or two: few digits, pieces as long as words are, and vowels in the long ones. */
function readsAsWords(run: string): boolean {
  const numbers = run.match(/\d+/g) ?? [];
  const words = run.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (
    numbers.length <= 2 &&
    numbers.every((number) => number.length <= 4) &&
    letters >= 3.5 * words.length &&
    words.every((word) => /[A-Z]$/.test(word) || !/[^aeiouy]{6}|^[^aeiouy]{5,}$/i.test(word))
  );
}
