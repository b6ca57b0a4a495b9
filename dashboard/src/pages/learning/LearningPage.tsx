import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, unwrap } from "../../api/client";
import { type ConfidenceFilter, useConfidence } from "../../api/queries";
import type { ConfidenceCell } from "../../api/types";
import { useSearchParams } from "../../lib/navigation";
import { notify, notifyError } from "../../lib/notifications";
import { toSearchParams } from "../../lib/paths";
import { common, symptomName } from "../../messages/common";
import { formatPercent } from "../../messages/format";
import { learningMessages as messages } from "../../messages/learning";
import { ActionButton } from "../../ui/ActionButton";
import { ConfidenceInterval } from "../../ui/Confidence";
import { DataTable } from "../../ui/DataTable";
import { Calibration, ConfidenceHistory } from "./Charts";
import { ACTIONS, type CellKey, filterFromSearch, keyOf, SYMPTOMS } from "./filter";

export default function LearningPage() {
  const [search, setSearch] = useSearchParams();
  const [selected, setSelected] = useState<CellKey>();
  const filter = filterFromSearch(search);
  const columns = useMemo(() => columnsFor(setSelected), []);
  const { data, error, refetch } = useConfidence(filter);
  return (
    <SpaceBetween size="l">
      <DataTable
        title={messages.title}
        description={messages.description}
        items={data?.cells}
        columns={columns}
        trackBy={keyOf}
        empty={messages.empty}
        error={error}
        retry={refetch}
        actions={<RecomputeButton />}
        filter={<Filters filter={filter} setFilter={(changed) => setSearch(toSearchParams(changed), { replace: true })} />}
      />
      <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
        <ConfidenceHistory cell={selected ?? data?.cells[0]} history={data?.history ?? []} />
        <Calibration history={data?.history ?? []} />
      </Grid>
    </SpaceBetween>
  );
}

function columnsFor(select: (cell: CellKey) => void): TableProps.ColumnDefinition<ConfidenceCell>[] {
  const { columns } = messages;
  return [
    { id: "action", header: columns.action, cell: ({ action }) => common.action(action), sortingField: "action", width: 120, isRowHeader: true },
    { id: "symptom", header: columns.symptom, cell: ({ symptom }) => symptomName(symptom), sortingField: "symptom", width: 150 },
    { id: "service", header: columns.service, cell: ({ service }) => service || "-", sortingField: "service", minWidth: 130 },
    { id: "confidence", header: columns.confidence, cell: (cell) => <Confidence cell={cell} />, sortingField: "mean", minWidth: 180 },
    { id: "evidence", header: columns.evidence, cell: (cell) => <Evidence cell={cell} />, sortingField: "votes", minWidth: 220 },
    {
      id: "history",
      header: columns.history,
      cell: (cell) => (
        <Button
          variant="inline-link"
          ariaLabel={messages.showHistoryOf(messages.cell(cell.action, cell.symptom, cell.service))}
          onClick={() => select(cell)}
        >
          {messages.showHistory}
        </Button>
      ),
      width: 150,
    },
  ];
}

function Confidence({ cell: { mean, confidenceLow } }: { cell: ConfidenceCell }) {
  return (
    <div title={common.confidence.range(confidenceLow, mean)}>
      {formatPercent(mean)}{" "}
      <Box variant="span" color="text-body-secondary" fontSize="body-s">
        {messages.lowerBound(confidenceLow)}
      </Box>
      <ConfidenceInterval mean={mean} low={confidenceLow} />
    </div>
  );
}

function Evidence({ cell: { votes, outcomes, explanation } }: { cell: ConfidenceCell }) {
  return (
    <>
      {common.confidence.evidence(votes, outcomes)}
      <Box color="text-body-secondary" fontSize="body-s">
        {explanation}
      </Box>
    </>
  );
}

const ANY = { value: "", label: messages.filters.any };
const SYMPTOM_OPTIONS = [ANY, ...SYMPTOMS.map((value) => ({ value, label: symptomName(value) }))];
const ACTION_OPTIONS = [ANY, ...ACTIONS.map((value) => ({ value, label: common.action(value) }))];

function Filters({ filter, setFilter }: { filter: ConfidenceFilter; setFilter: (changed: ConfidenceFilter) => void }) {
  const { filters: labels } = messages;
  return (
    <SpaceBetween direction="horizontal" size="s">
      <FormField label={labels.symptom}>
        <Select
          options={SYMPTOM_OPTIONS}
          selectedOption={SYMPTOM_OPTIONS.find(({ value }) => value === filter.symptom) ?? ANY}
          onChange={({ detail }) => setFilter({ ...filter, symptom: SYMPTOMS.find((symptom) => symptom === detail.selectedOption.value) })}
        />
      </FormField>
      <FormField label={labels.action}>
        <Select
          options={ACTION_OPTIONS}
          selectedOption={ACTION_OPTIONS.find(({ value }) => value === filter.action) ?? ANY}
          onChange={({ detail }) => setFilter({ ...filter, action: ACTIONS.find((action) => action === detail.selectedOption.value) })}
        />
      </FormField>
      <FormField label={labels.service}>
        <Input
          type="search"
          value={filter.service ?? ""}
          placeholder={labels.serviceHint}
          onChange={({ detail }) => setFilter({ ...filter, service: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function RecomputeButton() {
  const client = useQueryClient();
  const recompute = useMutation({
    mutationFn: () => unwrap(api.POST("/api/confidence/recompute")),
    onSuccess: ({ cells, changed }) => {
      notify("success", messages.recomputed(cells, changed));
      return client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <ActionButton requires="operator" loading={recompute.isPending} onClick={() => recompute.mutate()}>
      {messages.recompute}
    </ActionButton>
  );
}
