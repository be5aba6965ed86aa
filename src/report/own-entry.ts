/** Entry of a record whose keys are model names: a model called `constructor` finds no method of all objects. */
export function ownEntry<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
