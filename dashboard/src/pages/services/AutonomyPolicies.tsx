import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { unwrap, api } from "../../api/client";
import type { Policy } from "../../api/types";
import { text } from "../../messages/common";
import { services } from "../../messages/services";
import { ActionButton } from "../../ui/ActionButton";
import { DataTable } from "../../ui/DataTable";
import { Timestamp } from "../../ui/Timestamp";
import { NEW_POLICY, PolicyModal } from "./PolicyModal";

const { policies: said } = services;

/** What the agent may do to a service by itself, and what an admin makes of it. */
export function Policies({ service }: { service: string }) {
  const [edited, setEdited] = useState<Policy | typeof NEW_POLICY>();
  const columns = useMemo(() => columnsFor(setEdited), []);
  const { data, error, refetch } = useQuery({ queryKey: ["policies"], queryFn: () => unwrap(api.GET("/api/policies")) });
  return (
    <>
      <DataTable
        level="h2"
        title={said.title}
        description={said.description}
        items={data?.policies.filter((one) => one.service === service)}
        columns={columns}
        trackBy={(one) => one.id}
        empty={said.empty}
        error={error}
        retry={refetch}
        actions={
          <ActionButton needs="admin" act={() => setEdited(NEW_POLICY)}>
            {said.add}
          </ActionButton>
        }
      />
      {edited && <PolicyModal service={service} policy={edited} close={() => setEdited(undefined)} />}
    </>
  );
}

function columnsFor(edit: (policy: Policy) => void): TableProps.ColumnDefinition<Policy>[] {
  const { columns } = said;
  return [
    { id: "action", header: columns.action, cell: (one) => text.action(one.action), sortingField: "action", width: 130, isRowHeader: true },
    { id: "environment", header: columns.environment, cell: (one) => one.environment, sortingField: "environment", width: 140 },
    { id: "ceiling", header: columns.ceiling, cell: (one) => <Ceiling policy={one} />, minWidth: 200 },
    { id: "needs", header: columns.needs, cell: (one) => said.needs(one.minConfidence, one.minOutcomes), minWidth: 180 },
    {
      id: "kept",
      header: columns.kept,
      cell: (one) => (
        <>
          {one.updatedBy}, <Timestamp at={one.updatedAt} />
        </>
      ),
      minWidth: 140,
    },
    {
      id: "act",
      header: columns.act,
      cell: (one) => (
        <ActionButton needs="admin" variant="inline-link" label={said.editOne(`${text.action(one.action)}, ${one.environment}`)} act={() => edit(one)}>
          {said.edit}
        </ActionButton>
      ),
      width: 100,
    },
  ];
}

function Ceiling({ policy }: { policy: Policy }) {
  return (
    <>
      {said.autonomy(policy.ceiling)}
      {policy.demotedAt && (
        <Box>
          <StatusIndicator type="warning">{said.demoted(policy.demotedReason)}</StatusIndicator> <Timestamp at={policy.demotedAt} />
        </Box>
      )}
    </>
  );
}
