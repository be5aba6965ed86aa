import { closingView } from "./closing-view.ts";
import { openingView } from "./opening-view.ts";
import { sentenceEndView } from "./sentence-end-view.ts";
import { sentenceStartView } from "./sentence-start-view.ts";
import { styleView } from "./style-view.ts";
import type { View } from "./view.ts";
import { wordView } from "./word-view.ts";

/** The text views, in the order in which every per-view array is kept. */
export const views: readonly View[] = [
  wordView,
  openingView,
  closingView,
  styleView,
  sentenceStartView,
  sentenceEndView,
];
