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
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap, api } from "../../api/client";
import type { PlanProposal, Suggestion, GuardrailVerdict } from "../../api/types";
import { notify, notifyError } from "../../lib/notifications";
import { usePermission } from "../../lib/permissions";
import { text, humanize } from "../../messages/common";
import { ErrorState } from "../../ui/ErrorState";
import { LoadingState } from "../../ui/LoadingState";
import { useRefreshIncident } from "./useIncidentActions";

const { plan: said } = text.incident;
const RULINGS: Record<GuardrailVerdict["ruling"], StatusIndicatorProps.Type> = { allow: "success", needs_approval: "warning", deny: "error" };

/** Exactly what would be done, read off the target now; and the decision on it. */
export function PlanModal({ suggestion, close }: { suggestion: Suggestion; close: () => void }) {
  const [target, setTarget] = useState("");
  const [rejecting, setRejecting] = useState(false);
  const path = { suggestion_id: suggestion.id };
  const plan = useQuery({
    queryKey: ["plan", suggestion.id, target],
    queryFn: () => unwrap(api.GET("/api/suggestions/{suggestion_id}/plan", { params: { path, query: { target } } })),
    staleTime: 0,
    retry: false,
    placeholderData: undefined,
  });
  return (
    <Modal
      visible
      size="large"
      onDismiss={close}
      closeAriaLabel={said.close}
      header={said.title(suggestion.action, suggestion.service)}
      footer={plan.data && !rejecting ? <Decide proposed={plan.data} target={target} reject={() => setRejecting(true)} close={close} /> : undefined}
    >
      {plan.isFetching && !plan.data && <LoadingState what={said.reading} />}
      {plan.error && <ErrorState error={plan.error} retry={plan.refetch} />}
      {plan.error && "field" in plan.error && plan.error.field === "target" && (
        <FormField label={said.choose}>
          <Input value={target} onChange={({ detail }) => setTarget(detail.value)} />
        </FormField>
      )}
      {rejecting ? <Reject suggestion={suggestion} close={close} /> : plan.data && <Shown proposed={plan.data} />}
    </Modal>
  );
}

function Shown({ proposed }: { proposed: PlanProposal }) {
  const { plan, verdicts, denial, people } = proposed;
  const { target } = plan;
  const where = [target.cluster, target.namespace, target.name].filter(Boolean).join("/");
  return (
    <SpaceBetween size="l">
      {denial && (
        <Alert type="error" header={said.denied}>
          {denial}
        </Alert>
      )}
      <KeyValuePairs
        columns={2}
        items={[
          { label: said.summary, value: plan.summary },
          { label: said.target, value: `${target.platform} ${where} · ${target.region} · ${target.account} · ${target.environment}` },
        ]}
      />
      <div>
        <Box variant="awsui-key-label">{said.calls}</Box>
        {plan.calls.map(({ operation, parameters }) => (
          <Box key={operation} variant="code" display="block">
            {operation} {Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`).join(" ")}
          </Box>
        ))}
      </div>
      <ColumnLayout columns={2} variant="text-grid">
        <State label={said.before} facts={plan.before} />
        <State label={said.after} facts={plan.after} />
      </ColumnLayout>
      <Table
        variant="embedded"
        contentDensity="compact"
        wrapLines
        trackBy="guard"
        header={<Box variant="h3">{said.guardrails}</Box>}
        ariaLabels={{ tableLabel: said.guardrails }}
        items={[...verdicts]}
        columnDefinitions={[
          {
            id: "ruling",
            header: said.guardrails,
            cell: ({ ruling }) => (
              <StatusIndicator type={RULINGS[ruling]}>{said.ruling[ruling]}</StatusIndicator>
            ),
            width: 150,
          },
          { id: "reason", header: text.incident.suggestions.why, cell: ({ guard, reason }) => `${humanize(guard)}: ${reason}` },
        ]}
      />
      <Box>
        {said.people(people)} {!plan.reversible && said.irreversible}
      </Box>
    </SpaceBetween>
  );
}

function State({ label, facts }: { label: string; facts: PlanProposal["plan"]["before"] }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          {humanize(name.replace(/([A-Z])/g, " $1").toLowerCase())}: <Box variant="code">{String(value)}</Box>
        </div>
      ))}
    </div>
  );
}

function Decide({ proposed, target, reject, close }: { proposed: PlanProposal; target: string; reject: () => void; close: () => void }) {
  const { allowed, reason } = usePermission("operator");
  const { plan, denial, people } = proposed;
  const refresh = useRefreshIncident(plan.incidentId);
  const decide = useMutation({
    mutationFn: () => {
      const what = { params: { path: { suggestion_id: plan.suggestionId } }, body: { planHash: plan.hash, target } };
      return unwrap(people ? api.POST("/api/suggestions/{suggestion_id}/approve", what) : api.POST("/api/suggestions/{suggestion_id}/execute", what));
    },
    onSuccess: async () => {
      notify("success", said.begun);
      await refresh();
      close();
    },
    onError: notifyError,
  });
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={close}>
          {said.close}
        </Button>
        <Button disabled={!allowed} disabledReason={reason || undefined} onClick={reject}>
          {said.reject}
        </Button>
        <Button
          variant="primary"
          loading={decide.isPending}
          disabled={!allowed || denial !== ""}
          disabledReason={reason || denial || undefined}
          onClick={() => decide.mutate()}
        >
          {people ? said.approve : said.execute}
        </Button>
      </SpaceBetween>
    </Box>
  );
}

function Reject({ suggestion, close }: { suggestion: Suggestion; close: () => void }) {
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
      <FormField label={said.rejectReason}>
        <Input autoFocus value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
      <Button variant="primary" disabled={!reason.trim()} loading={reject.isPending} onClick={() => reject.mutate()}>
        {said.reject}
      </Button>
    </SpaceBetween>
  );
}
