import { enlarged } from "../views/enlarged.ts";
import type { CountedResponses } from "./probe-counter.ts";

/** Habits of one view in the responses to one probe. */
export interface CountedHabits extends CountedResponses {
  /** By feature: its place among the habits. */
  readonly places: Int32Array;
}

/** Counts the habits of one view, probe by probe. */
export interface HabitCounter {
  /** Begins a probe. */
  readonly start: () => void;
  /** Adds a response, as `Candidates.add` does; responses come grouped by model, models in ascending order. */
  readonly add: (model: number, numbers: Int32Array, from: number, to: number) => void;
  readonly counted: () => CountedHabits;
}

const mostCounted = 65535;

/**
 * @param placeOf - by number of a candidate: its place among the habits, or -1, as for higher numbers
 * @param habitCount - how many habits there are
 */
export function createHabitCounter(placeOf: Int32Array, habitCount: number): HabitCounter {
  /** By habit: its id at this probe, and one more. */
  const idOf = new Int32Array(habitCount);
  let places = new Int32Array(1 << 10);
  /** By id: place after its latest entry. */
  let entryOf = new Int32Array(1 << 10);
  let size = 0;
  let ids = new Int32Array(1 << 12);
  let counts = new Uint16Array(1 << 12);
  let end = 0;
  let models: number[] = [];
  let starts = [0];
  return {
    start: () => {
      for (let id = 0; id < size; id++) idOf[places[id] as number] = 0;
      size = 0;
      end = 0;
      models = [];
      starts = [0];
    },
    add: (model, numbers, from, to) => {
      places = enlarged(places, size + to - from);
      entryOf = enlarged(entryOf, size + to - from);
      ids = enlarged(ids, end + to - from);
      counts = enlarged(counts, end + to - from);
      const first = end;
      for (let i = from; i < to; i++) {
        const place = placeOf[numbers[i] as number] ?? -1;
        if (place < 0) continue;
        let id = (idOf[place] as number) - 1;
        if (id < 0) {
          id = size++;
          idOf[place] = size;
          places[id] = place;
          entryOf[id] = 0;
        }
        const entry = (entryOf[id] as number) - 1;
        if (entry >= first) {
          const count = counts[entry] as number;
          if (count < mostCounted) counts[entry] = count + 1;
        } else {
          ids[end] = id;
          counts[end] = 1;
          end++;
          entryOf[id] = end;
        }
      }
      models.push(model);
      starts.push(end);
    },
    counted: () => ({ models, starts, ids, counts, size, places }),
  };
}
