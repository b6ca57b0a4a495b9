import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useAuditTrail } from "../../api/queries";
import type { AuditEntry } from "../../api/types";
import { useSearchParams } from "../../lib/navigation";
import { incidentIdIn, incidentPath } from "../../lib/paths";
import { auditMessages as messages } from "../../messages/audit";
import { humanize } from "../../messages/common";
import { DataTable } from "../../ui/DataTable";
import { PageLink } from "../../ui/Links";
import { Timestamp } from "../../ui/Timestamp";

const HASH_CHARACTERS = 8;
const { columns } = messages;

const COLUMNS: TableProps.ColumnDefinition<AuditEntry>[] = [
  { id: "sequence", header: columns.sequence, cell: ({ sequence }) => sequence, width: 75, minWidth: 60 },
  { id: "time", header: columns.time, cell: ({ at }) => <Timestamp at={at} />, width: 130 },
  { id: "actor", header: columns.actor, cell: ({ actor }) => actor, width: 130, minWidth: 90 },
  { id: "action", header: columns.action, cell: ({ action }) => humanize(action), width: 170, minWidth: 110, isRowHeader: true },
  { id: "target", header: columns.target, cell: ({ target }) => <Target target={target} />, minWidth: 150 },
  { id: "result", header: columns.result, cell: (entry) => resultOf(entry), minWidth: 90 },
  { id: "reason", header: columns.reason, cell: ({ reason }) => reason || "-", minWidth: 110 },
  { id: "hash", header: columns.hash, cell: ({ hash }) => <Hash hash={hash} />, width: 155, minWidth: 150 },
];

const FILTERS = ["actor", "target"] as const;

/** The audit trail; its filter is in the page's address. */
export default function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const filter = { actor: search.get("actor") ?? "", target: search.get("target") ?? "" };
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useAuditTrail(filter.actor, filter.target);
  const setFilter = (field: (typeof FILTERS)[number], value: string) => {
    const changed = new URLSearchParams(search);
    if (value) changed.set(field, value);
    else changed.delete(field);
    setSearch(changed, { replace: true });
  };
  return (
    <DataTable
      title={messages.title}
      description={messages.description}
      items={data?.pages.flatMap(({ entries }) => entries)}
      columns={COLUMNS}
      trackBy={({ sequence }) => String(sequence)}
      empty={messages.empty}
      error={error}
      retry={refetch}
      more={hasNextPage ? { label: messages.loadMore, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
      filter={
        <SpaceBetween direction="horizontal" size="s" alignItems="end">
          {FILTERS.map((field) => (
            <FormField key={field} label={messages[field]}>
              <Input
                type="search"
                value={filter[field]}
                placeholder={messages[`${field}Hint`]}
                onChange={({ detail }) => setFilter(field, detail.value)}
              />
            </FormField>
          ))}
          {(filter.actor || filter.target) && <Button onClick={() => setSearch(new URLSearchParams())}>{messages.clearFilter}</Button>}
        </SpaceBetween>
      }
    />
  );
}

function Target({ target }: { target: string }) {
  const incidentId = incidentIdIn(target);
  return (
    <span style={{ overflowWrap: "anywhere" }}>
      {incidentId ? <PageLink to={incidentPath(incidentId)}>{target}</PageLink> : target || "-"}
    </span>
  );
}

function resultOf({ action, result }: AuditEntry): string {
  if (action === "vote") return result === "1" ? messages.helpful : messages.unhelpful;
  return result || "-";
}

function Hash({ hash }: { hash: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToDisplay={hash.slice(0, HASH_CHARACTERS)}
      textToCopy={hash}
      copyButtonAriaLabel={messages.copyHash}
      copySuccessText={messages.copied}
      copyErrorText={messages.copyFailed}
    />
  );
}
