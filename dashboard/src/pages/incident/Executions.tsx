import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useIncidentExecutions } from "../../api/queries";
import type { Execution, IncidentDetail } from "../../api/types";
import { usePermission } from "../../lib/permissions";
import { text } from "../../messages/common";
import { ExecutionStatusIndicator } from "../../ui/StatusIndicators";
import { Timestamp } from "../../ui/Timestamp";
import { useCancelExecution } from "../../lib/useCancelExecution";

const { executions: said } = text.incident;
const CANCELLABLE = new Set(["awaiting", "approved", "running"]);

/** What was carried out or waits to be, with its progress; nothing is shown where there is nothing. */
export function Executions({ incident }: { incident: IncidentDetail }) {
  const { data } = useIncidentExecutions(incident.id);
  const found = [...(data?.executions ?? [])].reverse();
  if (!found.length) return null;
  return (
    <Container header={<Header variant="h2" counter={`(${found.length})`}>{said.title}</Header>}>
      <SpaceBetween size="l">
        {found.map((one) => (
          <Progress key={one.id} execution={one} />
        ))}
      </SpaceBetween>
    </Container>
  );
}

function Progress({ execution }: { execution: Execution }) {
  const { allowed, reason } = usePermission("operator");
  const cancel = useCancelExecution();
  const { plan, status, approvals, needed, steps, result } = execution;
  return (
    <div aria-live="polite">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <ExecutionStatusIndicator status={status} />
        <Box fontWeight="bold">
          {text.action(plan.action)} {plan.service}
        </Box>
        <Box color="text-body-secondary">{plan.summary}</Box>
        {status === "awaiting" && <Box>{said.waiting(approvals.length, needed)}</Box>}
        {CANCELLABLE.has(status) && (
          <Button
            disabled={!allowed}
            disabledReason={reason || undefined}
            loading={cancel.isPending}
            onClick={() => cancel.mutate(execution)}
          >
            {said.cancel}
          </Button>
        )}
      </SpaceBetween>
      {result && <Box padding={{ top: "xxs" }}>{result}</Box>}
      <Box color="text-body-secondary" fontSize="body-s" padding={{ top: "xxs" }}>
        {steps.map((step) => (
          <div key={`${step.at} ${step.status} ${step.text}`}>
            <Timestamp at={step.at} /> {step.text}
            {step.actor && ` (${step.actor})`}
          </div>
        ))}
      </Box>
    </div>
  );
}
