import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Icon, { type IconProps } from "@cloudscape-design/components/icon";
import type { IncidentDetail } from "../../api/types";
import { humanize } from "../../messages/common";
import { incidentMessages } from "../../messages/incident";
import { Timestamp } from "../../ui/Timestamp";
import { type Entry, timelineEntries } from "./timelineEntries";

const { timeline: messages } = incidentMessages;

const ICONS: Partial<Record<Entry["kind"], IconProps.Name>> = {
  opened: "status-warning",
  alert: "notification",
  resolved: "status-positive",
  reopened: "refresh",
  acknowledged: "user-profile",
  merged: "share",
  feedback: "thumbs-up",
  outcome: "status-info",
  severity: "angle-up",
  execution: "settings",
  change: "upload",
};

/** Alerts, changes, votes, executions and status changes of an incident, newest first. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const entries = timelineEntries(incident);
  return (
    <Container fitHeight header={<Header variant="h2">{messages.title}</Header>}>
      {entries.length === 0 && <Box color="text-body-secondary">{messages.none}</Box>}
      <ol style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {entries.map(({ id, at, kind, text, actor }) => (
          <li key={id} style={{ display: "grid", gridTemplateColumns: "auto 1fr", gap: "10px", padding: "5px 0" }}>
            <Icon name={ICONS[kind] ?? "status-info"} ariaLabel={humanize(kind)} />
            <div>
              <Box>{text}</Box>
              <Box color="text-body-secondary" fontSize="body-s">
                <Timestamp at={at} /> · {actor || messages.agent}
              </Box>
            </div>
          </li>
        ))}
      </ol>
    </Container>
  );
}
