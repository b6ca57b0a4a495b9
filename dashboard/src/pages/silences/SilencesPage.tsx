import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "../../lib/navigation";
import { answer, api } from "../../api/client";
import { LIVE } from "../../api/queries";
import type { Silence } from "../../api/types";
import { silences as said } from "../../messages/silences";
import { ActButton } from "../../ui/ActionButton";
import { Listing } from "../../ui/DataTable";
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
    queryFn: () => answer(api.GET("/api/silences", { params: { query: { ended } } })),
    refetchInterval: LIVE,
  });
  return (
    <>
      <Listing
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
            <ActButton needs="operator" variant="primary" act={() => setMaking(true)}>
              {said.create}
            </ActButton>
          </SpaceBetween>
        }
      />
      {making && <SilenceModal close={() => setMaking(false)} />}
      {ending && <EndModal silence={ending} close={() => setEnding(undefined)} />}
    </>
  );
}
