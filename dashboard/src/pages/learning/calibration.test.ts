import { expect, test } from "vitest";
import type { ConfidencePoint } from "../../api/types";
import { calibrationBins } from "./calibration";

function point(date: string, mean: number, votes: number, helpful: number, service = "web"): ConfidencePoint {
  return { date, symptom: "oom", action: "rollback", service, mean, confidenceLow: mean / 2, votes, outcomes: 0, helpful };
}

test("the votes of a day are compared with the confidence of the day before", () => {
  const history = [point("2026-01-01", 0.5, 2, 1), point("2026-01-02", 0.75, 6, 4), point("2026-01-04", 0.8, 10, 5)];
  expect(calibrationBins(history)).toEqual([
    { from: 0.4, to: 0.6, predicted: 0.5, helpful: 0.75, votes: 4 },
    { from: 0.6, to: 0.8, predicted: 0.75, helpful: 0.25, votes: 4 },
  ]);
});

test("the votes of the first day have no prediction to compare with", () => {
  expect(calibrationBins([point("2026-01-01", 0.9, 7, 7)])).toEqual([]);
});

test("each service has its own predictions, in whatever order its days are listed", () => {
  const history = [point("2026-01-02", 0.6, 2, 2), point("2026-01-02", 0.1, 3, 0, "search"), point("2026-01-01", 1, 1, 1), point("2026-01-01", 0.125, 1, 0, "search")];
  expect(calibrationBins(history)).toEqual([
    { from: 0, to: 0.2, predicted: 0.125, helpful: 0, votes: 2 },
    { from: 0.8, to: 1, predicted: 1, helpful: 1, votes: 1 },
  ]);
});

test("a day with a changed vote is left out", () => {
  expect(calibrationBins([point("2026-01-01", 0.5, 3, 3), point("2026-01-02", 0.4, 3, 1), point("2026-01-03", 0.4, 4, 3)])).toEqual([]);
});
