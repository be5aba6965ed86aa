/** A place in the plane. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const rounds = 120;

/**
 * Force-directed layout (Fruchterman and Reingold 1991, doi:10.1002/spe.4380211102) without chance: nodes begin on a
 * circle in the order given, so that the same graph has the same drawing.
 *
 * @param count - nodes, at most a few hundred: time grows with their square
 * @param edges - pairs of node numbers in 0 to count - 1
 * @returns places within [0, 1]; one node stands in the middle
 */
export function graphLayout(count: number, edges: readonly (readonly [number, number])[]): Place[] {
  if (count < 2) return Array.from({ length: count }, () => ({ x: 0.5, y: 0.5 }));
  const xs = Float64Array.from({ length: count }, (_, at) => Math.cos((2 * Math.PI * at) / count));
  const ys = Float64Array.from({ length: count }, (_, at) => Math.sin((2 * Math.PI * at) / count));
  const ideal = 2 / Math.sqrt(count);
  for (let round = 0; round < rounds; round++) {
    const dx = new Float64Array(count);
    const dy = new Float64Array(count);
    const push = (a: number, b: number, strength: (distance: number) => number) => {
      const [x, y] = [(xs[a] ?? 0) - (xs[b] ?? 0), (ys[a] ?? 0) - (ys[b] ?? 0)];
      const distance = Math.max(1e-6, Math.hypot(x, y));
      const force = strength(distance) / distance;
      dx[a] = (dx[a] ?? 0) + x * force;
      dy[a] = (dy[a] ?? 0) + y * force;
      dx[b] = (dx[b] ?? 0) - x * force;
      dy[b] = (dy[b] ?? 0) - y * force;
    };
    for (let a = 0; a < count; a++)
      for (let b = a + 1; b < count; b++) push(a, b, (distance) => (ideal * ideal) / distance);
    for (const [a, b] of edges) push(a, b, (distance) => -(distance * distance) / ideal);
    // The reach of a step falls to nothing, so that the drawing comes to rest.
    const reach = 0.25 * (1 - round / rounds);
    for (let at = 0; at < count; at++) {
      const [x, y] = [dx[at] ?? 0, dy[at] ?? 0];
      const length = Math.max(1e-9, Math.hypot(x, y));
      xs[at] = (xs[at] ?? 0) + (x / length) * Math.min(length, reach);
      ys[at] = (ys[at] ?? 0) + (y / length) * Math.min(length, reach);
    }
  }
  return fitted(xs, ys);
}

function fitted(xs: Float64Array, ys: Float64Array): Place[] {
  const scaled = (values: Float64Array) => {
    const low = Math.min(...values);
    const span = Math.max(...values) - low;
    // Rounded: the last digits of sines differ between machines, and the page must not.
    return Array.from(values, (value) =>
      span < 1e-9 ? 0.5 : Math.round((1000 * (value - low)) / span) / 1000,
    );
  };
  const across = scaled(xs);
  const down = scaled(ys);
  return across.map((x, at) => ({ x, y: down[at] ?? 0.5 }));
}
