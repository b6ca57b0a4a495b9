import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import MixedLineBarChart from "@cloudscape-design/components/mixed-line-bar-chart";
import type { ConfidencePoint } from "../../api/types";
import { learning } from "../../messages/learning";
import { type Bin, calibrationBins } from "./calibration";
import { formatPercent } from "./percent";

const { calibration: said } = learning;

/** What was promised against what people then said, in bins of the promise. */
export function Calibration({ history }: { history: readonly ConfidencePoint[] }) {
  const bins = calibrationBins(history);
  const nameOf = ({ from, to }: Bin) => said.bin(from, to);
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={said.description}>
          {said.title}
        </Header>
      }
    >
      {bins.length === 0 ? (
        <Box color="text-body-secondary">{said.none}</Box>
      ) : (
        <MixedLineBarChart
          ariaLabel={said.label}
          height={220}
          hideFilter
          xScaleType="categorical"
          xDomain={bins.map(nameOf)}
          yDomain={[0, 1]}
          xTitle={said.promised}
          i18nStrings={{ yTickFormatter: formatPercent }}
          series={[
            { type: "bar", title: said.helped, data: bins.map((bin) => ({ x: nameOf(bin), y: bin.helpful })), valueFormatter: formatPercent },
            { type: "line", title: said.line, data: bins.map((bin) => ({ x: nameOf(bin), y: bin.promised })), valueFormatter: formatPercent },
          ]}
          detailPopoverFooter={(name) => {
            const bin = bins.find((one) => nameOf(one) === name);
            return bin && said.votes(bin.votes);
          }}
        />
      )}
    </Container>
  );
}
