/** A pause of so long parts two sessions. */
const sessionGapMs = 15 * 60_000;
type Times = readonly (number | null)[];

/** Places of the samples in the order of asking; null where a time is unknown. */
function placesInTime(times: Times): (number | null)[] {
  const ordered = times
    .flatMap((time, index) => (time === null ? [] : [{ time, index }]))
    .sort((a, b) => a.time - b.time);
  const places = new Array<number | null>(times.length).fill(null);
  ordered.forEach(({ index }, place) => {
    places[index] = place;
  });
  return places;
}

/** Which of so many equal parts of the answers, in the order of asking, each is of. */
export function timeBlocks(times: Times, blocks: number): (number | null)[] {
  const places = placesInTime(times);
  const count = places.filter((place) => place !== null).length;
  return places.map((place) => (place === null ? null : Math.floor((place * blocks) / count)));
}

/** Which session each sample is of: sessions are parted by pauses of a quarter of an hour. */
export function sessions(times: Times): (number | null)[] {
  const places = placesInTime(times);
  const known = times.filter((time) => time !== null).toSorted((a, b) => a - b);
  const starts = known.filter((time, i) => i > 0 && time - (known[i - 1] as number) >= sessionGapMs);
  return places.map((_, index) => {
    const time = times[index] ?? null;
    return time === null ? null : starts.filter((start) => start <= time).length;
  });
}

/** Whose turn it was, were backends to answer one after the other: the place in the order of asking modulo `period`. */
export function turns(times: Times, period: number): (number | null)[] {
  return placesInTime(times).map((place) => (place === null ? null : place % period));
}
