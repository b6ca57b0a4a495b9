import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { IncidentDetail } from "../../api/types";
import { text, humanize } from "../../messages/common";
import { ExternalLink } from "../../ui/ExternalLink";
import { PageLink } from "../../ui/PageLink";
import { Timestamp } from "../../ui/Timestamp";

const { cause: said } = text.incident;

/** The likeliest services with their evidence, and what changed just before. */
export function Cause({ incident }: { incident: IncidentDetail }) {
  return (
    <Container fitHeight header={<Header variant="h2">{said.title}</Header>}>
      <SpaceBetween size="m">
        {incident.causes.length === 0 && <Box color="text-body-secondary">{said.none}</Box>}
        {incident.causes.slice(0, 3).map(({ service, score, evidence }) => (
          <div key={service}>
            <ProgressBar
              value={score * 100}
              label={<PageLink to={`/services/${encodeURIComponent(service)}`}>{service}</PageLink>}
              ariaLabel={`${service}: ${said.shareLabel}`}
            />
            <Box color="text-body-secondary" fontSize="body-s">
              {evidence.join("; ")}
            </Box>
          </div>
        ))}
        <div>
          <Box variant="h3" padding="n">
            {said.changes}
          </Box>
          {incident.changes.length === 0 && <Box color="text-body-secondary">{said.noChanges}</Box>}
          {incident.changes.map((change) => (
            <Box key={change.id} padding={{ top: "xxs" }}>
              <ExternalLink to={change.url}>{change.title || humanize(change.kind)}</ExternalLink> {change.version}{" "}
              <Box variant="span" color="text-body-secondary">
                {change.service} · <Timestamp at={change.startedAt} /> · {change.actor || humanize(change.state)} · {change.reason}
              </Box>
            </Box>
          ))}
        </div>
      </SpaceBetween>
    </Container>
  );
}
