import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../api/client";
import type { IncidentDetail, Suggestion } from "../../api/types";
import { notifyError } from "../../lib/notifications";
import { useMe } from "../../lib/permissions";
import { common } from "../../messages/common";
import { incidentMessages } from "../../messages/incident";
import { ActionButton } from "../../ui/ActionButton";
import { SuggestionConfidence } from "../../ui/Confidence";
import { FormModal } from "../../ui/FormModal";
import { PlanModal } from "./PlanModal";
import { useIncidentTransition, useRefreshIncident } from "./useIncidentActions";

/** The API's limit for the reason of an acknowledgement. */
const MAX_REASON_CHARACTERS = 500;
const { suggestions: messages } = incidentMessages;

type VoteValue = 1 | -1;

const VOTES = [
  { value: 1, label: messages.helpful, icon: "thumbs-up", votedIcon: "thumbs-up-filled" },
  { value: -1, label: messages.unhelpful, icon: "thumbs-down", votedIcon: "thumbs-down-filled" },
] as const;

function voteLabel(value: number): string {
  return value > 0 ? messages.helpful : messages.unhelpful;
}

/** The suggested actions in the API's order, with their evidence, plan and votes. */
export function Suggestions({ incident }: { incident: IncidentDetail }) {
  const [planned, setPlanned] = useState<Suggestion>();
  const [vote, setVote] = useState<{ suggestion: Suggestion; value: VoteValue }>();
  return (
    <>
      <Cards
        header={<Header variant="h2">{messages.title}</Header>}
        items={incident.suggestions}
        trackBy="id"
        cardsPerRow={[{ cards: 1 }, { minWidth: 620, cards: 2 }, { minWidth: 1300, cards: 3 }]}
        ariaLabels={{ itemSelectionLabel: (_, { id }) => id, selectionGroupLabel: messages.title }}
        empty={<Box color="text-body-secondary">{messages.none}</Box>}
        cardDefinition={{
          header: ({ action, service }) => (
            <Box variant="h3" padding="n">
              {common.action(action)}
              {service && action !== "noop" && ` ${service}`}
            </Box>
          ),
          sections: [
            { id: "confidence", content: (suggestion) => <SuggestionConfidence suggestion={suggestion} /> },
            { id: "rationale", content: (suggestion) => <Rationale suggestion={suggestion} /> },
            {
              id: "buttons",
              content: (suggestion) => (
                <Buttons
                  incident={incident}
                  suggestion={suggestion}
                  showPlan={() => setPlanned(suggestion)}
                  vote={(value) => setVote({ suggestion, value })}
                />
              ),
            },
          ],
        }}
      />
      {planned && <PlanModal suggestion={planned} close={() => setPlanned(undefined)} />}
      {vote && <VoteModal {...vote} close={() => setVote(undefined)} />}
    </>
  );
}

function Rationale({ suggestion: { rationale, evidence } }: { suggestion: Suggestion }) {
  return (
    <>
      <Box>{rationale}</Box>
      {evidence.length > 0 && (
        <ExpandableSection headerText={messages.evidence} variant="inline">
          <ul>
            {evidence.map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
        </ExpandableSection>
      )}
    </>
  );
}

interface ButtonsProps {
  incident: IncidentDetail;
  suggestion: Suggestion;
  showPlan: () => void;
  vote: (value: VoteValue) => void;
}

function Buttons({ incident, suggestion, showPlan, vote }: ButtonsProps) {
  const { data: me } = useMe();
  const change = useIncidentTransition(incident.id);
  const myVote = incident.feedback.find(
    ({ suggestionId, personId }) => suggestionId === suggestion.id && personId === me?.subject,
  );
  const acknowledge = () => {
    const reason = suggestion.rationale.slice(0, MAX_REASON_CHARACTERS);
    change.mutate({ transition: "acknowledge", reason });
  };
  return (
    <SpaceBetween size="xxs">
      <SpaceBetween direction="horizontal" size="xs">
        {suggestion.action === "noop" ? (
          <ActionButton requires="operator" disabled={incident.status !== "open"} loading={change.isPending} onClick={acknowledge}>
            {messages.acknowledge}
          </ActionButton>
        ) : (
          <Button onClick={showPlan}>{messages.showPlan}</Button>
        )}
        {VOTES.map(({ value, label, icon, votedIcon }) => (
          <ActionButton
            key={value}
            requires="operator"
            variant="icon"
            iconName={myVote?.value === value ? votedIcon : icon}
            label={label}
            onClick={() => vote(value)}
          />
        ))}
      </SpaceBetween>
      {myVote && (
        <Box fontSize="body-s" color="text-body-secondary">
          {messages.yourVote(voteLabel(myVote.value))}
          {myVote.comment && `: ${myVote.comment}`}
        </Box>
      )}
    </SpaceBetween>
  );
}

function VoteModal({ suggestion, value, close }: { suggestion: Suggestion; value: VoteValue; close: () => void }) {
  const [comment, setComment] = useState("");
  const refresh = useRefreshIncident(suggestion.incidentId);
  const submit = useMutation({
    mutationFn: () => unwrap(api.POST("/api/feedback", { body: { suggestionId: suggestion.id, value, comment: comment || null } })),
    onSuccess: async () => {
      await refresh();
      close();
    },
    onError: notifyError,
  });
  return (
    <FormModal
      title={messages.voteTitle(suggestion.action, voteLabel(value))}
      submitLabel={messages.submitVote}
      onSubmit={() => submit.mutate()}
      close={close}
      requires="operator"
      isPending={submit.isPending}
    >
      <FormField label={messages.comment}>
        <Textarea autoFocus value={comment} onChange={({ detail }) => setComment(detail.value)} />
      </FormField>
    </FormModal>
  );
}
