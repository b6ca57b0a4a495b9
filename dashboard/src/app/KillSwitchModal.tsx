import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap, api } from "../api/client";
import { useAutomation } from "../api/queries";
import { usePermission } from "../lib/permissions";
import { text } from "../messages/common";
import { Timestamp } from "../ui/Timestamp";
import { notifyError } from "../lib/notifications";

/** Stops all automation, or lets it act again; a reason is asked for either way. */
export default function KillSwitchModal({ close }: { close: () => void }) {
  const { data } = useAutomation();
  return data ? <Switch data={data} close={close} /> : null;
}

type Automation = NonNullable<ReturnType<typeof useAutomation>["data"]>;

function Switch({ data, close }: { data: Automation; close: () => void }) {
  // What the button does is settled when the dialog opens: it must not turn around under somebody's hand.
  const [wasOn] = useState(data.api.enabled);
  const isChanged = data.api.enabled !== wasOn;
  const { allowed, reason: notAllowed } = usePermission("admin");
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
    <Modal
      visible
      onDismiss={close}
      closeAriaLabel={text.kill.cancel}
      header={text.kill.title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {text.kill.cancel}
            </Button>
            <Button
              variant="primary"
              loading={change.isPending}
              disabled={!allowed || isChanged || !reason.trim()}
              disabledReason={notAllowed || undefined}
              onClick={() => change.mutate(!wasOn)}
            >
              {wasOn ? text.kill.stop : text.kill.start}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>{data.enabled ? text.kill.explainOn : text.kill.explainOff}</Box>
        {!data.enabled && (
          <Alert type="warning" header={data.reason}>
            {data.by && text.kill.by(data.by)} {data.at && <Timestamp at={data.at} />}
          </Alert>
        )}
        {isChanged && <Alert type="info">{text.kill.changed}</Alert>}
        {!data.parameter.enabled && <Alert type="info">{text.kill.parameter}</Alert>}
        <FormField label={text.kill.reason} description={text.kill.reasonHelp}>
          <Input value={reason} onChange={({ detail }) => setReason(detail.value)} disabled={!allowed} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
