import { common, countOf, symptomName } from "./common";
import type { Action } from "../api/types";
import { formatPercent } from "./format";

export const learningMessages = {
  title: "Learning",
  description: "How likely each action is to help, by symptom and service. Learned from votes and outcomes.",
  empty: { title: "No confidence data", body: "Vote on suggestions: each vote updates the confidence for its action and symptom." },
  recompute: "Recalculate confidence",
  recomputed: (cells: number, changed: boolean) =>
    changed
      ? `Confidence recalculated for ${countOf(cells, "combination")} of action, symptom and service.`
      : "Confidence is up to date: there are no new votes or outcomes.",
  cell: (action: Action, symptom: string, service: string) =>
    `${common.action(action)} for ${symptomName(symptom).toLowerCase()} of ${service || "any service"}`,
  filters: { any: "Any", symptom: "Symptom", action: "Action", service: "Service", serviceHint: "Exact name" },
  columns: {
    action: "Action",
    symptom: "Symptom",
    service: "Service",
    confidence: "Confidence",
    evidence: "Evidence",
    history: "History",
  },
  lowerBound: (low: number) => `(at least ${formatPercent(low)})`,
  showHistory: "Show history",
  showHistoryOf: (cell: string) => `Show history: ${cell}`,
  history: {
    title: (cell: string) => `Confidence: ${cell}`,
    noCell: "History",
    description: "Mean and 10th percentile at the end of each day. Autonomy policies use the 10th percentile.",
    none: "The history needs data of at least two days.",
    mean: "Mean",
    low: "10th percentile",
    day: "Day",
    label: "Confidence by day",
  },
  calibration: {
    title: "Calibration",
    description: "Votes of each day against the confidence of the day before. On the line, the predictions match the votes.",
    none: "Calibration needs votes on at least two days.",
    predicted: "Predicted confidence",
    helpful: "Voted helpful",
    perfect: "Perfect calibration",
    label: "Share of helpful votes, by predicted confidence",
    bin: (from: number, to: number) => `${Math.round(from * 100)} to ${formatPercent(to)}`,
    votes: (count: number) => countOf(count, "vote"),
  },
} as const;
