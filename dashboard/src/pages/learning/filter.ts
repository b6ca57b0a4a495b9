/** Which cells of what was learned are shown, as it stands in the page's address. */
import type { Action, ConfidenceCell } from "../../api/types";

export type Cell = Pick<ConfidenceCell, "symptom" | "action" | "service">;
export type Symptom = ConfidenceCell["symptom"];

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

export interface Filter {
  symptom?: Symptom;
  action?: Action;
  service?: string;
}

/** What the address says, less what means nothing to us. */
export function fromAddress(search: URLSearchParams): Filter {
  const symptom = SYMPTOMS.find((one) => one === search.get("symptom"));
  const action = ACTIONS.find((one) => one === search.get("action"));
  const service = search.get("service");
  return { ...(symptom && { symptom }), ...(action && { action }), ...(service && { service }) };
}

export function toAddress(filter: Filter): URLSearchParams {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(filter) as [string, string | undefined][]) if (value) search.set(key, value);
  return search;
}

export function keyOf({ symptom, action, service }: Cell): string {
  return `${symptom} ${action} ${service}`;
}
