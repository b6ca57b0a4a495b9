import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "../../lib/navigation";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import type { Silence } from "../../api/types";
import { silences as said } from "../../messages/silences";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { columnsFor } from "./columns";
import { EndModal } from "./EndModal";
import { SilenceModal } from "./SilenceModal";

export default function SilencesPage() {
  const [search, setSearch] = useSearchParams();
  const ended = search.get("ended") === "true";
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Silence>();
  const columns = useMemo(() => columnsFor(setEnding), []);
  const { data, error, refetch } = useQuery({
    queryKey: ["silences", ended],
    queryFn: () => unwrap(api.GET("/api/silences", { params: { query: { ended } } })),
    refetchInterval: POLL_INTERVAL_MS,
  });
  return (
    <>
      <DataTable
        title={said.title}
        description={said.description}
        items={data?.silences}
        columns={columns}
        trackBy={(one) => one.id}
        empty={said.empty}
        error={error}
        retry={refetch}
        actions={
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <Toggle checked={ended} onChange={({ detail }) => setSearch(detail.checked ? { ended: "true" } : {}, { replace: true })}>
              {said.showEnded}
            </Toggle>
            <ActionButton needs="operator" variant="primary" act={() => setMaking(true)}>
              {said.create}
            </ActionButton>
          </SpaceBetween>
        }
      />
      {making && <SilenceModal close={() => setMaking(false)} />}
      {ending && <EndModal silence={ending} close={() => setEnding(undefined)} />}
    </>
  );
}
