import SpaceBetween from "@cloudscape-design/components/space-between";
import Box from "@cloudscape-design/components/box";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { toApiError } from "../../api/apiError";
import type { Quarantined } from "../../api/types";
import { notifyError } from "../../lib/notifications";
import { quarantine as said } from "../../messages/quarantine";
import { FormModal } from "../../ui/FormModal";

/** Asks before something is thrown away that nobody has read. */
export function DiscardModal({ item, close }: { item: Quarantined; close: () => void }) {
  const client = useQueryClient();
  const discard = useMutation({
    mutationFn: async () => {
      const { response, error } = await api.DELETE("/api/quarantine/{item_id}", { params: { path: { item_id: item.id } } });
      if (!response.ok) throw toApiError(response.status, error);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["quarantine"] });
      close();
    },
    onError: notifyError,
  });
  return (
    <FormModal title={said.discardTitle} send={said.discard} onSend={() => discard.mutate()} close={close} pending={discard.isPending}>
      <SpaceBetween size="s">
        <Box>{said.discardBody}</Box>
        <Box color="text-body-secondary">{item.reason}</Box>
      </SpaceBetween>
    </FormModal>
  );
}
