import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import type { Quarantined } from "../../api/types";
import { tell, tellError } from "../../lib/notifications";
import { words } from "../../messages/common";
import { quarantine as said } from "../../messages/quarantine";
import { ActButton } from "../../ui/ActionButton";
import { Moment } from "../../ui/Timestamp";

const { columns } = said;

export function columnsFor(discard: (item: Quarantined) => void): TableProps.ColumnDefinition<Quarantined>[] {
  return [
    { id: "received", header: columns.received, cell: (one) => <Moment at={one.receivedAt} />, sortingField: "receivedAt", width: 140 },
    { id: "source", header: columns.source, cell: (one) => words(one.source), sortingField: "source", width: 140 },
    { id: "reason", header: columns.reason, cell: (one) => <Reason item={one} />, minWidth: 300, isRowHeader: true },
    { id: "expires", header: columns.expires, cell: (one) => <Moment at={one.expiresAt} />, width: 140 },
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
    mutationFn: () => answer(api.POST("/api/quarantine/{item_id}/replay", { params: { path: { item_id: item.id } } })),
    onSuccess: ({ accepted }) => {
      tell("success", said.replayed(accepted));
      return client.invalidateQueries();
    },
    onError: tellError,
  });
  return (
    <SpaceBetween direction="horizontal" size="s">
      <ActButton needs="operator" variant="inline-link" label={said.replayOne(item.id)} pending={replay.isPending} act={() => replay.mutate()}>
        {said.replay}
      </ActButton>
      <ActButton needs="operator" variant="inline-link" label={said.discardOne(item.id)} act={() => discard(item)}>
        {said.discard}
      </ActButton>
    </SpaceBetween>
  );
}
