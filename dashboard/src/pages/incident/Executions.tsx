import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useIncidentExecutions } from "../../api/queries";
import type { Execution, IncidentDetail } from "../../api/types";
import { executionsMessages } from "../../messages/executions";
import { incidentMessages } from "../../messages/incident";
import { CancelExecutionButton, executionName, ExecutionResult, ExecutionSteps } from "../../ui/ExecutionParts";
import { ExecutionStatusIndicator } from "../../ui/StatusIndicators";

const { executions: messages } = incidentMessages;

/** The executions of an incident with their steps, newest first; nothing if there are none. */
export function Executions({ incident }: { incident: IncidentDetail }) {
  const { data } = useIncidentExecutions(incident.id);
  const executions = [...(data?.executions ?? [])].reverse();
  if (!executions.length) return null;
  return (
    <Container header={<Header variant="h2" counter={`(${executions.length})`}>{messages.title}</Header>}>
      <SpaceBetween size="l">
        {executions.map((execution) => (
          <Progress key={execution.id} execution={execution} />
        ))}
      </SpaceBetween>
    </Container>
  );
}

function Progress({ execution }: { execution: Execution }) {
  const { plan, status, approvals, requiredApprovals, freezeLift, steps, effect, result } = execution;
  const name = executionName(plan);
  return (
    <div aria-live="polite">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <ExecutionStatusIndicator status={status} />
        <Box fontWeight="bold">{name}</Box>
        <Box color="text-body-secondary">{plan.summary}</Box>
        {status === "awaiting_approval" && <Box>{messages.approvals(approvals.length, requiredApprovals)}</Box>}
        <CancelExecutionButton execution={execution} label={executionsMessages.cancel(name)} variant="normal" />
      </SpaceBetween>
      {freezeLift && (
        <StatusIndicator type="warning">{messages.lifted(freezeLift.person, freezeLift.freezes, freezeLift.reason)}</StatusIndicator>
      )}
      <ExecutionResult effect={effect} result={result} />
      <Box color="text-body-secondary" fontSize="body-s" padding={{ top: "xxs" }}>
        <ExecutionSteps steps={steps} />
      </Box>
    </div>
  );
}
