import Box from "@cloudscape-design/components/box";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Silence } from "../../api/types";
import { silences as said } from "../../messages/silences";
import { ActionButton } from "../../ui/ActionButton";
import { formatDuration } from "../../lib/format";
import { Timestamp } from "../../ui/Timestamp";

const { columns } = said;
const LOOKS: Record<Silence["state"], StatusIndicatorProps.Type> = { active: "in-progress", pending: "pending", ended: "stopped" };

export function columnsFor(end: (silence: Silence) => void): TableProps.ColumnDefinition<Silence>[] {
  return [
    {
      id: "state",
      header: columns.state,
      cell: ({ state }) => <StatusIndicator type={LOOKS[state]}>{said.state[state]}</StatusIndicator>,
      sortingField: "state",
      width: 120,
    },
    { id: "comment", header: columns.comment, cell: (one) => <Why silence={one} />, minWidth: 180, isRowHeader: true },
    { id: "matchers", header: columns.matchers, cell: ({ matchers }) => <Conditions matchers={matchers} />, minWidth: 180 },
    { id: "author", header: columns.author, cell: (one) => one.author, sortingField: "author", width: 120 },
    { id: "starts", header: columns.starts, cell: (one) => <Timestamp at={one.startsAt} />, sortingField: "startsAt", width: 135 },
    { id: "ends", header: columns.ends, cell: (one) => <Until silence={one} />, sortingField: "endsAt", width: 150 },
    { id: "act", header: columns.act, cell: (one) => <End silence={one} end={end} />, width: 100 },
  ];
}

function Why({ silence: { comment, kind } }: { silence: Silence }) {
  return (
    <>
      {comment}
      <Box color="text-body-secondary" fontSize="body-s">
        {said.kind[kind]}
      </Box>
    </>
  );
}

function Conditions({ matchers }: Pick<Silence, "matchers">) {
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

function Until({ silence: { endsAt, repeatsEverySeconds } }: { silence: Silence }) {
  return (
    <>
      <Timestamp at={endsAt} />
      {repeatsEverySeconds > 0 && (
        <Box color="text-body-secondary" fontSize="body-s">
          {said.every(formatDuration(repeatsEverySeconds * 1000))}
        </Box>
      )}
    </>
  );
}

function End({ silence, end }: { silence: Silence; end: (silence: Silence) => void }) {
  if (silence.state === "ended") return null;
  return (
    <ActionButton needs="operator" variant="inline-link" label={said.endOne(silence.comment)} act={() => end(silence)}>
      {said.end}
    </ActionButton>
  );
}
