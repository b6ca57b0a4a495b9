import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, expectNoContent, unwrap } from "../../api/client";
import { useQuarantine } from "../../api/queries";
import type { QuarantineItem } from "../../api/types";
import { notify, notifyError } from "../../lib/notifications";
import { humanize } from "../../messages/common";
import { quarantineMessages as messages } from "../../messages/quarantine";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { FormModal } from "../../ui/FormModal";
import { Timestamp } from "../../ui/Timestamp";

export default function QuarantinePage() {
  const [discarding, setDiscarding] = useState<QuarantineItem>();
  const columns = useMemo(() => columnsFor(setDiscarding), []);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useQuarantine();
  return (
    <>
      <DataTable
        title={messages.title}
        description={messages.description}
        items={data?.pages.flatMap(({ items }) => items)}
        columns={columns}
        trackBy={({ id }) => id}
        empty={messages.empty}
        error={error}
        retry={refetch}
        more={hasNextPage ? { label: messages.loadMore, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
      />
      {discarding && <DiscardModal payload={discarding} close={() => setDiscarding(undefined)} />}
    </>
  );
}

type Discard = (payload: QuarantineItem) => void;

function columnsFor(discard: Discard): TableProps.ColumnDefinition<QuarantineItem>[] {
  const { columns } = messages;
  return [
    { id: "received", header: columns.received, cell: ({ receivedAt }) => <Timestamp at={receivedAt} />, sortingField: "receivedAt", width: 140 },
    { id: "source", header: columns.source, cell: ({ source }) => humanize(source), sortingField: "source", width: 140 },
    { id: "reason", header: columns.reason, cell: (payload) => <Reason payload={payload} />, minWidth: 300, isRowHeader: true },
    { id: "expires", header: columns.expires, cell: ({ expiresAt }) => <Timestamp at={expiresAt} />, width: 140 },
    { id: "buttons", header: columns.buttons, cell: (payload) => <Buttons payload={payload} discard={discard} />, width: 170 },
  ];
}

function Reason({ payload: { reason, payload } }: { payload: QuarantineItem }) {
  return (
    <>
      {reason}
      <ExpandableSection headerText={messages.showPayload} variant="inline">
        <div style={{ maxBlockSize: 240, overflow: "auto", overflowWrap: "anywhere" }} tabIndex={0} role="region" aria-label={messages.showPayload}>
          <Box variant="code">{payload}</Box>
        </div>
      </ExpandableSection>
    </>
  );
}

function Buttons({ payload, discard }: { payload: QuarantineItem; discard: Discard }) {
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => unwrap(api.POST("/api/quarantine/{item_id}/replay", { params: { path: { item_id: payload.id } } })),
    onSuccess: ({ accepted }) => {
      notify("success", messages.replayed(accepted));
      return client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <SpaceBetween direction="vertical" size="xxs">
      <ActionButton requires="operator" variant="inline-link" label={messages.replayOf(payload.id)} loading={replay.isPending} onClick={() => replay.mutate()}>
        {messages.replay}
      </ActionButton>
      <ActionButton requires="operator" variant="inline-link" label={messages.discardOf(payload.id)} onClick={() => discard(payload)}>
        {messages.discard}
      </ActionButton>
    </SpaceBetween>
  );
}

function DiscardModal({ payload, close }: { payload: QuarantineItem; close: () => void }) {
  const client = useQueryClient();
  const discard = useMutation({
    mutationFn: () => expectNoContent(api.DELETE("/api/quarantine/{item_id}", { params: { path: { item_id: payload.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["quarantine"] });
      close();
    },
    onError: notifyError,
  });
  return (
    <FormModal
      title={messages.discardTitle}
      submitLabel={messages.discard}
      onSubmit={() => discard.mutate()}
      close={close}
      requires="operator"
      isPending={discard.isPending}
    >
      <SpaceBetween size="s">
        <Box>{messages.discardBody}</Box>
        <Box color="text-body-secondary">{payload.reason}</Box>
      </SpaceBetween>
    </FormModal>
  );
}
