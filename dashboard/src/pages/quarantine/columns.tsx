import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import type { Quarantined } from "../../api/types";
import { notify, notifyError } from "../../lib/notifications";
import { humanize } from "../../messages/common";
import { quarantine as said } from "../../messages/quarantine";
import { ActionButton } from "../../ui/ActionButton";
import { Timestamp } from "../../ui/Timestamp";

const { columns } = said;

export function columnsFor(discard: (item: Quarantined) => void): TableProps.ColumnDefinition<Quarantined>[] {
  return [
    { id: "received", header: columns.received, cell: (one) => <Timestamp at={one.receivedAt} />, sortingField: "receivedAt", width: 140 },
    { id: "source", header: columns.source, cell: (one) => humanize(one.source), sortingField: "source", width: 140 },
    { id: "reason", header: columns.reason, cell: (one) => <Reason item={one} />, minWidth: 300, isRowHeader: true },
    { id: "expires", header: columns.expires, cell: (one) => <Timestamp at={one.expiresAt} />, width: 140 },
    { id: "act", header: columns.act, cell: (one) => <Acts item={one} discard={discard} />, width: 170 },
  ];
}

function Reason({ item }: { item: Quarantined }) {
  return (
    <>
      {item.reason}
      <ExpandableSection headerText={said.payload} variant="inline">
        <div style={{ maxBlockSize: 240, overflow: "auto", overflowWrap: "anywhere" }} tabIndex={0} role="region" aria-label={said.payload}>
          <Box variant="code">{item.payload}</Box>
        </div>
      </ExpandableSection>
    </>
  );
}

function Acts({ item, discard }: { item: Quarantined; discard: (item: Quarantined) => void }) {
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => unwrap(api.POST("/api/quarantine/{item_id}/replay", { params: { path: { item_id: item.id } } })),
    onSuccess: ({ accepted }) => {
      notify("success", said.replayed(accepted));
      return client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <SpaceBetween direction="horizontal" size="s">
      <ActionButton needs="operator" variant="inline-link" label={said.replayOne(item.id)} pending={replay.isPending} act={() => replay.mutate()}>
        {said.replay}
      </ActionButton>
      <ActionButton needs="operator" variant="inline-link" label={said.discardOne(item.id)} act={() => discard(item)}>
        {said.discard}
      </ActionButton>
    </SpaceBetween>
  );
}
