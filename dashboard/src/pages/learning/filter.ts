/** Which confidence cells are shown, as the page's address says. */
import type { ConfidenceFilter } from "../../api/queries";
import type { Action, ConfidenceCell, Symptom } from "../../api/types";

export type CellKey = Pick<ConfidenceCell, "symptom" | "action" | "service">;

export const SYMPTOMS: readonly Symptom[] = [
  "oom",
  "error_rate",
  "latency",
  "saturation_cpu",
  "saturation_memory",
  "disk",
  "crash_loop",
  "throttling",
  "queue_backlog",
  "availability",
  "certificate",
  "other",
];
export const ACTIONS: readonly Action[] = ["restart_pods", "rollback", "scale_service", "noop"];

/** Reads a filter from an address; unknown parameters and values are ignored. */
export function filterFromSearch(search: URLSearchParams): ConfidenceFilter {
  const symptom = SYMPTOMS.find((known) => known === search.get("symptom"));
  const action = ACTIONS.find((known) => known === search.get("action"));
  const service = search.get("service");
  return { ...(symptom && { symptom }), ...(action && { action }), ...(service && { service }) };
}

export function keyOf({ symptom, action, service }: CellKey): string {
  return `${symptom} ${action} ${service}`;
}
