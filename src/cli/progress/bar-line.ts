import stringWidth from "string-width";

/** What a line of progress shows; null parts are left out. */
export interface BarLine {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** `1.2/s`, or empty. */
  readonly rate: string;
  /** `$0.31`, `?` where the price is unknown; null where no price is known at all. */
  readonly cost: string | null;
  /** Time left, or what keeps it from going on. */
  readonly left: string;
  /** Stands in place of the bar, for example the class of a failure. */
  readonly trouble: string | null;
}

const widths = { rate: 8, cost: 8, left: 10 };
const bar = { least: 8, most: 24 };
const name = { least: 8, most: 28, share: 0.25 };

/**
 * Lays lines out in columns that never exceed the terminal: name, count, failures and time left always (cut if need be), then
 * cost, rate and bar as far as there is room.
 * @param lines - what all of them show, so that their columns agree
 */
export function barLayout(lines: readonly BarLine[], columns: number): (line: BarLine) => string {
  const room = Math.max(10, columns - 1);
  const longest = (of: (line: BarLine) => string) =>
    Math.max(0, ...lines.map((line) => stringWidth(of(line))));
  const nameWidth = Math.min(
    longest((line) => line.name),
    name.most,
    Math.max(name.least, Math.floor(room * name.share)),
  );
  const parts: { width: number; text: (line: BarLine) => string }[] = [
    { width: nameWidth, text: (line) => padded(cut(line.name, nameWidth), nameWidth) },
    right(longest(countWords), countWords),
  ];
  let used = parts.reduce((sum, { width }) => sum + width + 1, -1);
  const add = (part: (typeof parts)[number]) => {
    if (part.width === 0 || used + 1 + part.width > room) return;
    parts.push(part);
    used += 1 + part.width;
  };
  add(right(longest(failedWords), failedWords));
  add(right(widths.left, (line) => line.left));
  if (lines.some(({ cost }) => cost !== null)) add(right(widths.cost, (line) => line.cost ?? ""));
  add(right(widths.rate, (line) => line.rate));
  const barWidth = Math.min(bar.most, room - used - 1);
  if (barWidth >= bar.least)
    parts.splice(1, 0, { width: barWidth, text: (line) => barWords(line, barWidth) });
  return (line) =>
    cut(
      parts
        .map(({ text }) => text(line))
        .join(" ")
        .trimEnd(),
      room,
    );
}

const countWords = ({ done, total }: BarLine) => `${done}/${total}`;
const failedWords = ({ failed }: BarLine) => (failed === 0 ? "" : `${failed} failed`);
const right = (width: number, text: (line: BarLine) => string) => ({
  width,
  text: (line: BarLine) => cut(text(line), width).padStart(width),
});

function barWords({ trouble, done, total }: BarLine, width: number): string {
  if (trouble !== null) return cut(trouble, width).padEnd(width);
  const filled = total === 0 ? width : Math.floor((width * Math.min(done, total)) / total);
  return "=".repeat(filled).padEnd(width, "-");
}

/** At most so many columns of a terminal; what is cut ends in a mark. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += stringWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}~`;
}

const padded = (text: string, width: number) => text + " ".repeat(Math.max(0, width - stringWidth(text)));
