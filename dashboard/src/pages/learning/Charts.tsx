import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import LineChart from "@cloudscape-design/components/line-chart";
import MixedLineBarChart from "@cloudscape-design/components/mixed-line-bar-chart";
import type { ConfidencePoint } from "../../api/types";
import { formatPercent } from "../../messages/format";
import { learningMessages } from "../../messages/learning";
import { type CalibrationBin, calibrationBins } from "./calibration";
import { type CellKey, keyOf } from "./filter";

const HEIGHT = 220;

/** The confidence of one cell, day by day. */
export function ConfidenceHistory({ cell, history }: { cell: CellKey | undefined; history: readonly ConfidencePoint[] }) {
  const { history: messages, cell: nameOf } = learningMessages;
  const points = cell ? history.filter((point) => keyOf(point) === keyOf(cell)) : [];
  const means = points.map(({ date, mean }) => ({ x: date, y: mean }));
  const lows = points.map(({ date, confidenceLow }) => ({ x: date, y: confidenceLow }));
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={messages.description}>
          {cell ? messages.title(nameOf(cell.action, cell.symptom, cell.service)) : messages.noCell}
        </Header>
      }
    >
      {points.length < 2 ? (
        <Box color="text-body-secondary">{messages.none}</Box>
      ) : (
        <LineChart
          ariaLabel={messages.label}
          height={HEIGHT}
          hideFilter
          xScaleType="categorical"
          xDomain={points.map(({ date }) => date)}
          yDomain={[0, 1]}
          xTitle={messages.day}
          i18nStrings={{ yTickFormatter: formatPercent }}
          series={[
            { type: "line", title: messages.mean, data: means, valueFormatter: formatPercent },
            { type: "line", title: messages.low, data: lows, valueFormatter: formatPercent },
          ]}
        />
      )}
    </Container>
  );
}

/** Predicted confidence against the votes that followed, in bins of the prediction. */
export function Calibration({ history }: { history: readonly ConfidencePoint[] }) {
  const { calibration: messages } = learningMessages;
  const bins = calibrationBins(history);
  const labelOf = ({ from, to }: CalibrationBin) => messages.bin(from, to);
  const helpful = bins.map((bin) => ({ x: labelOf(bin), y: bin.helpful }));
  const predicted = bins.map((bin) => ({ x: labelOf(bin), y: bin.predicted }));
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={messages.description}>
          {messages.title}
        </Header>
      }
    >
      {bins.length === 0 ? (
        <Box color="text-body-secondary">{messages.none}</Box>
      ) : (
        <MixedLineBarChart
          ariaLabel={messages.label}
          height={HEIGHT}
          hideFilter
          xScaleType="categorical"
          xDomain={bins.map(labelOf)}
          yDomain={[0, 1]}
          xTitle={messages.predicted}
          i18nStrings={{ yTickFormatter: formatPercent }}
          series={[
            { type: "bar", title: messages.helpful, data: helpful, valueFormatter: formatPercent },
            { type: "line", title: messages.perfect, data: predicted, valueFormatter: formatPercent },
          ]}
          detailPopoverFooter={(label) => {
            const bin = bins.find((shown) => labelOf(shown) === label);
            return bin && messages.votes(bin.votes);
          }}
        />
      )}
    </Container>
  );
}
