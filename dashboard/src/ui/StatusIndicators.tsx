import Badge from "@cloudscape-design/components/badge";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { ExecutionStatus, IncidentStatus, Severity } from "../api/types";
import { common, humanize } from "../messages/common";
import { EXECUTION_INDICATORS } from "./executionIndicators";

const SEVERITY_COLORS = {
  critical: "severity-critical",
  high: "severity-high",
  medium: "severity-medium",
  low: "severity-low",
} as const;

const INCIDENT_INDICATORS: Record<IncidentStatus, StatusIndicatorProps.Type> = {
  open: "error",
  acknowledged: "in-progress",
  resolved: "success",
  merged: "stopped",
};

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Badge color={SEVERITY_COLORS[severity]}>{common.severity[severity]}</Badge>;
}

export function IncidentStatusIndicator({ status }: { status: IncidentStatus }) {
  return <StatusIndicator type={INCIDENT_INDICATORS[status]}>{common.status[status]}</StatusIndicator>;
}

export function ExecutionStatusIndicator({ status }: { status: ExecutionStatus }) {
  return <StatusIndicator type={EXECUTION_INDICATORS[status]}>{humanize(status)}</StatusIndicator>;
}
