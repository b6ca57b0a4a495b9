import TextFilter from "@cloudscape-design/components/text-filter";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "../../lib/navigation";
import { answer, api } from "../../api/client";
import { LIVE } from "../../api/queries";
import { services as said } from "../../messages/services";
import { Listing } from "../../ui/DataTable";
import { COLUMNS } from "./columns";
import { speaksOf } from "./search";

export default function ServicesPage() {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("text") ?? "";
  const { data, error, refetch } = useQuery({
    queryKey: ["services"],
    queryFn: () => answer(api.GET("/api/services")),
    refetchInterval: LIVE * 2,
  });
  const found = data?.services.filter((one) => speaksOf(one, wanted));
  return (
    <Listing
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
