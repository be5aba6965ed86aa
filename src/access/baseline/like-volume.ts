import { median } from "simple-statistics";
import { everybody } from "./comparison.ts";

/** Accounts that a band of like volume needs, and bands at most. */
const bandAccounts = 12;
const mostBands = 20;

/** A band of like volume: its middle, and the place on the scale that is usual there. */
interface Band {
  readonly volume: number;
  readonly place: number;
}

/** What is usual in a group. */
interface Usual {
  /** At least one, by rising volume. */
  readonly bands: readonly Band[];
  readonly least: number;
  readonly most: number;
  /** Median of all places. */
  readonly all: number;
}

/** Accounts that bands are made of. */
export interface VolumeAccounts {
  /** By account, on the scale; NaN where the indicator does not apply. */
  readonly places: Float64Array;
  /** By account: the volume, on a scale on which like differences are alike. */
  readonly volumes: Float64Array;
  readonly kinds: readonly string[];
  /** A smaller kind is compared with all. */
  readonly minimumAccounts: number;
}

/**
 * What is usual at a volume: the median of accounts of one kind in up to twenty bands of volume with about as many accounts each,
 * straight lines through the middles of neighbouring bands, level beyond the last account.
 *
 * @returns place of a unit of a kind less what is usual at its volume, plus what is usual in its kind: the scale is kept,
 *   its order among units of one volume, too; NaN where there is no place or no volume
 */
export function atLikeVolume({
  places,
  volumes,
  kinds,
  minimumAccounts,
}: VolumeAccounts): (place: number, volume: number, kind: string) => number {
  const groups = new Map<string, Band[]>();
  kinds.forEach((kind, account) => {
    const [place, volume] = [places[account] as number, volumes[account] as number];
    if (!Number.isFinite(place) || !Number.isFinite(volume)) return;
    for (const group of new Set([kind, everybody])) {
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [{ volume, place }]);
      else members.push({ volume, place });
    }
  });
  const usual = new Map(
    [...groups]
      .filter(([, members]) => members.length >= minimumAccounts)
      .map(([group, members]) => [group, usualOf(members)]),
  );
  return (place, volume, kind) => {
    const group = usual.get(kind) ?? usual.get(everybody);
    if (group === undefined) return place;
    return place - usualAt(group, volume) + group.all;
  };
}

function usualOf(members: readonly Band[]): Usual {
  const sorted = [...members].sort((a, b) => a.volume - b.volume);
  return {
    bands: bandsOf(sorted),
    least: sorted[0]?.volume ?? Number.NaN,
    most: sorted.at(-1)?.volume ?? Number.NaN,
    all: median(sorted.map(({ place }) => place)),
  };
}

/** Accounts of one volume stay together; what is left over at the top joins the band below. */
function bandsOf(sorted: readonly Band[]): Band[] {
  const size = Math.max(bandAccounts, sorted.length / mostBands);
  const parts: Band[][] = [[]];
  for (const [at, member] of sorted.entries()) {
    const part = parts.at(-1) as Band[];
    const isFull = part.length >= size && part.at(-1)?.volume !== member.volume;
    if (isFull && sorted.length - at >= size) parts.push([member]);
    else part.push(member);
  }
  return parts.map((part) => ({
    volume: median(part.map(({ volume }) => volume)),
    place: median(part.map(({ place }) => place)),
  }));
}

/** Beyond the middles of the outermost bands the last line goes on, as far as there are accounts. */
function usualAt({ bands, least, most }: Usual, volume: number): number {
  if (!Number.isFinite(volume)) return Number.NaN;
  const [only] = bands as [Band, ...Band[]];
  if (bands.length === 1) return only.place;
  const next = bands.findIndex((band) => band.volume > volume);
  const at = next === -1 ? bands.length - 1 : Math.max(1, next);
  const [below, above] = [bands[at - 1] as Band, bands[at] as Band];
  const known = Math.min(most, Math.max(least, volume));
  return below.place + ((above.place - below.place) * (known - below.volume)) / (above.volume - below.volume);
}
