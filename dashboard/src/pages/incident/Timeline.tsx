import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Icon, { type IconProps } from "@cloudscape-design/components/icon";
import type { IncidentDetail, TimelineEntry } from "../../api/types";
import { text, humanize } from "../../messages/common";
import { Timestamp } from "../../ui/Timestamp";
import { timelineEntries } from "./timelineEntries";

const { timeline: said } = text.incident;

const ICONS: Partial<Record<TimelineEntry["kind"] | "change", IconProps.Name>> = {
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

/** Everything that happened, newest first: alerts, changes before it, votes, executions, people. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const entries = timelineEntries(incident);
  return (
    <Container fitHeight header={<Header variant="h2">{said.title}</Header>}>
      {entries.length === 0 && <Box color="text-body-secondary">{said.none}</Box>}
      <ol style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {entries.map(({ id, at, kind, said: words_, actor }) => (
          <li key={id} style={{ display: "grid", gridTemplateColumns: "auto 1fr", gap: "10px", padding: "5px 0" }}>
            <Icon name={ICONS[kind] ?? "status-info"} ariaLabel={humanize(kind)} />
            <div>
              <Box>{words_}</Box>
              <Box color="text-body-secondary" fontSize="body-s">
                <Timestamp at={at} /> · {actor || said.agent}
              </Box>
            </div>
          </li>
        ))}
      </ol>
    </Container>
  );
}

