import Badge from "@cloudscape-design/components/badge";
import type { Severity as Grade } from "../api/types";
import { text } from "../messages/common";

const COLOURS = { critical: "severity-critical", high: "severity-high", medium: "severity-medium", low: "severity-low" } as const;

export function Severity({ severity }: { severity: Grade }) {
  return <Badge color={COLOURS[severity]}>{text.severity[severity]}</Badge>;
}
