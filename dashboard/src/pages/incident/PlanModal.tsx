import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../api/client";
import { usePlan } from "../../api/queries";
import type { GuardrailDecision, PlanReview, Suggestion } from "../../api/types";
import { notify, notifyError } from "../../lib/notifications";
import { humanize } from "../../messages/common";
import { incidentMessages } from "../../messages/incident";
import { ActionButton } from "../../ui/ActionButton";
import { ErrorState, LoadingState } from "../../ui/QueryState";
import { isBlockedByFreezeOnly } from "./planReview";
import { useRefreshIncident } from "./useIncidentActions";

const { plan: messages } = incidentMessages;

const RULING_INDICATORS: Record<GuardrailDecision["ruling"], StatusIndicatorProps.Type> = {
  allow: "success",
  needs_approval: "warning",
  deny: "error",
};

/** The plan of a suggestion, read from its target now, with buttons to approve, run or reject it. */
export function PlanModal({ suggestion, close }: { suggestion: Suggestion; close: () => void }) {
  const [target, setTarget] = useState("");
  const [form, setForm] = useState<"reject" | "lift">();
  const { data: review, error, isFetching, refetch } = usePlan(suggestion.id, target);
  const needsTarget = error && "field" in error && error.field === "target";
  return (
    <Modal
      visible
      size="large"
      onDismiss={close}
      closeAriaLabel={messages.close}
      header={messages.title(suggestion.action, suggestion.service)}
      footer={
        review &&
        !form && <DecisionButtons review={review} target={target} open={setForm} close={close} />
      }
    >
      {isFetching && !review && <LoadingState message={messages.loading} />}
      {error && <ErrorState error={error} retry={refetch} />}
      {needsTarget && (
        <FormField label={messages.chooseTarget}>
          <Input value={target} onChange={({ detail }) => setTarget(detail.value)} />
        </FormField>
      )}
      {form === "reject" && <RejectForm suggestion={suggestion} close={close} />}
      {form === "lift" && review && <LiftForm review={review} target={target} close={close} />}
      {!form && review && <PlanDetails review={review} />}
    </Modal>
  );
}

function PlanDetails({ review: { plan, guardrails, denial, requiredApprovals } }: { review: PlanReview }) {
  return (
    <SpaceBetween size="l">
      {denial && (
        <Alert type="error" header={messages.blocked}>
          {denial}
        </Alert>
      )}
      <KeyValuePairs
        columns={2}
        items={[
          { label: messages.summary, value: plan.summary },
          { label: messages.target, value: describeTarget(plan.target) },
        ]}
      />
      <div>
        <Box variant="awsui-key-label">{messages.calls}</Box>
        {plan.calls.map(({ operation, parameters }) => (
          <Box key={operation} variant="code" display="block">
            {operation} {Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`).join(" ")}
          </Box>
        ))}
      </div>
      <ColumnLayout columns={2} variant="text-grid">
        <TargetState label={messages.before} state={plan.before} />
        <TargetState label={messages.after} state={plan.after} />
      </ColumnLayout>
      <Guardrails guardrails={guardrails} />
      <Box>
        {messages.approvals(requiredApprovals)} {!plan.reversible && messages.irreversible}
      </Box>
    </SpaceBetween>
  );
}

function describeTarget({ platform, cluster, namespace, name, region, account, environment }: PlanReview["plan"]["target"]): string {
  const path = [cluster, namespace, name].filter(Boolean).join("/");
  return `${platform} ${path} · ${region} · ${account} · ${environment}`;
}

function TargetState({ label, state }: { label: string; state: PlanReview["plan"]["before"] }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      {Object.entries(state).map(([name, value]) => (
        <div key={name}>
          {humanize(name.replace(/([A-Z])/g, " $1").toLowerCase())}: <Box variant="code">{String(value)}</Box>
        </div>
      ))}
    </div>
  );
}

function Guardrails({ guardrails }: { guardrails: readonly GuardrailDecision[] }) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      wrapLines
      trackBy="guardrail"
      header={<Box variant="h3">{messages.guardrails}</Box>}
      ariaLabels={{ tableLabel: messages.guardrails }}
      items={guardrails}
      columnDefinitions={[
        {
          id: "ruling",
          header: messages.result,
          cell: ({ ruling }) => <StatusIndicator type={RULING_INDICATORS[ruling]}>{messages.ruling[ruling]}</StatusIndicator>,
          width: 160,
        },
        { id: "reason", header: messages.reason, cell: ({ guardrail, reason }) => `${humanize(guardrail)}: ${reason}` },
      ]}
    />
  );
}

interface DecisionButtonsProps {
  review: PlanReview;
  target: string;
  open: (form: "reject" | "lift") => void;
  close: () => void;
}

/** Approves the plan, or runs it where no approval is required. The hash binds the decision to the plan shown. */
function DecisionButtons({ review, target, open, close }: DecisionButtonsProps) {
  const { plan, denial, requiredApprovals } = review;
  const refresh = useRefreshIncident(plan.incidentId);
  const needsApproval = requiredApprovals > 0;
  const decide = useMutation({
    mutationFn: () => {
      const request = { params: { path: { suggestion_id: plan.suggestionId } }, body: { planHash: plan.hash, target } };
      return unwrap(
        needsApproval
          ? api.POST("/api/suggestions/{suggestion_id}/approve", request)
          : api.POST("/api/suggestions/{suggestion_id}/execute", request),
      );
    },
    onSuccess: async () => {
      notify("success", needsApproval ? messages.approved : messages.started);
      await refresh();
      close();
    },
    onError: notifyError,
  });
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={close}>
          {messages.close}
        </Button>
        <ActionButton requires="operator" onClick={() => open("reject")}>
          {messages.reject}
        </ActionButton>
        {isBlockedByFreezeOnly(review) && (
          <ActionButton requires="admin" onClick={() => open("lift")}>
            {messages.lift}
          </ActionButton>
        )}
        <ActionButton
          requires="operator"
          variant="primary"
          loading={decide.isPending}
          disabled={denial !== ""}
          disabledReason={denial}
          onClick={() => decide.mutate()}
        >
          {needsApproval ? messages.approve : messages.run}
        </ActionButton>
      </SpaceBetween>
    </Box>
  );
}

/** Approves the plan although change freezes hold. The reason is stored with the execution. */
function LiftForm({ review: { plan, freezes }, target, close }: { review: PlanReview; target: string; close: () => void }) {
  const [reason, setReason] = useState("");
  const refresh = useRefreshIncident(plan.incidentId);
  const lift = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/suggestions/{suggestion_id}/approve", {
          params: { path: { suggestion_id: plan.suggestionId } },
          body: { planHash: plan.hash, target, liftFreeze: { reason } },
        }),
      ),
    onSuccess: async () => {
      notify("success", messages.approved);
      await refresh();
      close();
    },
    onError: notifyError,
  });
  return (
    <SpaceBetween size="m">
      <Alert type="warning" header={messages.liftHeader}>
        {freezes.map((freeze) => (
          <div key={freeze}>{freeze}</div>
        ))}
      </Alert>
      <FormField label={messages.liftReason} description={messages.liftHelp}>
        <Input autoFocus value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
      <ActionButton requires="admin" variant="primary" disabled={!reason.trim()} loading={lift.isPending} onClick={() => lift.mutate()}>
        {messages.lift}
      </ActionButton>
    </SpaceBetween>
  );
}

function RejectForm({ suggestion, close }: { suggestion: Suggestion; close: () => void }) {
  const [reason, setReason] = useState("");
  const refresh = useRefreshIncident(suggestion.incidentId);
  const reject = useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/suggestions/{suggestion_id}/reject", { params: { path: { suggestion_id: suggestion.id } }, body: { reason } })),
    onSuccess: async () => {
      await refresh();
      close();
    },
    onError: notifyError,
  });
  return (
    <SpaceBetween size="m">
      <FormField label={messages.rejectReason}>
        <Input autoFocus value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
      <Button variant="primary" disabled={!reason.trim()} loading={reject.isPending} onClick={() => reject.mutate()}>
        {messages.reject}
      </Button>
    </SpaceBetween>
  );
}
