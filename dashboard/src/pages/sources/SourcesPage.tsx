import { useQuery } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import { sources as said } from "../../messages/sources";
import { DataTable } from "../../ui/DataTable";
import { COLUMNS } from "./columns";

export default function SourcesPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ["sources"],
    queryFn: () => unwrap(api.GET("/api/sources")),
    refetchInterval: POLL_INTERVAL_MS,
  });
  return (
    <DataTable
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
