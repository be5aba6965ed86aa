/** A number that a text gives, with its place in it. */
export interface WrittenNumber {
  readonly value: number;
  readonly start: number;
}
