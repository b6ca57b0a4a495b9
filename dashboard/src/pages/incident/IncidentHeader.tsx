import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { IncidentDetail } from "../../api/types";
import { externalUrl } from "../../lib/paths";
import { symptomName } from "../../messages/common";
import { incidentMessages as messages } from "../../messages/incident";
import { ActionButton } from "../../ui/ActionButton";
import { FormModal } from "../../ui/FormModal";
import { IncidentStatusIndicator, SeverityBadge } from "../../ui/StatusIndicators";
import { Age, Timestamp } from "../../ui/Timestamp";
import { type Transition, useIncidentTransition } from "./useIncidentActions";

const TRANSITIONS: Record<IncidentDetail["status"], Transition[]> = {
  open: ["acknowledge", "resolve"],
  acknowledged: ["resolve"],
  resolved: ["reopen"],
  merged: [],
};

/** The title, with the transitions that the incident's status allows. */
export function IncidentHeader({ incident }: { incident: IncidentDetail }) {
  const [transition, setTransition] = useState<Transition>();
  const sourceUrl = externalUrl(incident.url);
  return (
    <>
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {sourceUrl && (
              <Button href={sourceUrl} iconName="external" iconAlign="right" target="_blank" rel="noopener noreferrer">
                {messages.openSource}
              </Button>
            )}
            {TRANSITIONS[incident.status].map((offered) => (
              <ActionButton
                key={offered}
                requires="operator"
                variant={offered === "acknowledge" ? "primary" : "normal"}
                onClick={() => setTransition(offered)}
              >
                {messages[offered]}
              </ActionButton>
            ))}
          </SpaceBetween>
        }
      >
        {incident.title}
      </Header>
      {transition && <TransitionModal incident={incident} transition={transition} close={() => setTransition(undefined)} />}
    </>
  );
}

interface TransitionModalProps {
  incident: IncidentDetail;
  transition: Transition;
  close: () => void;
}

/** Asks for a reason before the incident changes its status. */
function TransitionModal({ incident, transition, close }: TransitionModalProps) {
  const [reason, setReason] = useState("");
  const change = useIncidentTransition(incident.id);
  return (
    <FormModal
      title={messages[transition]}
      submitLabel={messages[transition]}
      onSubmit={() => change.mutate({ transition, reason }, { onSuccess: close })}
      close={close}
      requires="operator"
      isPending={change.isPending}
    >
      <FormField label={messages.reason} description={messages.reasonHelp}>
        <Input autoFocus value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormModal>
  );
}

export function IncidentFacts({ incident }: { incident: IncidentDetail }) {
  const { fields } = messages;
  const scope = [incident.environment, incident.region, incident.account].filter(Boolean).join(" · ");
  const alerts = [
    fields.firing(incident.firingCount, incident.alertCount),
    ...(incident.mutedCount ? [fields.muted(incident.mutedCount)] : []),
  ].join(", ");
  const opened = (
    <>
      <Timestamp at={incident.openedAt} /> (<Age since={incident.openedAt} />)
    </>
  );
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={[
          { label: fields.status, value: <IncidentStatusIndicator status={incident.status} /> },
          { label: fields.severity, value: <SeverityBadge severity={incident.severity} /> },
          { label: fields.opened, value: opened },
          { label: fields.alerts, value: alerts },
          { label: fields.symptom, value: symptomName(incident.symptom) },
          { label: fields.scope, value: scope || "-" },
          { label: fields.acknowledgedBy, value: incident.acknowledgedBy || "-" },
          ...(incident.resolution ? [{ label: fields.resolution, value: messages.resolutions[incident.resolution] }] : []),
          { label: fields.resolved, value: incident.resolvedAt ? <Timestamp at={incident.resolvedAt} /> : "-" },
        ]}
      />
    </Container>
  );
}
