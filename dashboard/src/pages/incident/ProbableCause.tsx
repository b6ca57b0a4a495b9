import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { RelatedChange, IncidentDetail } from "../../api/types";
import { servicePath } from "../../lib/paths";
import { humanize } from "../../messages/common";
import { incidentMessages } from "../../messages/incident";
import { ExternalLink, PageLink } from "../../ui/Links";
import { Timestamp } from "../../ui/Timestamp";

const { cause: messages } = incidentMessages;
const SHOWN_CAUSES = 3;

/** The most likely causes with their evidence, and the changes shortly before the incident. */
export function ProbableCause({ incident: { causes, changes } }: { incident: IncidentDetail }) {
  return (
    <Container fitHeight header={<Header variant="h2">{messages.title}</Header>}>
      <SpaceBetween size="m">
        {causes.length === 0 && <Box color="text-body-secondary">{messages.none}</Box>}
        {causes.slice(0, SHOWN_CAUSES).map(({ service, score, evidence }) => (
          <div key={service}>
            <ProgressBar
              value={score * 100}
              label={<PageLink to={servicePath(service)}>{service}</PageLink>}
              ariaLabel={messages.probability(service)}
            />
            <Box color="text-body-secondary" fontSize="body-s">
              {evidence.join("; ")}
            </Box>
          </div>
        ))}
        <div>
          <Box variant="h3" padding="n">
            {messages.changes}
          </Box>
          {changes.length === 0 && <Box color="text-body-secondary">{messages.noChanges}</Box>}
          {changes.map((change) => (
            <SuspectChange key={change.id} change={change} />
          ))}
        </div>
      </SpaceBetween>
    </Container>
  );
}

function SuspectChange({ change }: { change: RelatedChange }) {
  return (
    <Box padding={{ top: "xxs" }}>
      <ExternalLink to={change.url}>{change.title || humanize(change.kind)}</ExternalLink> {change.version}{" "}
      <Box variant="span" color="text-body-secondary">
        {change.service} · <Timestamp at={change.startedAt} /> · {change.actor || humanize(change.state)} · {change.reason}
      </Box>
    </Box>
  );
}
