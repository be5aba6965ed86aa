import Table from "cli-table3";
import stringWidth from "string-width";
import { foldLine } from "../../report/fold-line.ts";

/** A table without lines, as wide as its cells. */
function plainTable(head: readonly string[]) {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", "left-mid": "", mid: "" };
  const rest = {
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    "mid-mid": "",
    middle: "",
  };
  return new Table({
    head: [...head],
    style: {
      head: [],
      border: [],
      compact: true,
      "padding-left": 0,
      "padding-right": 2,
    },
    chars: { ...none, ...rest, right: "", "right-mid": "" },
  });
}

const lines = (text: string) => text.split("\n").map((line) => line.trimEnd());

/**
 * Rows under their heads where the terminal is wide enough; else each row as a list, the first cell as its heading.
 * Empty cells of a list are left out.
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string[] {
  const table = plainTable(head);
  table.push(...rows.map((row) => [...row]));
  const tabulated = lines(table.toString());
  if (tabulated.every((line) => stringWidth(line) <= columns)) return tabulated;
  return rows.flatMap(([first = "", ...cells]) => [
    `${head[0] ?? ""}: ${first}`,
    ...cells.flatMap((cell, at) => (cell === "" ? [] : [`  ${head[at + 1] ?? ""}: ${cell}`])),
  ]);
}

/** A paragraph in lines of at most so many characters, at spaces. */
export const wrapped = (text: string, columns: number): string[] => foldLine(text, Math.max(20, columns));
