/** Calibration: the votes of each day against the confidence of the day before. */
import type { ConfidencePoint } from "../../api/types";
import { keyOf } from "./filter";

/** Votes on suggestions whose predicted confidence was in [from, to); the last bin includes 1. */
export interface CalibrationBin {
  from: number;
  to: number;
  /** The mean prediction, weighted by votes. */
  predicted: number;
  /** The share of the votes that are "helpful". */
  helpful: number;
  votes: number;
}

const BINS = 5;

/** Returns the bins that have votes, lowest prediction first. A prediction never includes the votes that it is
 * compared with. */
export function calibrationBins(history: readonly ConfidencePoint[]): CalibrationBin[] {
  const bins = Array.from({ length: BINS }, () => ({ votes: 0, helpful: 0, predicted: 0 }));
  for (const [before, after] of consecutiveDays(history)) {
    const votes = after.votes - before.votes;
    const helpful = after.helpful - before.helpful;
    // Changed and withdrawn votes are not new votes. The counts do not show them apart, so the day is left out.
    if (votes <= 0 || helpful < 0 || helpful > votes) continue;
    const bin = bins[Math.min(BINS - 1, Math.floor(before.mean * BINS))];
    if (!bin) continue;
    bin.votes += votes;
    bin.helpful += helpful;
    bin.predicted += votes * before.mean;
  }
  return bins.flatMap(({ votes, helpful, predicted }, index) =>
    votes ? [{ from: index / BINS, to: (index + 1) / BINS, predicted: predicted / votes, helpful: helpful / votes, votes }] : [],
  );
}

/** Each cell's days, in pairs that follow one another. */
function* consecutiveDays(history: readonly ConfidencePoint[]): Generator<[ConfidencePoint, ConfidencePoint]> {
  const latest = new Map<string, ConfidencePoint>();
  for (const point of [...history].sort((one, other) => one.date.localeCompare(other.date))) {
    const before = latest.get(keyOf(point));
    if (before) yield [before, point];
    latest.set(keyOf(point), point);
  }
}
