import { enlarged } from "../views/enlarged.ts";
import type { KeptCandidates } from "./kept-probe.ts";
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
  /** Adds a response of several; they come grouped by model, models in ascending order. */
  readonly add: (model: number, kept: KeptCandidates, response: number) => void;
  readonly counted: () => CountedHabits;
}

/**
 * @param placeOf - by number of a candidate: its place among the habits, or -1, as for higher numbers
 * @param habitCount - how many habits there are
 */
export function createHabitCounter(placeOf: Int32Array, habitCount: number): HabitCounter {
  /** By habit: its id at this probe, and one more. */
  const idOf = new Int32Array(habitCount);
  let places = new Int32Array(1 << 10);
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
    add: (model, kept, response) => {
      const from = kept.starts[response] as number;
      const to = kept.starts[response + 1] as number;
      places = enlarged(places, size + to - from);
      ids = enlarged(ids, end + to - from);
      counts = enlarged(counts, end + to - from);
      for (let i = from; i < to; i++) {
        const place = placeOf[kept.numbers[i] as number] ?? -1;
        if (place < 0) continue;
        let id = (idOf[place] as number) - 1;
        if (id < 0) {
          id = size++;
          idOf[place] = size;
          places[id] = place;
        }
        ids[end] = id;
        counts[end] = kept.counts[i] as number;
        end++;
      }
      models.push(model);
      starts.push(end);
    },
    counted: () => ({ models, starts, ids, counts, size, places }),
  };
}
