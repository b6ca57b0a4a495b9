import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import type { TableProps } from "@cloudscape-design/components/table";
import type { AuditEntry } from "../../api/types";
import { humanize } from "../../messages/common";
import { audit as said } from "../../messages/audit";
import { PageLink } from "../../ui/PageLink";
import { Timestamp } from "../../ui/Timestamp";
import { incidentOf } from "./targets";

const { columns } = said;

export const COLUMNS: TableProps.ColumnDefinition<AuditEntry>[] = [
  { id: "sequence", header: columns.sequence, cell: (one) => one.sequence, width: 75, minWidth: 60 },
  { id: "at", header: columns.at, cell: (one) => <Timestamp at={one.at} />, width: 130 },
  { id: "actor", header: columns.actor, cell: (one) => one.actor, width: 130, minWidth: 90 },
  { id: "action", header: columns.action, cell: (one) => humanize(one.action), width: 170, minWidth: 110, isRowHeader: true },
  { id: "target", header: columns.target, cell: (one) => <Target target={one.target} />, minWidth: 150 },
  { id: "result", header: columns.result, cell: (one) => resultOf(one), minWidth: 90 },
  { id: "reason", header: columns.reason, cell: (one) => one.reason || "-", minWidth: 110 },
  { id: "hash", header: columns.hash, cell: (one) => <Digest hash={one.hash} />, width: 155, minWidth: 150 },
];

function Target({ target }: { target: string }) {
  const incident = incidentOf(target);
  return (
    <span style={{ overflowWrap: "anywhere" }}>
      {incident ? <PageLink to={`/incidents/${encodeURIComponent(incident)}`}>{target}</PageLink> : target || "-"}
    </span>
  );
}

function resultOf({ action, result }: AuditEntry): string {
  if (action === "vote") return result === "1" ? said.helpful : said.unhelpful;
  return result || "-";
}

function Digest({ hash }: { hash: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToDisplay={hash.slice(0, 8)}
      textToCopy={hash}
      copyButtonAriaLabel={said.copy}
      copySuccessText={said.copied}
      copyErrorText={said.notCopied}
    />
  );
}
