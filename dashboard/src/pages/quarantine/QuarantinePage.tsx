import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import type { Quarantined } from "../../api/types";
import { quarantine as said } from "../../messages/quarantine";
import { DataTable } from "../../ui/DataTable";
import { columnsFor } from "./columns";
import { DiscardModal } from "./DiscardModal";

export default function QuarantinePage() {
  const [discarded, setDiscarded] = useState<Quarantined>();
  const columns = useMemo(() => columnsFor(setDiscarded), []);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["quarantine"],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/quarantine", { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: POLL_INTERVAL_MS,
  });
  return (
    <>
      <DataTable
        title={said.title}
        description={said.description}
        items={data?.pages.flatMap((page) => page.items)}
        columns={columns}
        trackBy={(one) => one.id}
        empty={said.empty}
        error={error}
        retry={refetch}
        more={hasNextPage ? { label: said.more, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
      />
      {discarded && <DiscardModal item={discarded} close={() => setDiscarded(undefined)} />}
    </>
  );
}
