import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useSearchParams } from "../../lib/navigation";
import { useIncidents } from "../../api/queries";
import type { Incident } from "../../api/types";
import { text, humanize } from "../../messages/common";
import { ErrorState } from "../../ui/ErrorState";
import { COLUMNS } from "../../ui/incidentColumns";
import { DemoButton } from "./DemoButton";
import { fromAddress, fromQuery, OPTIONS, PROPERTIES, toAddress, toQuery } from "./filter";
import { OverviewStrip } from "./OverviewStrip";

const FILTERED: PropertyFilterProps.FilteringProperty[] = PROPERTIES.map((key) => ({
  key,
  operators: ["="],
  propertyLabel: humanize(key),
  groupValuesLabel: humanize(key),
}));
const NONE: Incident[] = [];

export function IncidentsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = fromAddress(search);
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useIncidents(filter);
  const incidents = data?.pages.flatMap((page) => page.incidents) ?? NONE;
  const { items, collectionProps } = useCollection(incidents, { sorting: {} });
  const isFiltered = search.size > 0;
  const clear = () => setSearch(new URLSearchParams());

  return (
    <SpaceBetween size="l">
      <OverviewStrip
        chosen={filter.severity}
        choose={(severity) => setSearch(toAddress({ ...filter, status: "open", severity }))}
      />
      {error && <ErrorState error={error} retry={refetch} />}
      <Table
        {...collectionProps}
        variant="container"
        stickyHeader
        enableKeyboardNavigation
        wrapLines
        trackBy="id"
        columnDefinitions={COLUMNS}
        items={items}
        loading={isPending}
        loadingText={text.loading}
        ariaLabels={{ tableLabel: text.incidents.title }}
        header={
          <Header
            variant="h1"
            description={text.incidents.description}
            counter={isPending ? undefined : text.incidents.counted(incidents.length, hasNextPage)}
            actions={<DemoButton />}
          >
            {text.incidents.title}
          </Header>
        }
        filter={
          <PropertyFilter
            query={toQuery(filter)}
            onChange={({ detail }) => setSearch(toAddress(fromQuery(detail)), { replace: true })}
            filteringProperties={FILTERED}
            filteringOptions={[...OPTIONS, ...namesIn(incidents)]}
            filteringPlaceholder={text.incidents.find}
            filteringAriaLabel={text.incidents.find}
            hideOperations
            countText={isFiltered ? text.table.filtered(incidents.length) : undefined}
          />
        }
        empty={
          <Box textAlign="center" color="inherit" padding={{ vertical: "l" }}>
            <SpaceBetween size="xs">
              <Box variant="strong">{isFiltered ? text.incidents.noMatch : text.incidents.empty}</Box>
              {isFiltered ? <Button onClick={clear}>{text.incidents.clearFilter}</Button> : <Box>{text.incidents.emptyBody}</Box>}
            </SpaceBetween>
          </Box>
        }
        footer={
          hasNextPage ? (
            <Box textAlign="center">
              <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {text.incidents.more}
              </Button>
            </Box>
          ) : undefined
        }
      />
    </SpaceBetween>
  );
}

/** Services and environments that are on the page, to choose from. */
function namesIn(incidents: readonly Incident[]): PropertyFilterProps.FilteringOption[] {
  const services = new Set(incidents.flatMap((one) => one.services));
  const environments = new Set(incidents.map((one) => one.environment).filter(Boolean));
  return [
    ...[...services].sort().map((value) => ({ propertyKey: "service", value })),
    ...[...environments].sort().map((value) => ({ propertyKey: "environment", value })),
  ];
}
