import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap, api } from "../../api/client";
import type { Suggestion } from "../../api/types";
import { notifyError } from "../../lib/notifications";
import { text } from "../../messages/common";
import { useRefreshIncident } from "./useIncidentActions";

const { suggestions: said } = text.incident;

/** Helpful or not, and in the person's own words why. */
export function VoteModal({ suggestion, value, close }: { suggestion: Suggestion; value: 1 | -1; close: () => void }) {
  const [comment, setComment] = useState("");
  const refresh = useRefreshIncident(suggestion.incidentId);
  const vote = useMutation({
    mutationFn: () => unwrap(api.POST("/api/feedback", { body: { suggestionId: suggestion.id, value, comment: comment || null } })),
    onSuccess: async () => {
      await refresh();
      close();
    },
    onError: notifyError,
  });
  const verdict = value > 0 ? said.helpful : said.unhelpful;
  return (
    <Modal
      visible
      onDismiss={close}
      closeAriaLabel={said.cancel}
      header={`${text.action(suggestion.action)}: ${verdict.toLowerCase()}`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {said.cancel}
            </Button>
            <Button variant="primary" loading={vote.isPending} onClick={() => vote.mutate()}>
              {said.send}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <FormField label={said.comment}>
        <Textarea autoFocus value={comment} onChange={({ detail }) => setComment(detail.value)} />
      </FormField>
    </Modal>
  );
}
