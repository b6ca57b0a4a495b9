import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import Toggle from "@cloudscape-design/components/toggle";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, unwrap } from "../../api/client";
import { useSilences } from "../../api/queries";
import type { Silence } from "../../api/types";
import { useSearchParams } from "../../lib/navigation";
import { notifyError } from "../../lib/notifications";
import { formatDuration } from "../../messages/format";
import { silencesMessages as messages } from "../../messages/silences";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { FormModal } from "../../ui/FormModal";
import { Timestamp } from "../../ui/Timestamp";
import { CreateSilenceModal } from "./CreateSilenceModal";

const INDICATORS: Record<Silence["state"], StatusIndicatorProps.Type> = { active: "in-progress", pending: "pending", ended: "stopped" };

export default function SilencesPage() {
  const [search, setSearch] = useSearchParams();
  const showEnded = search.get("ended") === "true";
  const [isCreating, setCreating] = useState(false);
  const [ending, setEnding] = useState<Silence>();
  const columns = useMemo(() => columnsFor(setEnding), []);
  const { data, error, refetch } = useSilences(showEnded);
  return (
    <>
      <DataTable
        title={messages.title}
        description={messages.description}
        items={data?.silences}
        columns={columns}
        trackBy={({ id }) => id}
        empty={messages.empty}
        error={error}
        retry={refetch}
        actions={
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <Toggle checked={showEnded} onChange={({ detail }) => setSearch(detail.checked ? { ended: "true" } : {}, { replace: true })}>
              {messages.showEnded}
            </Toggle>
            <ActionButton requires="operator" variant="primary" onClick={() => setCreating(true)}>
              {messages.create}
            </ActionButton>
          </SpaceBetween>
        }
      />
      {isCreating && <CreateSilenceModal close={() => setCreating(false)} />}
      {ending && <EndSilenceModal silence={ending} close={() => setEnding(undefined)} />}
    </>
  );
}

function columnsFor(end: (silence: Silence) => void): TableProps.ColumnDefinition<Silence>[] {
  const { columns } = messages;
  return [
    {
      id: "state",
      header: columns.state,
      cell: ({ state }) => <StatusIndicator type={INDICATORS[state]}>{messages.state[state]}</StatusIndicator>,
      sortingField: "state",
      width: 120,
    },
    { id: "comment", header: columns.comment, cell: (silence) => <Comment silence={silence} />, minWidth: 180, isRowHeader: true },
    { id: "matchers", header: columns.matchers, cell: (silence) => <Matchers silence={silence} />, minWidth: 180 },
    { id: "author", header: columns.author, cell: ({ author }) => author, sortingField: "author", width: 120 },
    { id: "starts", header: columns.starts, cell: ({ startsAt }) => <Timestamp at={startsAt} />, sortingField: "startsAt", width: 135 },
    { id: "ends", header: columns.ends, cell: (silence) => <End silence={silence} />, sortingField: "endsAt", width: 150 },
    {
      id: "buttons",
      header: columns.buttons,
      cell: (silence) =>
        silence.state !== "ended" && (
          <ActionButton requires="operator" variant="inline-link" label={messages.endOf(silence.comment)} onClick={() => end(silence)}>
            {messages.end}
          </ActionButton>
        ),
      width: 120,
    },
  ];
}

function Comment({ silence: { comment, kind } }: { silence: Silence }) {
  return (
    <>
      {comment}
      <Box color="text-body-secondary" fontSize="body-s">
        {messages.kind[kind]}
      </Box>
    </>
  );
}

function Matchers({ silence: { matchers } }: { silence: Silence }) {
  return (
    <>
      {matchers.map(({ field, operator, value }) => (
        <div key={`${field}${operator}${value}`}>
          <Box variant="code">{`${field} ${operator} ${value}`}</Box>
        </div>
      ))}
    </>
  );
}

function End({ silence: { endsAt, repeatsEverySeconds } }: { silence: Silence }) {
  return (
    <>
      <Timestamp at={endsAt} />
      {repeatsEverySeconds > 0 && (
        <Box color="text-body-secondary" fontSize="body-s">
          {messages.repeats(formatDuration(repeatsEverySeconds * 1000))}
        </Box>
      )}
    </>
  );
}

function EndSilenceModal({ silence, close }: { silence: Silence; close: () => void }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/silences/{silence_id}", { params: { path: { silence_id: silence.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["silences"] });
      close();
    },
    onError: notifyError,
  });
  return (
    <FormModal
      title={messages.endTitle}
      submitLabel={messages.end}
      onSubmit={() => end.mutate()}
      close={close}
      requires="operator"
      isPending={end.isPending}
    >
      <SpaceBetween size="s">
        <Box>{messages.endBody}</Box>
        <Box color="text-body-secondary">{silence.comment}</Box>
      </SpaceBetween>
    </FormModal>
  );
}
