/** Similarities of all the answers to one probe: those of the first model, then those of the second. */
export interface ProbeKernel {
  readonly firstCount: number;
  readonly secondCount: number;
  /** Row-major, (firstCount + secondCount) squared, symmetric, finite; the diagonal is not used. */
  readonly values: Float32Array;
}
