import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Popover from "@cloudscape-design/components/popover";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap, api } from "../../api/client";
import type { Alert, IncidentDetail } from "../../api/types";
import { text, humanize } from "../../messages/common";
import { ExternalLink } from "../../ui/ExternalLink";
import { Severity } from "../../ui/SeverityBadge";
import { Timestamp } from "../../ui/Timestamp";

const { alerts: said } = text.incident;

/** The newest page of alerts is live; older pages are loaded when asked for. */
export function Alerts({ incident }: { incident: IncidentDetail }) {
  const [cursor, setCursor] = useState<string | null>(null);
  const older = useQuery({
    queryKey: ["older-alerts", incident.id, cursor],
    queryFn: () => olderAlerts(incident.id, cursor),
    enabled: cursor !== null,
    staleTime: Infinity,
  });
  const seen = new Set(incident.alerts.map(keyOf));
  const alerts = [...incident.alerts, ...(older.data ?? []).filter((one) => !seen.has(keyOf(one)))];
  const more = cursor === null && incident.cursor !== null;
  return (
    <Table
      variant="container"
      wrapLines
      enableKeyboardNavigation
      trackBy={keyOf}
      items={alerts}
      header={
        <Header variant="h2" counter={text.incidents.counted(alerts.length, more)}>
          {said.title}
        </Header>
      }
      ariaLabels={{ tableLabel: said.title }}
      columnDefinitions={[
        { id: "severity", header: text.incidents.columns.severity, cell: (one) => <Severity severity={one.severity} />, width: 105 },
        { id: "title", header: said.alert, cell: (one) => <What alert={one} />, minWidth: 260, isRowHeader: true },
        { id: "service", header: said.service, cell: (one) => one.service || "-", minWidth: 110 },
        {
          id: "status",
          header: text.incidents.columns.status,
          cell: (one) => (
            <StatusIndicator type={one.muted ? "stopped" : one.status === "firing" ? "error" : "success"}>
              {one.muted ? one.muted : humanize(one.status)}
            </StatusIndicator>
          ),
          width: 150,
        },
        { id: "at", header: said.at, cell: (one) => <Timestamp at={one.occurredAt} />, width: 120 },
        { id: "source", header: said.source, cell: (one) => <ExternalLink to={one.url}>{humanize(one.source)}</ExternalLink>, width: 130 },
      ]}
      footer={
        more ? (
          <Box textAlign="center">
            <Button loading={older.isFetching} onClick={() => setCursor(incident.cursor)}>
              {said.more}
            </Button>
          </Box>
        ) : undefined
      }
    />
  );
}

function What({ alert }: { alert: Alert }) {
  return (
    <>
      {alert.title}
      {alert.count > 1 && (
        <Box variant="span" color="text-body-secondary">
          {" "}
          ({said.times(alert.count)})
        </Box>
      )}
      <Box fontSize="body-s">
        <Popover
          size="large"
          position="bottom"
          triggerType="text"
          header={said.why}
          content={
            <>
              {[humanize(alert.reason.toLowerCase()), ...alert.evidence].join("; ")}
              {alert.message && <Box variant="pre">{alert.message}</Box>}
            </>
          }
        >
          {said.why}
        </Popover>
      </Box>
    </>
  );
}

function keyOf(alert: Alert): string {
  return `${alert.fingerprint} ${alert.startedAt ?? alert.occurredAt}`;
}

/** All the pages from a cursor on: people ask for the rest, not for the next hundred. */
async function olderAlerts(id: string, from: string | null): Promise<Alert[]> {
  const found: Alert[] = [];
  for (let cursor = from; cursor !== null;) {
    const page = await unwrap(
      api.GET("/api/incidents/{incident_id}", { params: { path: { incident_id: id }, query: { cursor, limit: 100 } } }),
    );
    found.push(...page.alerts);
    cursor = found.length < 2_000 ? page.cursor : null;
  }
  return found;
}
