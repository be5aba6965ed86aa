/** Disjoint sets of 0 to n - 1 (union-find); the lowest member stands for its set, whatever the order of unions. */
export interface DisjointSets {
  find(item: number): number;
  /** Whether they were apart. */
  union(first: number, second: number): boolean;
}

/** Sets of one item each. Path halving keeps `find` near constant time. */
export function disjointSets(count: number): DisjointSets {
  const parent = Int32Array.from({ length: count }, (_, item) => item);
  const find = (item: number): number => {
    let at = item;
    while (parent[at] !== at) {
      const above = parent[parent[at] as number] as number;
      parent[at] = above;
      at = above;
    }
    return at;
  };
  return {
    find,
    union(first, second) {
      const [left, right] = [find(first), find(second)];
      if (left === right) return false;
      parent[Math.max(left, right)] = Math.min(left, right);
      return true;
    },
  };
}
