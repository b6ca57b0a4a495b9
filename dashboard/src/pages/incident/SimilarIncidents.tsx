import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSimilar } from "../../api/queries";
import type { IncidentDetail } from "../../api/types";
import { text, humanize } from "../../messages/common";
import { PageLink } from "../../ui/PageLink";
import { formatDuration } from "../../lib/format";
import { Timestamp } from "../../ui/Timestamp";

const { similar: said } = text.incident;

/** Earlier incidents of the same service and symptom, and what helped then. */
export function SimilarIncidents({ incident }: { incident: IncidentDetail }) {
  const { data } = useSimilar(incident.id);
  const found = data?.incidents ?? [];
  return (
    <Container fitHeight header={<Header variant="h2">{said.title}</Header>}>
      {found.length === 0 && <Box color="text-body-secondary">{said.none}</Box>}
      <SpaceBetween size="s">
        {found.map((one) => (
          <div key={one.id}>
            <PageLink to={`/incidents/${encodeURIComponent(one.id)}`}>{one.title}</PageLink>
            <Box color="text-body-secondary" fontSize="body-s">
              <Timestamp at={one.openedAt} /> · {said.lasted(formatDuration(one.lastedMs))}
            </Box>
            <Box fontSize="body-s">
              {one.tried.length
                ? one.tried
                    .map(({ action, helpful, unhelpful, ended }) =>
                      [text.action(action), ended && humanize(ended).toLowerCase(), said.helped(helpful, unhelpful)].filter(Boolean).join(": "),
                    )
                    .join("; ")
                : said.nothing}
            </Box>
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}
