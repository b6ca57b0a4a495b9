import Grid from "@cloudscape-design/components/grid";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "../../lib/navigation";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import { notify, notifyError } from "../../lib/notifications";
import { learning as said } from "../../messages/learning";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { Calibration } from "./CalibrationChart";
import { columnsFor } from "./columns";
import { Filters } from "./Filters";
import { type Cell, fromAddress, keyOf } from "./filter";
import { History } from "./ConfidenceHistoryChart";

/** Days of history: a half-life of what was learned. */
const DAYS = 90;

export default function LearningPage() {
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<Cell>();
  const filter = fromAddress(search);
  const columns = useMemo(() => columnsFor(setChosen), []);
  const { data, error, refetch } = useQuery({
    queryKey: ["confidence", filter],
    queryFn: () => unwrap(api.GET("/api/confidence", { params: { query: { ...filter, limit: 100, days: DAYS } } })),
    refetchInterval: POLL_INTERVAL_MS * 2,
  });
  const shown = chosen ?? data?.cells[0];
  return (
    <SpaceBetween size="l">
      <DataTable
        title={said.title}
        description={said.description}
        items={data?.cells}
        columns={columns}
        trackBy={keyOf}
        empty={said.empty}
        error={error}
        retry={refetch}
        actions={<Recompute />}
        filter={<Filters filter={filter} put={(after) => setSearch(after, { replace: true })} />}
      />
      <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
        <History cell={shown} history={data?.history ?? []} />
        <Calibration history={data?.history ?? []} />
      </Grid>
    </SpaceBetween>
  );
}

function Recompute() {
  const client = useQueryClient();
  const recompute = useMutation({
    mutationFn: () => unwrap(api.POST("/api/confidence/recompute")),
    onSuccess: ({ cells, changed }) => {
      notify("success", said.recomputed(cells, changed));
      return client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <ActionButton needs="operator" pending={recompute.isPending} act={() => recompute.mutate()}>
      {said.recompute}
    </ActionButton>
  );
}
