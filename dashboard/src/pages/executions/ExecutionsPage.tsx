import { useInfiniteQuery } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import { executions as said } from "../../messages/executions";
import { DataTable } from "../../ui/DataTable";
import { COLUMNS } from "./columns";

export default function ExecutionsPage() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["executions"],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/executions", { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: POLL_INTERVAL_MS,
  });
  return (
    <DataTable
      title={said.title}
      description={said.description}
      items={data?.pages.flatMap((page) => page.executions)}
      columns={COLUMNS}
      trackBy={(one) => one.id}
      empty={said.empty}
      error={error}
      retry={refetch}
      more={hasNextPage ? { label: said.more, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
    />
  );
}
