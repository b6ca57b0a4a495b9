import Box from "@cloudscape-design/components/box";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { useSources } from "../../api/queries";
import type { Source } from "../../api/types";
import { notify, notifyError } from "../../lib/notifications";
import { humanize } from "../../messages/common";
import { sourcesMessages as messages } from "../../messages/sources";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { Timestamp } from "../../ui/Timestamp";

const { columns } = messages;

const INDICATORS: Record<Source["state"], StatusIndicatorProps.Type> = {
  never_polled: "pending",
  stale: "warning",
  healthy: "success",
  credentials_missing: "info",
  access_denied: "error",
  failing: "error",
};

const COLUMNS: TableProps.ColumnDefinition<Source>[] = [
  { id: "name", header: columns.name, cell: ({ name }) => messages.name(name), sortingField: "name", minWidth: 160, isRowHeader: true },
  { id: "kind", header: columns.kind, cell: ({ kind }) => messages.kind[kind], sortingField: "kind", minWidth: 120 },
  { id: "state", header: columns.state, cell: (source) => <State source={source} />, sortingField: "state", minWidth: 180 },
  { id: "succeeded", header: columns.succeeded, cell: ({ succeededAt }) => <LastTime at={succeededAt} />, minWidth: 110 },
  { id: "synced", header: columns.synced, cell: ({ polledAt }) => <LastTime at={polledAt} />, minWidth: 110 },
  { id: "counts", header: columns.counts, cell: ({ counts }) => listCounts(counts), minWidth: 140 },
  { id: "buttons", header: columns.buttons, cell: ({ name }) => <SyncButton name={name} />, width: 130 },
];

export default function SourcesPage() {
  const { data, error, refetch } = useSources();
  return (
    <DataTable
      title={messages.title}
      description={messages.description}
      items={data?.sources}
      columns={COLUMNS}
      trackBy={({ name }) => name}
      empty={messages.empty}
      error={error}
      retry={refetch}
    />
  );
}

function State({ source: { state, error, failures } }: { source: Source }) {
  return (
    <>
      <StatusIndicator type={INDICATORS[state]}>{messages.state(state)}</StatusIndicator>
      {error && (
        <Box color="text-body-secondary" fontSize="body-s">
          {error}
          {failures > 1 && ` (${messages.failures(failures)})`}
        </Box>
      )}
    </>
  );
}

function LastTime({ at }: { at: string | null }) {
  return at ? <Timestamp at={at} /> : <>{messages.never}</>;
}

function listCounts(counts: Source["counts"]): string {
  const listed = Object.entries(counts).map(([what, count]) => `${count.toLocaleString("en")} ${humanize(what).toLowerCase()}`);
  return listed.join(", ") || "-";
}

function SyncButton({ name }: { name: string }) {
  const client = useQueryClient();
  const sync = useMutation({
    mutationFn: () => unwrap(api.POST("/api/sources/{name}/sync", { params: { path: { name } } })),
    onSuccess: async ({ finished, source }) => {
      if (!finished) notify("info", messages.syncing(name));
      else if (source.state === "healthy") notify("success", messages.synced(name));
      else notify("error", source.error || messages.state(source.state));
      await client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <ActionButton requires="operator" variant="inline-link" label={messages.syncOf(name)} loading={sync.isPending} onClick={() => sync.mutate()}>
      {messages.sync}
    </ActionButton>
  );
}
