import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { formatCount } from "../numbers.ts";
import { DetailContext } from "./detail.ts";

/** A column's heading, and whether it holds numbers. */
export interface Column {
  readonly head: string;
  readonly numeric?: boolean;
}

interface DataTableProps {
  /** Unique on the page; never made from foreign text. */
  readonly id: string;
  readonly caption: ComponentChildren;
  readonly columns: readonly Column[];
  /** Cells by row; the first cell heads its row. */
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Rows printed before the table refers to the data files; default 200, less on a shortened page. */
  readonly limit?: number;
  /** Keeps a table of few short columns together instead of spreading it over the page. */
  readonly narrow?: boolean;
}

/** Table with a caption, scoped headings and a scroll area that the keyboard reaches. */
export function DataTable({ id, caption, columns, rows, limit = 200, narrow = false }: DataTableProps) {
  const most = Math.min(limit, useContext(DetailContext).rows);
  const shown = rows.slice(0, most);
  const align = (index: number) => (columns[index]?.numeric === true ? "number" : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area has to be reachable by keyboard
    <section class="scroll" aria-labelledby={id} tabIndex={0}>
      <table class={narrow ? "narrow" : undefined}>
        <caption id={id}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th scope="col" class={align(index)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr>
              {row.map((cell, index) =>
                index === 0 ? <th scope="row">{cell}</th> : <td class={align(index)}>{cell}</td>,
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <p class="note">
          {formatCount(rows.length - most)} further rows are in the JSON and CSV files of this report.
        </p>
      )}
    </section>
  );
}
