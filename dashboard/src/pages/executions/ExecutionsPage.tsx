import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import type { TableProps } from "@cloudscape-design/components/table";
import { useExecutions } from "../../api/queries";
import type { Execution } from "../../api/types";
import { incidentPath } from "../../lib/paths";
import { common } from "../../messages/common";
import { executionsMessages as messages } from "../../messages/executions";
import { platformName } from "../../messages/services";
import { DataTable } from "../../ui/DataTable";
import { CancelExecutionButton, executionName, ExecutionResult, ExecutionSteps } from "../../ui/ExecutionParts";
import { PageLink } from "../../ui/Links";
import { ExecutionStatusIndicator } from "../../ui/StatusIndicators";
import { Timestamp } from "../../ui/Timestamp";

const { columns } = messages;

const COLUMNS: TableProps.ColumnDefinition<Execution>[] = [
  {
    id: "status",
    header: columns.status,
    cell: ({ status }) => <ExecutionStatusIndicator status={status} />,
    sortingField: "status",
    width: 140,
    minWidth: 130,
  },
  { id: "action", header: columns.action, cell: (execution) => <Plan execution={execution} />, minWidth: 200, isRowHeader: true },
  { id: "target", header: columns.target, cell: (execution) => <Target execution={execution} />, minWidth: 130 },
  {
    id: "requestedBy",
    header: columns.requestedBy,
    cell: ({ origin, requestedBy }) => (origin === "automatic" ? messages.automatic : (requestedBy ?? "-")),
    width: 120,
  },
  { id: "approvedBy", header: columns.approvedBy, cell: (execution) => approversOf(execution), width: 130 },
  {
    id: "created",
    header: columns.created,
    cell: ({ createdAt }) => <Timestamp at={createdAt} />,
    sortingField: "createdAt",
    width: 130,
  },
  { id: "result", header: columns.result, cell: (execution) => <Result execution={execution} />, minWidth: 150 },
  {
    id: "buttons",
    header: columns.buttons,
    cell: (execution) => (
      <CancelExecutionButton execution={execution} label={messages.cancel(executionName(execution.plan))} variant="inline-link" />
    ),
    width: 110,
  },
];

export default function ExecutionsPage() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useExecutions();
  return (
    <DataTable
      title={messages.title}
      description={messages.description}
      items={data?.pages.flatMap(({ executions }) => executions)}
      columns={COLUMNS}
      trackBy={({ id }) => id}
      empty={messages.empty}
      error={error}
      retry={refetch}
      more={hasNextPage ? { label: messages.loadMore, loading: isFetchingNextPage, load: fetchNextPage } : undefined}
    />
  );
}

function Plan({ execution: { plan } }: { execution: Execution }) {
  return (
    <>
      <PageLink to={incidentPath(plan.incidentId)}>{executionName(plan)}</PageLink>
      <Box color="text-body-secondary" fontSize="body-s">
        {plan.summary}
      </Box>
    </>
  );
}

function Target({ execution }: { execution: Execution }) {
  const { platform, name, cluster, environment, region } = execution.plan.target;
  return (
    <>
      {[cluster, name].filter(Boolean).join("/")}
      <Box color="text-body-secondary" fontSize="body-s">
        {[platformName(platform), environment, region].filter(Boolean).join(" · ")}
      </Box>
    </>
  );
}

function approversOf({ approvals, requiredApprovals }: Execution): string {
  if (!requiredApprovals) return "-";
  const people = approvals.map(({ person }) => person);
  return messages.approvedBy(people, requiredApprovals);
}

function Result({ execution: { effect, result, steps } }: { execution: Execution }) {
  return (
    <>
      <ExecutionResult effect={effect} result={result} />
      {steps.length > 0 && (
        <ExpandableSection headerText={common.steps(steps.length)} variant="inline">
          <Box fontSize="body-s">
            <ExecutionSteps steps={steps} />
          </Box>
        </ExpandableSection>
      )}
    </>
  );
}
