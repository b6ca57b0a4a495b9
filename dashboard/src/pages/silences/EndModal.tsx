import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import type { Silence } from "../../api/types";
import { notifyError } from "../../lib/notifications";
import { silences as said } from "../../messages/silences";
import { FormModal } from "../../ui/FormModal";

export function EndModal({ silence, close }: { silence: Silence; close: () => void }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/silences/{silence_id}", { params: { path: { silence_id: silence.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["silences"] });
      close();
    },
    onError: notifyError,
  });
  return (
    <FormModal title={said.endTitle} send={said.end} onSend={() => end.mutate()} close={close} pending={end.isPending}>
      <SpaceBetween size="s">
        <Box>{said.endBody}</Box>
        <Box color="text-body-secondary">{silence.comment}</Box>
      </SpaceBetween>
    </FormModal>
  );
}
