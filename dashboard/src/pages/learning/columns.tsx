import Button from "@cloudscape-design/components/button";
import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import type { ConfidenceCell } from "../../api/types";
import { text, humanize } from "../../messages/common";
import { learning as said } from "../../messages/learning";
import { ConfidenceInterval } from "../../ui/ConfidenceInterval";
import type { Cell } from "./filter";

const { columns } = said;

/** What a cell is about, in words. */
export function nameOf({ action, symptom, service }: Cell): string {
  return `${text.action(action)} for ${humanize(symptom).toLowerCase()} of ${service || "any service"}`;
}

export function columnsFor(choose: (cell: Cell) => void): TableProps.ColumnDefinition<ConfidenceCell>[] {
  return [
    { id: "action", header: columns.action, cell: (one) => text.action(one.action), sortingField: "action", width: 120, isRowHeader: true },
    { id: "symptom", header: columns.symptom, cell: (one) => humanize(one.symptom), sortingField: "symptom", width: 150 },
    { id: "service", header: columns.service, cell: (one) => one.service || "-", sortingField: "service", minWidth: 130 },
    {
      id: "confidence",
      header: columns.confidence,
      cell: ({ mean, confidenceLow }) => <Confidence mean={mean} low={confidenceLow} />,
      sortingField: "mean",
      minWidth: 180,
    },
    { id: "grounds", header: columns.grounds, cell: (one) => <Grounds known={one} />, sortingField: "votes", minWidth: 220 },
    {
      id: "history",
      header: columns.history,
      cell: (one) => (
        <Button variant="inline-link" ariaLabel={said.showOne(nameOf(one))} onClick={() => choose(one)}>
          {said.show}
        </Button>
      ),
      width: 100,
    },
  ];
}

function Confidence({ mean, low }: { mean: number; low: number }) {
  return (
    <div title={text.incident.suggestions.range(low, mean)}>
      {Math.round(mean * 100)}%{" "}
      <Box variant="span" color="text-body-secondary" fontSize="body-s">
        {said.low(low)}
      </Box>
      <ConfidenceInterval mean={mean} low={low} />
    </div>
  );
}

function Grounds({ known: { votes, outcomes, explanation } }: { known: ConfidenceCell }) {
  return (
    <>
      {said.grounds(votes, outcomes)}
      <Box color="text-body-secondary" fontSize="body-s">
        {explanation}
      </Box>
    </>
  );
}
