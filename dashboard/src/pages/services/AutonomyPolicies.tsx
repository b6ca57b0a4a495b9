import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, unwrap } from "../../api/client";
import { usePolicies } from "../../api/queries";
import type { Policy } from "../../api/types";
import { common } from "../../messages/common";
import { serviceMessages } from "../../messages/services";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { FormModal } from "../../ui/FormModal";
import { Timestamp } from "../../ui/Timestamp";

type PolicyForm = Pick<Policy, "action" | "environment" | "ceiling" | "minConfidence" | "minOutcomes"> & Partial<Policy>;

const { policies: messages } = serviceMessages;
const { columns, form: labels } = messages;

const NEW_POLICY: PolicyForm = { action: "restart_pods", environment: "", ceiling: "automatic", minConfidence: 0.8, minOutcomes: 10 };
const ACTION_OPTIONS = (["restart_pods", "rollback", "scale_service"] as const).map((value) => ({ value, label: common.action(value) }));
const AUTONOMY_OPTIONS = (["suggest", "approve", "automatic"] as const).map((value) => ({ value, label: messages.autonomy(value) }));

/** The autonomy policies of a service; admins can add and edit them. */
export function AutonomyPolicies({ service }: { service: string }) {
  const [edited, setEdited] = useState<PolicyForm>();
  const columns = useMemo(() => columnsFor(setEdited), []);
  const { data, error, refetch } = usePolicies();
  return (
    <>
      <DataTable
        level="h2"
        title={messages.title}
        description={messages.description}
        items={data?.policies.filter((policy) => policy.service === service)}
        columns={columns}
        trackBy={({ id }) => id}
        empty={messages.empty}
        error={error}
        retry={refetch}
        actions={
          <ActionButton requires="admin" onClick={() => setEdited(NEW_POLICY)}>
            {messages.add}
          </ActionButton>
        }
      />
      {edited && <PolicyModal service={service} policy={edited} close={() => setEdited(undefined)} />}
    </>
  );
}

function columnsFor(edit: (policy: Policy) => void): TableProps.ColumnDefinition<Policy>[] {
  return [
    { id: "action", header: columns.action, cell: ({ action }) => common.action(action), sortingField: "action", width: 130, isRowHeader: true },
    { id: "environment", header: columns.environment, cell: ({ environment }) => environment, sortingField: "environment", width: 140 },
    { id: "autonomy", header: columns.autonomy, cell: (policy) => <MaximumAutonomy policy={policy} />, minWidth: 200 },
    {
      id: "requirements",
      header: columns.requirements,
      cell: ({ minConfidence, minOutcomes }) => messages.requirements(minConfidence, minOutcomes),
      minWidth: 180,
    },
    {
      id: "updatedBy",
      header: columns.updatedBy,
      cell: ({ updatedBy, updatedAt }) => (
        <>
          {updatedBy}, <Timestamp at={updatedAt} />
        </>
      ),
      minWidth: 140,
    },
    {
      id: "buttons",
      header: columns.buttons,
      cell: (policy) => (
        <ActionButton
          requires="admin"
          variant="inline-link"
          label={messages.editOf(common.action(policy.action), policy.environment)}
          onClick={() => edit(policy)}
        >
          {messages.edit}
        </ActionButton>
      ),
      width: 130,
    },
  ];
}

function MaximumAutonomy({ policy: { ceiling, demotedAt, demotedReason } }: { policy: Policy }) {
  return (
    <>
      {messages.autonomy(ceiling)}
      {demotedAt && (
        <Box>
          <StatusIndicator type="warning">{messages.suspended(demotedReason)}</StatusIndicator> <Timestamp at={demotedAt} />
        </Box>
      )}
    </>
  );
}

/** Adds or edits a policy. Action and environment identify a policy, so an existing one keeps them. */
function PolicyModal({ service, policy, close }: { service: string; policy: PolicyForm; close: () => void }) {
  const [form, setForm] = useState<PolicyForm>(policy);
  const client = useQueryClient();
  const isNew = policy === NEW_POLICY;
  const update = (change: Partial<PolicyForm>) => setForm((before) => ({ ...before, ...change }));
  const { action, ceiling, minConfidence, minOutcomes } = form;
  const [liftReason, setLiftReason] = useState("");
  const environment = form.environment.trim();
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PUT("/api/policies", {
          params: { header: policy.version === undefined ? {} : { "if-match": `"${policy.version}"` } },
          body: {
            service,
            action,
            environment,
            ceiling,
            minConfidence,
            minOutcomes,
            liftDemotion: liftReason.trim() ? { reason: liftReason.trim() } : null,
          },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["policies"] });
      close();
    },
  });
  return (
    <FormModal
      title={labels.title}
      submitLabel={labels.save}
      onSubmit={() => save.mutate()}
      close={close}
      requires="admin"
      isComplete={environment !== ""}
      isPending={save.isPending}
    >
      <SpaceBetween size="m">
        {save.error && <Alert type="error">{save.error.message}</Alert>}
        <FormField label={columns.action}>
          <Select
            disabled={!isNew}
            options={ACTION_OPTIONS}
            selectedOption={ACTION_OPTIONS.find(({ value }) => value === action) ?? null}
            onChange={({ detail }) => update({ action: ACTION_OPTIONS.find(({ value }) => value === detail.selectedOption.value)?.value })}
          />
        </FormField>
        <FormField label={columns.environment}>
          <Input disabled={!isNew} value={form.environment} onChange={({ detail }) => update({ environment: detail.value })} />
        </FormField>
        <FormField label={columns.autonomy}>
          <Select
            options={AUTONOMY_OPTIONS}
            selectedOption={AUTONOMY_OPTIONS.find(({ value }) => value === ceiling) ?? null}
            onChange={({ detail }) => update({ ceiling: AUTONOMY_OPTIONS.find(({ value }) => value === detail.selectedOption.value)?.value })}
          />
        </FormField>
        <FormField label={labels.confidence} description={labels.confidenceHelp}>
          <Input
            type="number"
            inputMode="numeric"
            value={String(Math.round(minConfidence * 100))}
            onChange={({ detail }) => update({ minConfidence: Number(detail.value) / 100 })}
          />
        </FormField>
        {policy.demotedAt && (
          <FormField label={labels.liftDemotion} description={labels.liftDemotionHelp}>
            <Input value={liftReason} onChange={({ detail }) => setLiftReason(detail.value)} />
          </FormField>
        )}
        <FormField label={labels.outcomes}>
          <Input
            type="number"
            inputMode="numeric"
            value={String(minOutcomes)}
            onChange={({ detail }) => update({ minOutcomes: Math.trunc(Number(detail.value)) })}
          />
        </FormField>
      </SpaceBetween>
    </FormModal>
  );
}
