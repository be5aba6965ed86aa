import { createContext } from "preact";

/** How much of an analysis a page prints: the numbers of a huge run are in its data files. */
export interface Detail {
  /** Rows of a table. */
  readonly rows: number;
  /** Rows of a folded table behind an evidence line; 0 for none of these tables. */
  readonly lineRows: number;
  readonly exhibits: number;
  /** Suspects with a card and a section of their own. */
  readonly suspects: number;
  /** Characters of a foreign text. */
  readonly text: number;
  readonly charts: boolean;
}

/** From a page that leaves nothing out to one that always fits. */
export const details: readonly [Detail, ...Detail[]] = [
  { rows: 200, lineRows: 60, exhibits: 12, suspects: 100, text: 4000, charts: true },
  { rows: 80, lineRows: 24, exhibits: 5, suspects: 60, text: 1200, charts: true },
  { rows: 40, lineRows: 0, exhibits: 2, suspects: 40, text: 400, charts: true },
  { rows: 20, lineRows: 0, exhibits: 1, suspects: 12, text: 120, charts: false },
];

/** The detail of the page that is being rendered. */
export const DetailContext = createContext<Detail>(details[0]);
