import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { IncidentDetail } from "../../api/types";
import { usePermission } from "../../lib/permissions";
import { text } from "../../messages/common";
import { externalUrl } from "../../lib/safeLink";
import { useIncidentTransition, type Transition } from "./useIncidentActions";

const OFFERED: Record<IncidentDetail["status"], Transition[]> = {
  open: ["acknowledge", "resolve"],
  acknowledged: ["resolve"],
  resolved: ["reopen"],
  merged: [],
};

export function IncidentHeader({ incident }: { incident: IncidentDetail }) {
  const { allowed, reason } = usePermission("operator");
  const [verb, setVerb] = useState<Transition>();
  const source = externalUrl(incident.url);
  return (
    <>
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {source && (
              <Button href={source} iconName="external" iconAlign="right" target="_blank" rel="noopener noreferrer">
                {text.incident.source}
              </Button>
            )}
            {OFFERED[incident.status].map((one) => (
              <Button
                key={one}
                variant={one === "acknowledge" ? "primary" : "normal"}
                disabled={!allowed}
                disabledReason={reason || undefined}
                onClick={() => setVerb(one)}
              >
                {text.incident[one]}
              </Button>
            ))}
          </SpaceBetween>
        }
      >
        {incident.title}
      </Header>
      {verb && <MoveModal incident={incident} verb={verb} close={() => setVerb(undefined)} />}
    </>
  );
}

function MoveModal({ incident, verb, close }: { incident: IncidentDetail; verb: Transition; close: () => void }) {
  const [reason, setReason] = useState("");
  const move = useIncidentTransition(incident.id);
  return (
    <Modal
      visible
      onDismiss={close}
      closeAriaLabel={text.kill.cancel}
      header={text.incident[verb]}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {text.kill.cancel}
            </Button>
            <Button variant="primary" loading={move.isPending} onClick={() => move.mutate({ verb, reason }, { onSuccess: close })}>
              {text.incident[verb]}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <FormField label={text.incident.reason} description={text.incident.reasonHelp}>
        <Input autoFocus value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </Modal>
  );
}
