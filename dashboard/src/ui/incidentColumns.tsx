import type { TableProps } from "@cloudscape-design/components/table";
import type { Incident, Severity } from "../api/types";
import { incidentPath } from "../lib/paths";
import { common } from "../messages/common";
import { incidentsMessages } from "../messages/incidents";
import { Probability } from "./Confidence";
import { PageLink } from "./Links";
import { IncidentStatusIndicator, SeverityBadge } from "./StatusIndicators";
import { Age } from "./Timestamp";

const SEVERITY_RANK: Record<Severity, number> = { critical: 3, high: 2, medium: 1, low: 0 };
/** Services that a row names; the others are counted. */
const NAMED_SERVICES = 2;
const { columns } = incidentsMessages;

/** The columns of a table of incidents. */
export const INCIDENT_COLUMNS: TableProps.ColumnDefinition<Incident>[] = [
  {
    id: "severity",
    header: columns.severity,
    cell: ({ severity }) => <SeverityBadge severity={severity} />,
    sortingComparator: (one, other) => SEVERITY_RANK[other.severity] - SEVERITY_RANK[one.severity],
    width: 105,
    minWidth: 95,
  },
  {
    id: "title",
    header: columns.title,
    cell: ({ id, title }) => <PageLink to={incidentPath(id)}>{title}</PageLink>,
    sortingField: "title",
    width: 320,
    minWidth: 220,
    isRowHeader: true,
  },
  {
    id: "status",
    header: columns.status,
    cell: ({ status }) => <IncidentStatusIndicator status={status} />,
    sortingField: "status",
    width: 145,
    minWidth: 120,
  },
  {
    id: "service",
    header: columns.service,
    cell: ({ service }) => service || incidentsMessages.unknownService,
    sortingField: "service",
    minWidth: 120,
  },
  {
    id: "services",
    header: columns.services,
    cell: ({ services }) => abbreviate(services),
    minWidth: 120,
  },
  {
    id: "alerts",
    header: columns.alerts,
    cell: ({ alertCount }) => alertCount.toLocaleString("en"),
    sortingField: "alertCount",
    width: 90,
    minWidth: 80,
  },
  {
    id: "age",
    header: columns.age,
    cell: ({ openedAt }) => <Age since={openedAt} />,
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
          {common.action(first.action)} <Probability mean={first.confidence} low={first.confidenceLow} />
        </>
      ) : (
        "-"
      ),
    minWidth: 140,
  },
];

function abbreviate(services: readonly string[]): string {
  const named = services.slice(0, NAMED_SERVICES).join(", ");
  const others = services.length - NAMED_SERVICES;
  return others > 0 ? `${named} ${incidentsMessages.more(others)}` : named || "-";
}
