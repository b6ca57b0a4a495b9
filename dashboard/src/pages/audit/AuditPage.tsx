import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "../../lib/navigation";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import { audit as said } from "../../messages/audit";
import { DataTable } from "../../ui/DataTable";
import { COLUMNS } from "./columns";

const FIELDS = ["actor", "target"] as const;

export default function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const actor = search.get("actor") ?? "";
  const target = search.get("target") ?? "";
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["audit", actor, target],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/audit", { params: { query: { actor, target, limit: 50, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: POLL_INTERVAL_MS,
  });
  const put = (field: (typeof FIELDS)[number], value: string) => {
    const after = new URLSearchParams(search);
    if (value) after.set(field, value);
    else after.delete(field);
    setSearch(after, { replace: true });
  };
  return (
    <DataTable
      title={said.title}
      description={said.description}
      items={data?.pages.flatMap((page) => page.entries)}
      columns={COLUMNS}
      trackBy={(one) => String(one.sequence)}
      empty={said.empty}
      error={error}
      retry={refetch}
      more={hasNextPage ? { label: said.more, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
      filter={
        <SpaceBetween direction="horizontal" size="s" alignItems="end">
          {FIELDS.map((field) => (
            <FormField key={field} label={said[field]}>
              <Input
                type="search"
                value={field === "actor" ? actor : target}
                placeholder={said[`${field}Hint`]}
                onChange={({ detail }) => put(field, detail.value)}
              />
            </FormField>
          ))}
          {(actor || target) && <Button onClick={() => setSearch(new URLSearchParams())}>{said.clear}</Button>}
        </SpaceBetween>
      }
    />
  );
}
