import Badge from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useServices } from "../../api/queries";
import type { ServiceHealth } from "../../api/types";
import { useSearchParams } from "../../lib/navigation";
import { servicePath, toSearchParams } from "../../lib/paths";
import { common } from "../../messages/common";
import { platformName, servicesMessages as messages } from "../../messages/services";
import { DataTable } from "../../ui/DataTable";
import { PageLink } from "../../ui/Links";
import { ChangeFreezes } from "./ChangeFreezes";
import { matchesSearch } from "./search";

const { columns } = messages;

const COLUMNS: TableProps.ColumnDefinition<ServiceHealth>[] = [
  {
    id: "name",
    header: columns.name,
    cell: ({ name }) => <PageLink to={servicePath(name)}>{name}</PageLink>,
    sortingField: "name",
    minWidth: 160,
    isRowHeader: true,
  },
  { id: "owner", header: columns.owner, cell: ({ owner }) => owner || "-", sortingField: "owner", minWidth: 120 },
  { id: "tier", header: columns.tier, cell: ({ tier }) => tier ?? "-", sortingField: "tier", width: 80 },
  { id: "platforms", header: columns.platforms, cell: ({ targets }) => platformsOf(targets), minWidth: 120 },
  {
    id: "incidents",
    header: columns.incidents,
    cell: ({ liveIncidents, name }) =>
      liveIncidents ? <PageLink to={`/?${toSearchParams({ service: name }).toString()}`}>{liveIncidents}</PageLink> : "0",
    sortingField: "liveIncidents",
    width: 140,
  },
  { id: "origin", header: columns.origin, cell: (service) => <Origin service={service} />, minWidth: 130 },
];

/** The service catalog; its filter is in the page's address. */
export default function ServicesPage() {
  const [search, setSearch] = useSearchParams();
  const words = search.get("text") ?? "";
  const { data, error, refetch } = useServices();
  const found = data?.services.filter((service) => matchesSearch(service, words));
  return (
    <SpaceBetween size="l">
      <DataTable
        title={messages.title}
        description={messages.description}
        items={found}
        columns={COLUMNS}
        trackBy={({ name }) => name}
        empty={messages.empty}
        error={error}
        retry={refetch}
        filter={
          <TextFilter
            filteringText={words}
            filteringPlaceholder={messages.filter}
            filteringAriaLabel={messages.filter}
            countText={words ? common.matches(found?.length ?? 0) : undefined}
            onChange={({ detail }) => setSearch(toSearchParams({ text: detail.filteringText }), { replace: true })}
          />
        }
      />
      <ChangeFreezes />
    </SpaceBetween>
  );
}

function platformsOf(targets: ServiceHealth["targets"]): string {
  return [...new Set(targets.map(({ platform }) => platformName(platform)))].sort().join(", ") || "-";
}

function Origin({ service: { declared, conflicts } }: { service: ServiceHealth }) {
  return (
    <>
      <Badge>{declared ? messages.declared : messages.discovered}</Badge>
      {conflicts.length > 0 && (
        <div>
          <StatusIndicator type="warning">{messages.conflicts(conflicts.length)}</StatusIndicator>
        </div>
      )}
    </>
  );
}
