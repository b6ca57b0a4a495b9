import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { IncidentDetail, Suggestion } from "../../api/types";
import { usePermission, useMe } from "../../lib/permissions";
import { text } from "../../messages/common";
import { ConfidenceBar } from "../../ui/ConfidenceBar";
import { useIncidentTransition } from "./useIncidentActions";
import { PlanModal } from "./PlanModal";
import { VoteModal } from "./VoteModal";

const { suggestions: said } = text.incident;

/** What may help, the likeliest first, and everything that can be said or done about each. */
export function Suggestions({ incident }: { incident: IncidentDetail }) {
  const [planned, setPlanned] = useState<Suggestion>();
  const [voted, setVoted] = useState<{ suggestion: Suggestion; value: 1 | -1 }>();
  return (
    <>
      <Cards
        header={<Header variant="h2">{said.title}</Header>}
        items={incident.suggestions}
        trackBy="id"
        cardsPerRow={[{ cards: 1 }, { minWidth: 620, cards: 2 }, { minWidth: 1300, cards: 3 }]}
        ariaLabels={{ itemSelectionLabel: (_, one) => one.id, selectionGroupLabel: said.title }}
        empty={<Box color="text-body-secondary">{said.none}</Box>}
        cardDefinition={{
          header: (one) => (
            <Box variant="h3" padding="n">
              {text.action(one.action)}
              {one.service && one.action !== "noop" && ` ${one.service}`}
            </Box>
          ),
          sections: [
            { id: "confidence", content: (one) => <ConfidenceBar suggestion={one} /> },
            { id: "why", content: (one) => <Why suggestion={one} /> },
            {
              id: "act",
              content: (one) => (
                <Acts incident={incident} suggestion={one} plan={() => setPlanned(one)} vote={(value) => setVoted({ suggestion: one, value })} />
              ),
            },
          ],
        }}
      />
      {planned && <PlanModal suggestion={planned} close={() => setPlanned(undefined)} />}
      {voted && <VoteModal {...voted} close={() => setVoted(undefined)} />}
    </>
  );
}

function Why({ suggestion }: { suggestion: Suggestion }) {
  return (
    <>
      <Box>{suggestion.rationale}</Box>
      {suggestion.evidence.length > 0 && (
        <ExpandableSection headerText={said.why} variant="inline">
          <ul>
            {suggestion.evidence.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </ExpandableSection>
      )}
    </>
  );
}

interface ActsOf {
  incident: IncidentDetail;
  suggestion: Suggestion;
  plan: () => void;
  vote: (value: 1 | -1) => void;
}

function Acts({ incident, suggestion, plan, vote }: ActsOf) {
  const { allowed, reason } = usePermission("operator");
  const { data: me } = useMe();
  const move = useIncidentTransition(incident.id);
  const mine = incident.feedback.find((one) => one.suggestionId === suggestion.id && one.person === me?.name);
  return (
    <SpaceBetween size="xxs">
      <SpaceBetween direction="horizontal" size="xs">
        {suggestion.action === "noop" ? (
          <Button
            disabled={!allowed || incident.status !== "open"}
            disabledReason={reason || undefined}
            loading={move.isPending}
            onClick={() => move.mutate({ verb: "acknowledge", reason: suggestion.rationale.slice(0, 500) })}
          >
            {said.doNothing}
          </Button>
        ) : (
          <Button onClick={plan}>{said.plan}</Button>
        )}
        <Button
          iconName={mine?.value === 1 ? "thumbs-up-filled" : "thumbs-up"}
          ariaLabel={said.helpful}
          variant="icon"
          disabled={!allowed}
          disabledReason={reason || undefined}
          onClick={() => vote(1)}
        />
        <Button
          iconName={mine?.value === -1 ? "thumbs-down-filled" : "thumbs-down"}
          ariaLabel={said.unhelpful}
          variant="icon"
          disabled={!allowed}
          disabledReason={reason || undefined}
          onClick={() => vote(-1)}
        />
      </SpaceBetween>
      {mine && (
        <Box fontSize="body-s" color="text-body-secondary">
          {said.voted(mine.value)}
          {mine.comment && `: ${mine.comment}`}
        </Box>
      )}
    </SpaceBetween>
  );
}
