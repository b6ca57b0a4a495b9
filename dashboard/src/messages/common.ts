/** English texts that several pages share. The texts of one page are in the file that has the page's name. */
import type { Action, IncidentStatus, Role, Severity } from "../api/types";
import { formatPercent } from "./format";

const actionNames: Record<Action, string> = {
  restart_pods: "Restart",
  rollback: "Roll back",
  scale_service: "Scale up",
  noop: "Do nothing",
};

const symptomNames: Record<string, string> = {
  oom: "Out of memory",
  saturation_cpu: "CPU saturation",
  saturation_memory: "Memory saturation",
};

const severityNames: Record<Severity, string> = { low: "Low", medium: "Medium", high: "High", critical: "Critical" };

const statusNames: Record<IncidentStatus, string> = {
  open: "Open",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
  merged: "Merged",
};

/** A count and its noun, as in "1 alert" and "1,200 alerts". */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}

/** A code of the API in words: "crash_loop" becomes "Crash loop". */
export function humanize(code: string): string {
  const spaced = code.replaceAll("_", " ").replace(/\b(cpu|oom)\b/g, (acronym) => acronym.toUpperCase());
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function symptomName(symptom: string): string {
  return symptomNames[symptom] ?? humanize(symptom);
}

export const common = {
  product: "CloudOps Agent",
  action: (action: Action) => actionNames[action],
  severity: severityNames,
  status: statusNames,
  cancel: "Cancel",
  loading: "Loading",
  loadingFailed: "Loading failed",
  retry: "Retry",
  requiresRole: (required: Role, actual: Role) => `Requires the role ${required}. Your role is ${actual}.`,
  /** The number of rows of a table, with "+" where more can be loaded. */
  rowCount: (loaded: number, hasMore: boolean) => `(${loaded}${hasMore ? "+" : ""})`,
  matches: (count: number) => countOf(count, "match", "matches"),
  steps: (count: number) => countOf(count, "step"),
  cancelExecution: "Cancel execution",
  confidence: {
    likelyToHelp: "likely to help",
    range: (low: number, mean: number) => `${formatPercent(mean)} likely to help; 90% sure it is at least ${formatPercent(low)}`,
    evidence: (votes: number, outcomes: number) => `${countOf(votes, "vote")}, ${countOf(outcomes, "outcome")}`,
    noEvidence: "no feedback yet for this action and symptom",
  },
} as const;
