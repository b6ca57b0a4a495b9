import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap, api } from "../../api/client";
import type { Policy } from "../../api/types";
import { text } from "../../messages/common";
import { services } from "../../messages/services";
import { FormModal } from "../../ui/FormModal";

const { policies: said } = services;
const { form } = said;

type Kept = Pick<Policy, "action" | "environment" | "ceiling" | "minConfidence" | "minOutcomes">;
export const NEW_POLICY: Kept = { action: "restart_pods", environment: "", ceiling: "automatic", minConfidence: 0.8, minOutcomes: 10 };
const ACTIONS = (["restart_pods", "rollback", "scale_service"] as const).map((value) => ({ value, label: text.action(value) }));
const CEILINGS = (["suggest", "approve", "automatic"] as const).map((value) => ({ value, label: said.autonomy(value) }));

/** A policy that is there keeps its action and environment: they are what it is for. */
export function PolicyModal({ service, policy, close }: { service: string; policy: Kept; close: () => void }) {
  const [kept, setKept] = useState<Kept>(policy);
  const client = useQueryClient();
  const isNew = policy === NEW_POLICY;
  const put = (change: Partial<Kept>) => setKept((before) => ({ ...before, ...change }));
  const { action, environment, ceiling, minConfidence, minOutcomes } = kept;
  const keep = useMutation({
    mutationFn: () =>
      unwrap(
        api.PUT("/api/policies", { body: { service, action, environment: environment.trim(), ceiling, minConfidence, minOutcomes } }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["policies"] });
      close();
    },
  });
  return (
    <FormModal
      title={form.title}
      send={form.keep}
      onSend={() => keep.mutate()}
      close={close}
      ready={environment.trim() !== ""}
      pending={keep.isPending}
    >
      <SpaceBetween size="m">
        {keep.error && <Alert type="error">{keep.error.message}</Alert>}
        <FormField label={form.action}>
          <Select
            disabled={!isNew}
            options={ACTIONS}
            selectedOption={ACTIONS.find(({ value }) => value === action) ?? null}
            onChange={({ detail }) => put({ action: ACTIONS.find(({ value }) => value === detail.selectedOption.value)?.value })}
          />
        </FormField>
        <FormField label={form.environment}>
          <Input disabled={!isNew} value={environment} onChange={({ detail }) => put({ environment: detail.value })} />
        </FormField>
        <FormField label={form.ceiling}>
          <Select
            options={CEILINGS}
            selectedOption={CEILINGS.find(({ value }) => value === ceiling) ?? null}
            onChange={({ detail }) => put({ ceiling: CEILINGS.find(({ value }) => value === detail.selectedOption.value)?.value })}
          />
        </FormField>
        <FormField label={form.confidence} description={form.confidenceHelp}>
          <Input
            type="number"
            inputMode="numeric"
            value={String(Math.round(minConfidence * 100))}
            onChange={({ detail }) => put({ minConfidence: Number(detail.value) / 100 })}
          />
        </FormField>
        <FormField label={form.outcomes}>
          <Input type="number" inputMode="numeric" value={String(minOutcomes)} onChange={({ detail }) => put({ minOutcomes: Math.trunc(Number(detail.value)) })} />
        </FormField>
      </SpaceBetween>
    </FormModal>
  );
}
