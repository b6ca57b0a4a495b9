import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { ExecutionStatus, IncidentStatus } from "../api/types";
import { text, humanize } from "../messages/common";

const INCIDENT: Record<IncidentStatus, StatusIndicatorProps.Type> = {
  open: "error",
  acknowledged: "in-progress",
  resolved: "success",
  merged: "stopped",
};

const EXECUTION: Record<ExecutionStatus, StatusIndicatorProps.Type> = {
  awaiting: "pending",
  approved: "pending",
  running: "in-progress",
  acting: "in-progress",
  verifying: "in-progress",
  compensating: "in-progress",
  succeeded: "success",
  failed: "error",
  compensated: "warning",
  refused: "stopped",
  rejected: "stopped",
  cancelled: "stopped",
  expired: "stopped",
  needs_human: "error",
};

export function IncidentStatusIndicator({ status }: { status: IncidentStatus }) {
  return <StatusIndicator type={INCIDENT[status]}>{text.status[status]}</StatusIndicator>;
}

export function ExecutionStatusIndicator({ status }: { status: ExecutionStatus }) {
  return <StatusIndicator type={EXECUTION[status]}>{humanize(status)}</StatusIndicator>;
}

