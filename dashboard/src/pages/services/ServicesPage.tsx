import TextFilter from "@cloudscape-design/components/text-filter";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "../../lib/navigation";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import { services as said } from "../../messages/services";
import { DataTable } from "../../ui/DataTable";
import { COLUMNS } from "./columns";
import { matchesSearch } from "./search";

export default function ServicesPage() {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("text") ?? "";
  const { data, error, refetch } = useQuery({
    queryKey: ["services"],
    queryFn: () => unwrap(api.GET("/api/services")),
    refetchInterval: POLL_INTERVAL_MS * 2,
  });
  const found = data?.services.filter((one) => matchesSearch(one, wanted));
  return (
    <DataTable
      title={said.title}
      description={said.description}
      items={found}
      columns={COLUMNS}
      trackBy={(one) => one.name}
      empty={said.empty}
      error={error}
      retry={refetch}
      filter={
        <TextFilter
          filteringText={wanted}
          filteringPlaceholder={said.find}
          filteringAriaLabel={said.find}
          countText={wanted ? said.found(found?.length ?? 0) : undefined}
          onChange={({ detail }) => setSearch(detail.filteringText ? { text: detail.filteringText } : {}, { replace: true })}
        />
      }
    />
  );
}
