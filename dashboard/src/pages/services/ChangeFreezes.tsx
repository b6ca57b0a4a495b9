import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useFreezes } from "../../api/queries";
import type { Freeze } from "../../api/types";
import { freezesMessages as messages } from "../../messages/services";
import { DataTable } from "../../ui/DataTable";
import { Timestamp } from "../../ui/Timestamp";

const { columns } = messages;

const COLUMNS: TableProps.ColumnDefinition<Freeze>[] = [
  {
    id: "state",
    header: columns.state,
    cell: ({ active }) => <StatusIndicator type={active ? "warning" : "pending"}>{active ? messages.active : messages.ahead}</StatusIndicator>,
    width: 120,
  },
  { id: "reason", header: columns.reason, cell: ({ reason }) => reason, minWidth: 180, isRowHeader: true },
  { id: "scope", header: columns.scope, cell: (freeze) => <Scope freeze={freeze} />, minWidth: 220 },
  { id: "starts", header: columns.starts, cell: ({ startsAt }) => <Timestamp at={startsAt} />, width: 150 },
  { id: "ends", header: columns.ends, cell: ({ endsAt }) => <Timestamp at={endsAt} />, width: 150 },
];

/** The change freezes that are active or ahead; nothing if there are none. */
export function ChangeFreezes() {
  const { data, error, refetch } = useFreezes();
  if (data?.freezes.length === 0) return null;
  return (
    <DataTable
      level="h2"
      title={messages.title}
      description={messages.description}
      items={data?.freezes}
      columns={COLUMNS}
      trackBy={({ reason, startsAt }) => `${reason} ${startsAt}`}
      empty={messages.empty}
      error={error}
      retry={refetch}
    />
  );
}

function Scope({ freeze: { services, environments, unknownNames } }: { freeze: Freeze }) {
  return (
    <>
      {messages.scope(services, environments)}
      {unknownNames.length > 0 && <StatusIndicator type="warning">{messages.unknown(unknownNames)}</StatusIndicator>}
    </>
  );
}
