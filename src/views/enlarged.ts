type NumberArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** The array itself where it has `length` places, else a longer one, at least twice as long, with its contents. */
export function enlarged<A extends NumberArray>(array: A, length: number): A {
  if (array.length >= length) return array;
  const longer = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2));
  longer.set(array);
  return longer;
}
