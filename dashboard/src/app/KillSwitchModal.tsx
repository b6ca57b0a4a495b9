import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../api/client";
import { useAutomation } from "../api/queries";
import type { Automation } from "../api/types";
import { notifyError } from "../lib/notifications";
import { usePermission } from "../lib/permissions";
import { shellMessages } from "../messages/shell";
import { FormModal } from "../ui/FormModal";
import { Timestamp } from "../ui/Timestamp";

const { killSwitch: messages } = shellMessages;

/** Stops all automation, which an operator may do, or resumes it, which needs an admin. Either needs a reason. */
export default function KillSwitchModal({ close }: { close: () => void }) {
  const { data } = useAutomation();
  return data ? <KillSwitchForm automation={data} close={close} /> : null;
}

function KillSwitchForm({ automation, close }: { automation: Automation; close: () => void }) {
  // The button keeps the meaning that it has when the dialog opens, even if another person uses the switch.
  const [wasEnabled] = useState(automation.api.enabled);
  const hasChanged = automation.api.enabled !== wasEnabled;
  const required = wasEnabled ? "operator" : "admin";
  const { allowed } = usePermission(required);
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (enabled: boolean) => unwrap(api.PUT("/api/automation", { body: { enabled, reason } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["automation"] });
      close();
    },
    onError: notifyError,
  });
  return (
    <FormModal
      title={messages.title}
      submitLabel={wasEnabled ? messages.stop : messages.resume}
      onSubmit={() => change.mutate(!wasEnabled)}
      close={close}
      requires={required}
      isComplete={!hasChanged && reason.trim() !== ""}
      isPending={change.isPending}
    >
      <SpaceBetween size="m">
        <Box>{automation.enabled ? messages.explainOn : messages.explainStopped}</Box>
        {!automation.enabled && (
          <Alert type="warning" header={automation.reason}>
            {automation.by && messages.by(automation.by)} {automation.at && <Timestamp at={automation.at} />}
          </Alert>
        )}
        {hasChanged && <Alert type="info">{messages.changed}</Alert>}
        {!automation.parameter.enabled && <Alert type="info">{messages.parameter}</Alert>}
        <FormField label={messages.reason} description={messages.reasonHelp}>
          <Input value={reason} onChange={({ detail }) => setReason(detail.value)} disabled={!allowed} />
        </FormField>
      </SpaceBetween>
    </FormModal>
  );
}
