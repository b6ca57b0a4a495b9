import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSimilarIncidents } from "../../api/queries";
import type { IncidentDetail, PastAction } from "../../api/types";
import { incidentPath } from "../../lib/paths";
import { common, humanize } from "../../messages/common";
import { formatDuration } from "../../messages/format";
import { incidentMessages } from "../../messages/incident";
import { PageLink } from "../../ui/Links";
import { Timestamp } from "../../ui/Timestamp";

const { similar: messages } = incidentMessages;

/** Earlier incidents with the same service and symptom, and the actions that were tried. */
export function SimilarIncidents({ incident }: { incident: IncidentDetail }) {
  const { data } = useSimilarIncidents(incident.id);
  const similar = data?.incidents ?? [];
  return (
    <Container fitHeight header={<Header variant="h2">{messages.title}</Header>}>
      {similar.length === 0 && <Box color="text-body-secondary">{messages.none}</Box>}
      <SpaceBetween size="s">
        {similar.map(({ id, title, openedAt, durationMs, tried }) => (
          <div key={id}>
            <PageLink to={incidentPath(id)}>{title}</PageLink>
            <Box color="text-body-secondary" fontSize="body-s">
              <Timestamp at={openedAt} /> · {messages.duration(formatDuration(durationMs))}
            </Box>
            <Box fontSize="body-s">{tried.map(describe).join("; ") || messages.nothing}</Box>
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function describe({ action, ended, helpful, unhelpful }: PastAction): string {
  return [common.action(action), ended && humanize(ended).toLowerCase(), messages.votes(helpful, unhelpful)].filter(Boolean).join(": ");
}
