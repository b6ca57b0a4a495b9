import Box from "@cloudscape-design/components/box";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import type { Source } from "../../api/types";
import { notify, notifyError } from "../../lib/notifications";
import { humanize } from "../../messages/common";
import { sources as said } from "../../messages/sources";
import { ActionButton } from "../../ui/ActionButton";
import { Timestamp } from "../../ui/Timestamp";

const { columns } = said;
const LOOKS: Record<Source["state"], StatusIndicatorProps.Type> = {
  never_asked: "pending",
  works: "success",
  key_missing: "info",
  refused: "error",
  fails: "error",
};

export const COLUMNS: TableProps.ColumnDefinition<Source>[] = [
  { id: "name", header: columns.name, cell: (one) => said.name(one.name), sortingField: "name", minWidth: 160, isRowHeader: true },
  { id: "kind", header: columns.kind, cell: (one) => said.kind[one.kind], sortingField: "kind", minWidth: 120 },
  { id: "state", header: columns.state, cell: (one) => <State source={one} />, sortingField: "state", minWidth: 180 },
  { id: "succeeded", header: columns.succeeded, cell: ({ succeededAt }) => <When at={succeededAt} />, minWidth: 110 },
  { id: "asked", header: columns.asked, cell: ({ askedAt }) => <When at={askedAt} />, minWidth: 110 },
  { id: "counts", header: columns.counts, cell: ({ counts }) => brought(counts), minWidth: 140 },
  { id: "act", header: columns.act, cell: (one) => <Ask name={one.name} />, width: 120 },
];

function State({ source: { state, error, failures } }: { source: Source }) {
  return (
    <>
      <StatusIndicator type={LOOKS[state]}>{said.state(state)}</StatusIndicator>
      {error && (
        <Box color="text-body-secondary" fontSize="body-s">
          {error}
          {failures > 1 && ` (${said.failures(failures)})`}
        </Box>
      )}
    </>
  );
}

function When({ at }: { at: string | null }) {
  return at ? <Timestamp at={at} /> : <>{said.never}</>;
}

function brought(counts: Source["counts"]): string {
  const told = Object.entries(counts).map(([what, count]) => `${count.toLocaleString("en")} ${humanize(what).toLowerCase()}`);
  return told.join(", ") || "-";
}

function Ask({ name }: { name: string }) {
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: () => unwrap(api.POST("/api/sources/{name}/sync", { params: { path: { name } } })),
    onSuccess: async ({ finished, source }) => {
      if (!finished) notify("info", said.goesOn(name));
      else if (source.state === "works") notify("success", said.asked(name));
      else notify("error", source.error || said.state(source.state));
      await client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <ActionButton needs="operator" variant="inline-link" label={said.askOne(name)} pending={ask.isPending} act={() => ask.mutate()}>
      {said.ask}
    </ActionButton>
  );
}
