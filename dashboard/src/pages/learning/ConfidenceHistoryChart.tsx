import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import LineChart from "@cloudscape-design/components/line-chart";
import type { ConfidencePoint } from "../../api/types";
import { learning } from "../../messages/learning";
import { nameOf } from "./columns";
import { type Cell, keyOf } from "./filter";
import { formatPercent } from "./percent";

const { history: said } = learning;

/** How sure we were of one cell, day by day. */
export function History({ cell, history }: { cell: Cell | undefined; history: readonly ConfidencePoint[] }) {
  const points = cell ? history.filter((one) => keyOf(one) === keyOf(cell)) : [];
  const days = points.map(({ date }) => date);
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={said.description}>
          {cell ? said.title(nameOf(cell)) : said.choose}
        </Header>
      }
    >
      {points.length < 2 ? (
        <Box color="text-body-secondary">{said.none}</Box>
      ) : (
        <LineChart
          ariaLabel={said.label}
          height={220}
          hideFilter
          xScaleType="categorical"
          xDomain={days}
          yDomain={[0, 1]}
          xTitle={said.day}
          i18nStrings={{ yTickFormatter: formatPercent }}
          series={[
            { type: "line", title: said.mean, data: points.map(({ date, mean }) => ({ x: date, y: mean })), valueFormatter: formatPercent },
            { type: "line", title: said.low, data: points.map(({ date, confidenceLow }) => ({ x: date, y: confidenceLow })), valueFormatter: formatPercent },
          ]}
        />
      )}
    </Container>
  );
}
