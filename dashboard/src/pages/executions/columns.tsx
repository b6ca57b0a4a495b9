import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Execution } from "../../api/types";
import { text } from "../../messages/common";
import { executions as said } from "../../messages/executions";
import { services } from "../../messages/services";
import { ActionButton } from "../../ui/ActionButton";
import { PageLink } from "../../ui/PageLink";
import { ExecutionStatusIndicator } from "../../ui/StatusIndicators";
import { Timestamp } from "../../ui/Timestamp";
import { useCancelExecution } from "../../lib/useCancelExecution";
import { mayBeCancelled } from "./cancelling";

const { columns } = said;

export const COLUMNS: TableProps.ColumnDefinition<Execution>[] = [
  {
    id: "status",
    header: columns.status,
    cell: (one) => <ExecutionStatusIndicator status={one.status} />,
    sortingField: "status",
    width: 140,
    minWidth: 130,
  },
  {
    id: "what",
    header: columns.what,
    cell: ({ plan }) => (
      <>
        <PageLink to={`/incidents/${encodeURIComponent(plan.incidentId)}`}>{nameOf(plan)}</PageLink>
        <Box color="text-body-secondary" fontSize="body-s">
          {plan.summary}
        </Box>
      </>
    ),
    minWidth: 200,
    isRowHeader: true,
  },
  { id: "target", header: columns.target, cell: ({ plan: { target } }) => placeOf(target), minWidth: 130 },
  {
    id: "requested",
    header: columns.requested,
    cell: (one) => (one.origin === "automatic" ? said.agent : (one.requestedBy ?? "-")),
    width: 110,
  },
  {
    id: "approvals",
    header: columns.approvals,
    cell: ({ approvals, needed }) =>
      needed
        ? said.approvedBy(
            approvals.map(({ person }) => person),
            needed,
          )
        : "-",
    width: 130,
  },
  {
    id: "created",
    header: columns.created,
    cell: (one) => <Timestamp at={one.createdAt} />,
    sortingField: "createdAt",
    width: 130,
  },
  { id: "result", header: columns.result, cell: (one) => <Progress execution={one} />, minWidth: 150 },
  { id: "act", header: columns.act, cell: (one) => <Cancel execution={one} />, width: 90 },
];

function nameOf({ action, service }: Execution["plan"]): string {
  return `${text.action(action)} ${service}`;
}

function placeOf({ platform, name, cluster, environment, region }: Execution["plan"]["target"]) {
  return (
    <>
      {[cluster, name].filter(Boolean).join("/")}
      <Box color="text-body-secondary" fontSize="body-s">
        {[services.platform(platform), environment, region].filter(Boolean).join(" · ")}
      </Box>
    </>
  );
}

function Progress({ execution: { result, steps } }: { execution: Execution }) {
  return (
    <>
      {result}
      {steps.length > 0 && (
        <ExpandableSection headerText={said.steps(steps.length)} variant="inline">
          <Box fontSize="body-s">
            {steps.map((step) => (
              <div key={`${step.at} ${step.status} ${step.text}`}>
                <Timestamp at={step.at} /> {step.text}
                {step.actor && ` (${step.actor})`}
              </div>
            ))}
          </Box>
        </ExpandableSection>
      )}
    </>
  );
}

function Cancel({ execution }: { execution: Execution }) {
  const cancel = useCancelExecution();
  if (!mayBeCancelled(execution.status)) return null;
  return (
    <ActionButton
      needs="operator"
      variant="inline-link"
      label={said.cancelOne(nameOf(execution.plan))}
      pending={cancel.isPending}
      act={() => cancel.mutate(execution)}
    >
      {said.cancel}
    </ActionButton>
  );
}
