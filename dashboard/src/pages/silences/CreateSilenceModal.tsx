import Alert from "@cloudscape-design/components/alert";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../api/client";
import type { Matcher } from "../../api/types";
import { silencesMessages as messages } from "../../messages/silences";
import { FormModal } from "../../ui/FormModal";
import { DURATIONS_SECONDS, EMPTY_FORM, EMPTY_MATCHER, FIELDS, isComplete, isOperator, OPERATORS, type SilenceForm, toBody } from "./silenceForm";

const { form: labels } = messages;
const DURATION_OPTIONS = DURATIONS_SECONDS.map((seconds) => ({ value: String(seconds), label: messages.durations[seconds] }));
const KIND_OPTIONS = (["silence", "maintenance"] as const).map((id) => ({ id, text: messages.kind[id] }));
const FIELD_OPTIONS = FIELDS.map((value) => ({ value }));
const OPERATOR_OPTIONS = OPERATORS.map((value) => ({ value, label: messages.operators[value] }));

export function CreateSilenceModal({ close }: { close: () => void }) {
  const [form, setForm] = useState<SilenceForm>(EMPTY_FORM);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => unwrap(api.POST("/api/silences", { body: toBody(form) })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["silences"] });
      close();
    },
  });
  const update = (change: Partial<SilenceForm>) => setForm((before) => ({ ...before, ...change }));
  return (
    <FormModal
      size="large"
      title={messages.create}
      submitLabel={messages.create}
      onSubmit={() => create.mutate()}
      close={close}
      requires="operator"
      isComplete={isComplete(form)}
      isPending={create.isPending}
    >
      <SpaceBetween size="m">
        {create.error && <Alert type="error">{create.error.message}</Alert>}
        <FormField label={labels.kind} description={messages.kindHelp[form.kind]}>
          <SegmentedControl
            label={labels.kind}
            selectedId={form.kind}
            options={KIND_OPTIONS}
            onChange={({ detail }) => update({ kind: detail.selectedId === "maintenance" ? "maintenance" : "silence" })}
          />
        </FormField>
        <FormField label={labels.matchers} description={labels.matchersHelp} stretch>
          <MatcherEditor matchers={form.matchers} setMatchers={(matchers) => update({ matchers })} />
        </FormField>
        <FormField label={labels.duration}>
          <Select
            options={DURATION_OPTIONS}
            selectedOption={DURATION_OPTIONS.find(({ value }) => value === String(form.durationSeconds)) ?? null}
            onChange={({ detail }) => update({ durationSeconds: Number(detail.selectedOption.value) })}
          />
        </FormField>
        <FormField label={labels.comment} description={labels.commentHelp}>
          <Input value={form.comment} onChange={({ detail }) => update({ comment: detail.value })} />
        </FormField>
      </SpaceBetween>
    </FormModal>
  );
}

function MatcherEditor({ matchers, setMatchers }: { matchers: readonly Matcher[]; setMatchers: (matchers: Matcher[]) => void }) {
  const update = (index: number, change: Partial<Matcher>) =>
    setMatchers(matchers.map((matcher, at) => (at === index ? { ...matcher, ...change } : matcher)));
  return (
    <AttributeEditor
      items={matchers}
      addButtonText={labels.addMatcher}
      removeButtonText={labels.removeMatcher}
      onAddButtonClick={() => setMatchers([...matchers, EMPTY_MATCHER])}
      onRemoveButtonClick={({ detail }) => setMatchers(matchers.filter((_, at) => at !== detail.itemIndex))}
      isItemRemovable={() => matchers.length > 1}
      definition={[
        {
          label: labels.field,
          control: ({ field }, index) => (
            <Autosuggest
              value={field}
              options={FIELD_OPTIONS}
              enteredTextLabel={(value) => value}
              ariaLabel={labels.field}
              onChange={({ detail }) => update(index, { field: detail.value })}
            />
          ),
        },
        {
          label: labels.operator,
          control: ({ operator }, index) => (
            <Select
              options={OPERATOR_OPTIONS}
              selectedOption={OPERATOR_OPTIONS.find(({ value }) => value === operator) ?? null}
              onChange={({ detail: { selectedOption } }) => {
                if (isOperator(selectedOption.value)) update(index, { operator: selectedOption.value });
              }}
            />
          ),
        },
        {
          label: labels.value,
          control: ({ value }, index) => (
            <Input value={value} ariaLabel={labels.value} onChange={({ detail }) => update(index, { value: detail.value })} />
          ),
        },
      ]}
    />
  );
}
