/**
 * Centred kernel of two models at one probe by explicit loops over the panel: kernels are inner products divided by the
 * dimension; the mean over panel pairs leaves out i = j.
 */
export function centredNaively(
  vectors: readonly Float64Array[],
  a: number,
  b: number,
  panel: readonly number[],
): number {
  const kernel = (x: number, y: number) => {
    const second = vectors[y] ?? new Float64Array();
    return (
      (vectors[x] ?? new Float64Array()).reduce((sum, value, i) => sum + value * (second[i] ?? 0), 0) /
      second.length
    );
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const pairs = panel.flatMap((i) => panel.flatMap((j) => (i === j ? [] : [kernel(i, j)])));
  return (
    kernel(a, b) - mean(panel.map((i) => kernel(a, i))) - mean(panel.map((i) => kernel(i, b))) + mean(pairs)
  );
}
