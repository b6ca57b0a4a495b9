import Badge from "@cloudscape-design/components/badge";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { ListedService } from "../../api/types";
import { services as said } from "../../messages/services";
import { PageLink } from "../../ui/PageLink";

const { columns } = said;

export const COLUMNS: TableProps.ColumnDefinition<ListedService>[] = [
  {
    id: "name",
    header: columns.name,
    cell: ({ name }) => <PageLink to={`/services/${encodeURIComponent(name)}`}>{name}</PageLink>,
    sortingField: "name",
    minWidth: 160,
    isRowHeader: true,
  },
  { id: "owner", header: columns.owner, cell: (one) => one.owner || "-", sortingField: "owner", minWidth: 120 },
  { id: "tier", header: columns.tier, cell: (one) => one.tier ?? "-", sortingField: "tier", width: 80 },
  { id: "targets", header: columns.targets, cell: ({ targets }) => platformsOf(targets), minWidth: 120 },
  {
    id: "incidents",
    header: columns.incidents,
    cell: ({ liveIncidents, name }) =>
      liveIncidents ? (
        <PageLink to={`/?${new URLSearchParams({ service: name }).toString()}`}>{liveIncidents}</PageLink>
      ) : (
        "0"
      ),
    sortingField: "liveIncidents",
    width: 140,
  },
  { id: "known", header: columns.known, cell: (one) => <ConfidenceCell service={one} />, minWidth: 130 },
];

function platformsOf(targets: ListedService["targets"]): string {
  return [...new Set(targets.map(({ platform }) => said.platform(platform)))].sort().join(", ") || "-";
}

function ConfidenceCell({ service: { declared, conflicts } }: { service: ListedService }) {
  return (
    <>
      <Badge>{declared ? said.declared : said.discovered}</Badge>
      {conflicts.length > 0 && (
        <div>
          <StatusIndicator type="warning">{said.conflicts(conflicts.length)}</StatusIndicator>
        </div>
      )}
    </>
  );
}
