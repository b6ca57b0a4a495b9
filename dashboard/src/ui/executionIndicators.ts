import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { ExecutionStatus } from "../api/types";

/** The indicator of each status. Only a status that rests on evidence of help is shown as a success. */
export const EXECUTION_INDICATORS: Record<ExecutionStatus, StatusIndicatorProps.Type> = {
  awaiting_approval: "pending",
  approved: "pending",
  running: "in-progress",
  acting: "in-progress",
  verifying: "in-progress",
  compensating: "in-progress",
  succeeded: "success",
  failed: "error",
  compensated: "warning",
  inconclusive: "warning",
  superseded: "warning",
  denied: "stopped",
  rejected: "stopped",
  canceled: "stopped",
  expired: "stopped",
  needs_human: "error",
};
