import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * Nearest positive semi-definite matrix, in the Frobenius norm, to a symmetric one: negative eigenvalues become 0.
 *
 * @param matrix - k x k, symmetric, finite; not modified
 * @returns a new matrix; equal to the one given where that is positive definite
 * @throws RangeError when the matrix is not square or symmetric, or has a number that is not finite
 * @see Higham (1988), doi:10.1016/0024-3795(88)90223-6
 */
export function positiveSemidefinitePart(matrix: readonly (readonly number[])[]): number[][] {
  const copy = matrix.map((row) => [...row]);
  const k = copy.length;
  if (
    copy.some((row, i) => row.length !== k || !row.every((x, j) => Number.isFinite(x) && x === copy[j]?.[i]))
  )
    throw new RangeError(`Expected a symmetric matrix of finite numbers with ${k} rows.`);
  // Most matrices are positive definite, and a Cholesky decomposition says so for a fraction of the time.
  if (k === 0 || new CholeskyDecomposition(new Matrix(copy)).isPositiveDefinite()) return copy;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(copy), {
    assumeSymmetric: true,
  });
  const vectors = eigenvectorMatrix.to2DArray();
  const clipped = realEigenvalues.map((value) => Math.max(0, value));
  return copy.map((_, i) =>
    copy.map((_, j) =>
      clipped.reduce((sum, value, e) => sum + value * (vectors[i]?.[e] ?? 0) * (vectors[j]?.[e] ?? 0), 0),
    ),
  );
}
