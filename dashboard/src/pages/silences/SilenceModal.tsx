import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap, api } from "../../api/client";
import { silences as said } from "../../messages/silences";
import { FormModal } from "../../ui/FormModal";
import { DURATIONS, type Draft, EMPTY, isComplete, toBody } from "./silenceForm";
import { Matchers } from "./Matchers";

const { fields } = said;
const LENGTHS = DURATIONS.map((seconds) => ({ value: String(seconds), label: said.durations[seconds] }));

/** Which alerts nobody is to be notified of, for how long and why. */
export function SilenceModal({ close }: { close: () => void }) {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => unwrap(api.POST("/api/silences", { body: toBody(draft) })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["silences"] });
      close();
    },
  });
  const put = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  return (
    <FormModal
      size="large"
      title={said.createTitle}
      send={said.send}
      onSend={() => make.mutate()}
      close={close}
      ready={isComplete(draft)}
      pending={make.isPending}
    >
      <SpaceBetween size="m">
        {make.error && <Alert type="error">{make.error.message}</Alert>}
        <FormField label={fields.kind} description={said.kindHelp[draft.kind]}>
          <SegmentedControl
            label={fields.kind}
            selectedId={draft.kind}
            options={(["silence", "maintenance"] as const).map((id) => ({ id, text: said.kind[id] }))}
            onChange={({ detail }) => put({ kind: detail.selectedId === "maintenance" ? "maintenance" : "silence" })}
          />
        </FormField>
        <FormField label={fields.matchers} description={fields.matchersHelp} stretch>
          <Matchers matchers={draft.matchers} put={(matchers) => put({ matchers })} />
        </FormField>
        <FormField label={fields.duration}>
          <Select
            options={LENGTHS}
            selectedOption={LENGTHS.find(({ value }) => value === String(draft.seconds)) ?? null}
            onChange={({ detail }) => put({ seconds: Number(detail.selectedOption.value) })}
          />
        </FormField>
        <FormField label={fields.comment} description={fields.commentHelp}>
          <Input value={draft.comment} onChange={({ detail }) => put({ comment: detail.value })} />
        </FormField>
      </SpaceBetween>
    </FormModal>
  );
}
