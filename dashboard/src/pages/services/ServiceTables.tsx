import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Change, Incident, ServiceDetail } from "../../api/types";
import { humanize } from "../../messages/common";
import { services as said } from "../../messages/services";
import { DataTable } from "../../ui/DataTable";
import { ExternalLink } from "../../ui/ExternalLink";
import { Timestamp } from "../../ui/Timestamp";
import { COLUMNS as INCIDENT_COLUMNS } from "../../ui/incidentColumns";

type Target = ServiceDetail["targets"][number];
const SHOWN = new Set(["severity", "title", "status", "alerts", "opened", "suggestion"]);
const OF_ONE_SERVICE = INCIDENT_COLUMNS.filter(({ id }) => SHOWN.has(id ?? ""));

export function LiveIncidents({ incidents }: { incidents: Incident[] }) {
  const { title, empty } = said.incidents;
  return <DataTable level="h2" title={title} items={incidents} columns={OF_ONE_SERVICE} trackBy={(one) => one.id} empty={empty} />;
}

const CHANGE_COLUMNS: TableProps.ColumnDefinition<Change>[] = [
  { id: "what", header: said.changes.what, cell: (one) => <What change={one} />, minWidth: 200, isRowHeader: true },
  { id: "state", header: said.changes.state, cell: (one) => humanize(one.state), width: 130 },
  { id: "who", header: said.changes.who, cell: (one) => one.actor || one.source, width: 160 },
  { id: "when", header: said.changes.when, cell: (one) => <Timestamp at={one.startedAt} />, sortingField: "startedAt", width: 140 },
];

function What({ change }: { change: Change }) {
  return (
    <>
      <ExternalLink to={change.url}>{change.title || humanize(change.kind)}</ExternalLink> {!change.title.includes(change.version) && change.version}
      {change.detail && (
        <Box color="text-body-secondary" fontSize="body-s">
          {change.detail}
        </Box>
      )}
    </>
  );
}

export function Changes({ changes }: { changes: Change[] }) {
  const { title, empty } = said.changes;
  return <DataTable level="h2" title={title} items={changes} columns={CHANGE_COLUMNS} trackBy={(one) => one.id} empty={empty} />;
}

const TARGET_COLUMNS: TableProps.ColumnDefinition<Target>[] = [
  { id: "name", header: said.targets.name, cell: ({ cluster, name }) => [cluster, name].filter(Boolean).join("/"), minWidth: 180, isRowHeader: true },
  { id: "platform", header: said.targets.platform, cell: (one) => said.platform(one.platform), width: 110 },
  {
    id: "place",
    header: said.targets.place,
    cell: ({ environment, region, account, namespace }) => [environment, region, account, namespace].filter(Boolean).join(" · ") || "-",
    minWidth: 160,
  },
  { id: "limits", header: said.targets.limits, cell: ({ limits }) => limitsOf(limits), minWidth: 160 },
  { id: "found", header: said.targets.found, cell: ({ seen, declared }) => <LastSeen seen={seen} declared={declared} />, width: 150 },
];

function limitsOf(limits: Target["limits"]): string {
  const told = Object.entries(limits).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return told.join(", ") || "-";
}

function LastSeen({ seen, declared }: Pick<Target, "seen" | "declared">) {
  const last = seen.map(({ lastAt }) => lastAt).sort().at(-1);
  return last ? <Timestamp at={last} /> : <>{declared ? said.targets.declared : "-"}</>;
}

export function Targets({ targets }: { targets: Target[] }) {
  const { title, description, empty } = said.targets;
  return (
    <DataTable
      level="h2"
      title={title}
      description={description}
      items={targets}
      columns={TARGET_COLUMNS}
      trackBy={(one) => [one.platform, one.account, one.region, one.cluster, one.namespace, one.name].join("/")}
      empty={empty}
    />
  );
}
