import Box from "@cloudscape-design/components/box";
import Popover from "@cloudscape-design/components/popover";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../api/client";
import type { Alert, IncidentDetail } from "../../api/types";
import { humanize } from "../../messages/common";
import { incidentMessages } from "../../messages/incident";
import { incidentsMessages } from "../../messages/incidents";
import { DataTable } from "../../ui/DataTable";
import { ExternalLink } from "../../ui/Links";
import { SeverityBadge } from "../../ui/StatusIndicators";
import { Timestamp } from "../../ui/Timestamp";

const PAGE_SIZE = 100;
const MAX_OLDER_ALERTS = 2_000;
const { alerts: messages } = incidentMessages;

const INDICATORS: Record<Alert["status"], StatusIndicatorProps.Type> = {
  firing: "error",
  resolved: "success",
  no_data: "warning",
  gone: "stopped",
};

const COLUMNS: TableProps.ColumnDefinition<Alert>[] = [
  { id: "severity", header: incidentsMessages.columns.severity, cell: ({ severity }) => <SeverityBadge severity={severity} />, width: 105 },
  { id: "title", header: messages.alert, cell: (alert) => <AlertSummary alert={alert} />, minWidth: 260, isRowHeader: true },
  { id: "service", header: messages.service, cell: ({ service }) => service || "-", minWidth: 110 },
  { id: "status", header: incidentsMessages.columns.status, cell: (alert) => <AlertStatus alert={alert} />, width: 150 },
  { id: "lastEvent", header: messages.lastEvent, cell: ({ occurredAt }) => <Timestamp at={occurredAt} />, width: 120 },
  {
    id: "source",
    header: messages.source,
    cell: ({ url, source }) => <ExternalLink to={url}>{humanize(source)}</ExternalLink>,
    width: 130,
  },
];

/** The alerts of an incident. The newest page is polled; older alerts are loaded on request. */
export function Alerts({ incident }: { incident: IncidentDetail }) {
  const [cursor, setCursor] = useState<string | null>(null);
  const older = useQuery({
    queryKey: ["older-alerts", incident.id, cursor],
    queryFn: () => olderAlerts(incident.id, cursor),
    enabled: cursor !== null,
    staleTime: Infinity,
  });
  const newest = new Set(incident.alerts.map(keyOf));
  const alerts = [...incident.alerts, ...(older.data ?? []).filter((alert) => !newest.has(keyOf(alert)))];
  const hasMore = cursor === null && incident.cursor !== null;
  return (
    <DataTable
      level="h2"
      title={messages.title}
      items={alerts}
      columns={COLUMNS}
      trackBy={keyOf}
      empty={messages.empty}
      more={hasMore ? { label: messages.loadMore, loading: older.isFetching, load: () => setCursor(incident.cursor) } : undefined}
    />
  );
}

function AlertSummary({ alert: { title, count, reason, evidence, message } }: { alert: Alert }) {
  return (
    <>
      {title}
      {count > 1 && (
        <Box variant="span" color="text-body-secondary">
          {" "}
          ({messages.events(count)})
        </Box>
      )}
      <Box fontSize="body-s">
        <Popover
          size="large"
          position="bottom"
          triggerType="text"
          header={messages.why}
          content={
            <>
              {[humanize(reason.toLowerCase()), ...evidence].join("; ")}
              {message && <Box variant="pre">{message}</Box>}
            </>
          }
        >
          {messages.why}
        </Popover>
      </Box>
    </>
  );
}

function AlertStatus({ alert: { muted, status } }: { alert: Alert }) {
  if (muted) return <StatusIndicator type="stopped">{muted}</StatusIndicator>;
  return <StatusIndicator type={INDICATORS[status]}>{humanize(status)}</StatusIndicator>;
}

function keyOf({ fingerprint, startedAt, occurredAt }: Alert): string {
  return `${fingerprint} ${startedAt ?? occurredAt}`;
}

/** Loads all pages from a cursor on, up to MAX_OLDER_ALERTS. */
async function olderAlerts(incidentId: string, from: string | null): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (let cursor = from; cursor !== null;) {
    const query = { cursor, limit: PAGE_SIZE };
    const page = await unwrap(
      api.GET("/api/incidents/{incident_id}", { params: { path: { incident_id: incidentId }, query } }),
    );
    alerts.push(...page.alerts);
    cursor = alerts.length < MAX_OLDER_ALERTS ? page.cursor : null;
  }
  return alerts;
}
