import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { LIVE } from "../../api/queries";
import { sources as said } from "../../messages/sources";
import { Listing } from "../../ui/DataTable";
import { COLUMNS } from "./columns";

export default function SourcesPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ["sources"],
    queryFn: () => answer(api.GET("/api/sources")),
    refetchInterval: LIVE,
  });
  return (
    <Listing
      title={said.title}
      description={said.description}
      items={data?.sources}
      columns={COLUMNS}
      trackBy={(one) => one.name}
      empty={said.empty}
      error={error}
      retry={refetch}
    />
  );
}
