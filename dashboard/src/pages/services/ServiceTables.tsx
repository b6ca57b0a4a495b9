import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Change, Incident, ServiceDetail } from "../../api/types";
import { humanize } from "../../messages/common";
import { platformName, serviceMessages } from "../../messages/services";
import { DataTable } from "../../ui/DataTable";
import { INCIDENT_COLUMNS } from "../../ui/incidentColumns";
import { ExternalLink } from "../../ui/Links";
import { Timestamp } from "../../ui/Timestamp";

type Target = ServiceDetail["targets"][number];

const { changes: changeMessages, incidents: incidentMessages, targets: targetMessages } = serviceMessages;

/** All but the columns that name services: the page is about one. */
const COLUMNS_OF_ONE_SERVICE = INCIDENT_COLUMNS.filter(({ id }) => id !== "service" && id !== "services");

export function LiveIncidents({ incidents }: { incidents: Incident[] }) {
  const { title, empty } = incidentMessages;
  return (
    <DataTable level="h2" title={title} items={incidents} columns={COLUMNS_OF_ONE_SERVICE} trackBy={({ id }) => id} empty={empty} />
  );
}

const CHANGE_COLUMNS: TableProps.ColumnDefinition<Change>[] = [
  { id: "change", header: changeMessages.change, cell: (change) => <ChangeSummary change={change} />, minWidth: 200, isRowHeader: true },
  { id: "state", header: changeMessages.state, cell: ({ state }) => humanize(state), width: 130 },
  { id: "actor", header: changeMessages.actor, cell: ({ actor, source }) => actor || source, width: 160 },
  { id: "time", header: changeMessages.time, cell: ({ startedAt }) => <Timestamp at={startedAt} />, sortingField: "startedAt", width: 140 },
];

export function Changes({ changes }: { changes: Change[] }) {
  const { title, empty } = changeMessages;
  return <DataTable level="h2" title={title} items={changes} columns={CHANGE_COLUMNS} trackBy={({ id }) => id} empty={empty} />;
}

function ChangeSummary({ change: { url, title, kind, version, detail } }: { change: Change }) {
  return (
    <>
      <ExternalLink to={url}>{title || humanize(kind)}</ExternalLink> {!title.includes(version) && version}
      {detail && (
        <Box color="text-body-secondary" fontSize="body-s">
          {detail}
        </Box>
      )}
    </>
  );
}

const TARGET_COLUMNS: TableProps.ColumnDefinition<Target>[] = [
  {
    id: "name",
    header: targetMessages.name,
    cell: ({ cluster, name }) => [cluster, name].filter(Boolean).join("/"),
    minWidth: 180,
    isRowHeader: true,
  },
  { id: "platform", header: targetMessages.platform, cell: ({ platform }) => platformName(platform), width: 110 },
  {
    id: "scope",
    header: targetMessages.scope,
    cell: ({ environment, region, account, namespace }) => [environment, region, account, namespace].filter(Boolean).join(" · ") || "-",
    minWidth: 160,
  },
  { id: "limits", header: targetMessages.limits, cell: ({ limits }) => listLimits(limits), minWidth: 160 },
  { id: "lastSeen", header: targetMessages.lastSeen, cell: (target) => <LastSeen target={target} />, width: 150 },
];

export function Targets({ targets }: { targets: Target[] }) {
  const { title, description, empty } = targetMessages;
  return (
    <DataTable
      level="h2"
      title={title}
      description={description}
      items={targets}
      columns={TARGET_COLUMNS}
      trackBy={({ platform, account, region, cluster, namespace, name }) => [platform, account, region, cluster, namespace, name].join("/")}
      empty={empty}
    />
  );
}

function listLimits(limits: Target["limits"]): string {
  const listed = Object.entries(limits).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return listed.join(", ") || "-";
}

function LastSeen({ target: { seen, declared } }: { target: Target }) {
  const last = seen.map(({ lastAt }) => lastAt).sort().at(-1);
  return last ? <Timestamp at={last} /> : <>{declared ? targetMessages.neverSeen : "-"}</>;
}
