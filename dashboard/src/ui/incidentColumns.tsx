import type { TableProps } from "@cloudscape-design/components/table";
import type { Incident, Severity as Grade } from "../api/types";
import { text } from "../messages/common";
import { PageLink } from "./PageLink";
import { Severity } from "./SeverityBadge";
import { IncidentStatusIndicator } from "./StatusIndicators";
import { Age } from "./Timestamp";
import { Probability } from "./Probability";

const RANK: Record<Grade, number> = { critical: 3, high: 2, medium: 1, low: 0 };
const { columns } = text.incidents;

export const COLUMNS: TableProps.ColumnDefinition<Incident>[] = [
  {
    id: "severity",
    header: columns.severity,
    cell: (one) => <Severity severity={one.severity} />,
    sortingComparator: (one, other) => RANK[other.severity] - RANK[one.severity],
    width: 105,
    minWidth: 95,
  },
  {
    id: "title",
    header: columns.title,
    cell: (one) => <PageLink to={`/incidents/${encodeURIComponent(one.id)}`}>{one.title}</PageLink>,
    sortingField: "title",
    width: 320,
    minWidth: 220,
    isRowHeader: true,
  },
  {
    id: "status",
    header: columns.status,
    cell: (one) => <IncidentStatusIndicator status={one.status} />,
    sortingField: "status",
    width: 145,
    minWidth: 120,
  },
  {
    id: "service",
    header: columns.service,
    cell: (one) => one.service || text.incidents.unknownService,
    sortingField: "service",
    minWidth: 120,
  },
  {
    id: "services",
    header: columns.services,
    cell: (one) => few(one.services),
    minWidth: 120,
  },
  {
    id: "alerts",
    header: columns.alerts,
    cell: (one) => one.alertCount.toLocaleString("en"),
    sortingField: "alertCount",
    width: 90,
    minWidth: 80,
  },
  {
    id: "opened",
    header: columns.opened,
    cell: (one) => <Age since={one.openedAt} />,
    sortingField: "openedAt",
    width: 110,
    minWidth: 95,
  },
  {
    id: "suggestion",
    header: columns.suggestion,
    cell: ({ suggestions: [first] }) =>
      first ? (
        <>
          {text.action(first.action)} <Probability mean={first.confidence} low={first.confidenceLow} />
        </>
      ) : (
        "-"
      ),
    minWidth: 140,
  },
];

/** The first two names, and how many more. */
function few(names: readonly string[]): string {
  const shown = names.slice(0, 2).join(", ");
  return names.length > 2 ? `${shown} ${text.incidents.several(names.length - 2)}` : shown || "-";
}
