import Button from "@cloudscape-design/components/button";
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useIncidents } from "../../api/queries";
import type { Incident } from "../../api/types";
import { useSearchParams } from "../../lib/navigation";
import { toSearchParams } from "../../lib/paths";
import { common, humanize } from "../../messages/common";
import { incidentsMessages as messages } from "../../messages/incidents";
import { DataTable } from "../../ui/DataTable";
import { INCIDENT_COLUMNS } from "../../ui/incidentColumns";
import { DemoButton } from "./DemoButton";
import { filterFromQuery, filterFromSearch, PROPERTIES, queryFromFilter, VALUE_OPTIONS } from "./filter";
import { OverviewStrip } from "./OverviewStrip";

const FILTERING_PROPERTIES: PropertyFilterProps.FilteringProperty[] = PROPERTIES.map((key) => ({
  key,
  operators: ["="],
  propertyLabel: humanize(key),
  groupValuesLabel: humanize(key),
}));

/** The overview and the list of incidents; its filter is in the page's address. */
export function IncidentsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = filterFromSearch(search);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useIncidents(filter);
  const incidents = data?.pages.flatMap((page) => page.incidents);
  const isFiltered = search.size > 0;
  const clearFilter = <Button onClick={() => setSearch(new URLSearchParams())}>{messages.clearFilter}</Button>;

  return (
    <SpaceBetween size="l">
      <OverviewStrip
        selected={filter.severity}
        select={(severity) => setSearch(toSearchParams({ ...filter, status: "open", severity }))}
      />
      <DataTable
        title={messages.title}
        description={messages.description}
        items={incidents}
        columns={INCIDENT_COLUMNS}
        trackBy={({ id }) => id}
        empty={isFiltered ? { title: messages.noMatch, body: clearFilter } : { title: messages.empty, body: messages.emptyBody }}
        error={error}
        retry={refetch}
        more={hasNextPage ? { label: messages.loadMore, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
        actions={<DemoButton />}
        filter={
          <PropertyFilter
            query={queryFromFilter(filter)}
            onChange={({ detail }) => setSearch(toSearchParams(filterFromQuery(detail)), { replace: true })}
            filteringProperties={FILTERING_PROPERTIES}
            filteringOptions={[...VALUE_OPTIONS, ...nameOptions(incidents ?? [])]}
            filteringPlaceholder={messages.filter}
            filteringAriaLabel={messages.filter}
            hideOperations
            countText={isFiltered && incidents ? common.matches(incidents.length) : undefined}
          />
        }
      />
    </SpaceBetween>
  );
}

/** The services and environments of the listed incidents, to choose from. */
function nameOptions(incidents: readonly Incident[]): PropertyFilterProps.FilteringOption[] {
  const services = new Set(incidents.flatMap((incident) => incident.services));
  const environments = new Set(incidents.map(({ environment }) => environment).filter(Boolean));
  return [
    ...[...services].sort().map((value) => ({ propertyKey: "service", value })),
    ...[...environments].sort().map((value) => ({ propertyKey: "environment", value })),
  ];
}
