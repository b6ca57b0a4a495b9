/** Whether what was promised came true: each day's votes, held against the confidence of the day before. */
import type { ConfidencePoint } from "../../api/types";
import { keyOf } from "./filter";

/** Votes on suggestions whose promised confidence lay in [from, to). */
export interface Bin {
  from: number;
  to: number;
  /** The mean promise, weighed by votes. */
  promised: number;
  /** The share of the votes that found it helpful. */
  helpful: number;
  votes: number;
}

const BINS = 5;

/** Bins with votes, the lowest promise first. A vote was not known to the promise that it is held against. */
export function calibrationBins(history: readonly ConfidencePoint[]): Bin[] {
  const bins = Array.from({ length: BINS }, () => ({ votes: 0, helpful: 0, promised: 0 }));
  for (const [before, after] of steps(history)) {
    const votes = after.votes - before.votes;
    const helpful = after.helpful - before.helpful;
    // Votes that people changed or took back are no new ones, and cannot be told from them.
    if (votes <= 0 || helpful < 0 || helpful > votes) continue;
    const bin = bins[Math.min(BINS - 1, Math.floor(before.mean * BINS))];
    if (!bin) continue;
    bin.votes += votes;
    bin.helpful += helpful;
    bin.promised += votes * before.mean;
  }
  return bins.flatMap(({ votes, helpful, promised }, index) =>
    votes ? [{ from: index / BINS, to: (index + 1) / BINS, promised: promised / votes, helpful: helpful / votes, votes }] : [],
  );
}

/** Each cell's days in pairs that follow one another. */
function* steps(history: readonly ConfidencePoint[]): Generator<[ConfidencePoint, ConfidencePoint]> {
  const last = new Map<string, ConfidencePoint>();
  for (const point of [...history].sort((one, other) => one.date.localeCompare(other.date))) {
    const before = last.get(keyOf(point));
    if (before) yield [before, point];
    last.set(keyOf(point), point);
  }
}
