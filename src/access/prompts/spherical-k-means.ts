import type { Random } from "../../schema/random.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** Unit vectors that rows are nearest to, by feature: centre k has weight weights[feature * count + k]. */
export interface Centres {
  readonly count: number;
  readonly weights: Float32Array;
}

/** Rounds at most; fewer where no row moves. */
const rounds = 12;

/**
 * Spherical k-means: clusters of unit vectors by cosine similarity, first centres by k-means++ on 1 - cosine.
 *
 * @param data - rows of unit length; empty rows belong nowhere. Not modified
 * @param options.count - centres wanted; fewer where there are fewer different rows
 * @throws nothing; zero rows give zero centres
 * @see Dhillon & Modha (2001), doi:10.1023/A:1007612920971; Arthur & Vassilvitskii (2007), acm 1283383.1283494
 */
export function sphericalKMeans(
  data: SparseRows,
  { count, random }: { readonly count: number; readonly random: Random },
): Centres {
  let centres = firstCentres(data, count, random);
  let before = new Int32Array(data.rows).fill(-1);
  for (let round = 0; round < rounds && centres.count > 0; round++) {
    const nearest = nearestCentres(data, centres);
    if (nearest.every((centre, row) => centre === before[row])) break;
    centres = means(data, nearest, centres);
    before = nearest;
  }
  return centres;
}

/** The nearest centre of each row; -1 for an empty row, or one that shares no feature with any centre. */
export function nearestCentres(data: SparseRows, { count, weights }: Centres): Int32Array<ArrayBuffer> {
  const nearest = new Int32Array(data.rows).fill(-1);
  const dots = new Float64Array(count);
  for (let row = 0; row < data.rows; row++) {
    dots.fill(0);
    for (let at = data.starts[row] as number; at < (data.starts[row + 1] as number); at++) {
      const weight = data.weights[at] as number;
      const base = (data.features[at] as number) * count;
      for (let centre = 0; centre < count; centre++)
        dots[centre] = (dots[centre] as number) + weight * (weights[base + centre] as number);
    }
    let best = 0;
    for (let centre = 0; centre < count; centre++)
      if ((dots[centre] as number) > best) {
        best = dots[centre] as number;
        nearest[row] = centre;
      }
  }
  return nearest;
}

function firstCentres(data: SparseRows, wanted: number, random: Random): Centres {
  const distance = new Float64Array(data.rows);
  for (let row = 0; row < data.rows; row++) distance[row] = data.starts[row] === data.starts[row + 1] ? 0 : 1;
  const chosen: number[] = [];
  const dense = new Float64Array(data.columns);
  while (chosen.length < wanted) {
    const total = distance.reduce((sum, value) => sum + value, 0);
    if (!(total > 1e-6)) break;
    let left = random() * total;
    let row = 0;
    while (row < data.rows - 1 && left >= (distance[row] as number)) left -= distance[row++] as number;
    chosen.push(row);
    dense.fill(0);
    for (let at = data.starts[row] as number; at < (data.starts[row + 1] as number); at++)
      dense[data.features[at] as number] = data.weights[at] as number;
    for (let other = 0; other < data.rows; other++) {
      let dot = 0;
      for (let at = data.starts[other] as number; at < (data.starts[other + 1] as number); at++)
        dot += (data.weights[at] as number) * (dense[data.features[at] as number] as number);
      distance[other] = Math.min(distance[other] as number, 1 - dot < 1e-6 ? 0 : 1 - dot);
    }
  }
  const weights = new Float32Array(data.columns * chosen.length);
  for (const [centre, row] of chosen.entries())
    for (let at = data.starts[row] as number; at < (data.starts[row + 1] as number); at++)
      weights[(data.features[at] as number) * chosen.length + centre] = data.weights[at] as number;
  return { count: chosen.length, weights };
}

/** Means of the rows of each centre, scaled to unit length; a centre that lost all its rows stays where it was. */
function means(data: SparseRows, nearest: Int32Array, { count, weights: old }: Centres): Centres {
  const weights = new Float32Array(old.length);
  const held = new Uint8Array(count);
  for (let row = 0; row < data.rows; row++) {
    const centre = nearest[row] as number;
    if (centre < 0) continue;
    held[centre] = 1;
    for (let at = data.starts[row] as number; at < (data.starts[row + 1] as number); at++) {
      const place = (data.features[at] as number) * count + centre;
      weights[place] = (weights[place] as number) + (data.weights[at] as number);
    }
  }
  const squares = new Float64Array(count);
  for (let place = 0; place < weights.length; place++)
    squares[place % count] = (squares[place % count] as number) + (weights[place] as number) ** 2;
  for (let place = 0; place < weights.length; place++) {
    const centre = place % count;
    const length = Math.sqrt(squares[centre] as number);
    weights[place] =
      held[centre] === 1 && length > 0 ? (weights[place] as number) / length : (old[place] as number);
  }
  return { count, weights };
}
