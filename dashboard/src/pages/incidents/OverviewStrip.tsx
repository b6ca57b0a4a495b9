import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Link from "@cloudscape-design/components/link";
import { useOverview } from "../../api/queries";
import type { Severity } from "../../api/types";
import { text } from "../../messages/common";

const GRADES: Severity[] = ["critical", "high", "medium", "low"];

/** How much is going on, and how few incidents a day's alerts became. */
export function OverviewStrip({ choose, chosen }: { choose: (severity: Severity | undefined) => void; chosen?: Severity }) {
  const { data } = useOverview();
  if (!data) return null;
  return (
    <Container>
      <ColumnLayout columns={5} variant="text-grid" minColumnWidth={110}>
        {GRADES.map((severity) => (
          <div key={severity}>
            <Box variant="awsui-key-label">{text.severity[severity]}</Box>
            <Link
              variant="awsui-value-large"
              href="#"
              ariaLabel={`${text.incidents.live}, ${text.severity[severity]}: ${data.live[severity] ?? 0}`}
              onFollow={(event) => {
                event.preventDefault();
                choose(chosen === severity ? undefined : severity);
              }}
            >
              {data.live[severity] ?? 0}
            </Link>
          </div>
        ))}
        <div>
          <Box variant="awsui-key-label">{text.incidents.today}</Box>
          <Box fontSize="heading-m" padding={{ top: "xxs" }}>
            {data.alerts ? text.incidents.became(data.alerts, data.incidents) : text.incidents.quietDay}
          </Box>
        </div>
      </ColumnLayout>
    </Container>
  );
}
