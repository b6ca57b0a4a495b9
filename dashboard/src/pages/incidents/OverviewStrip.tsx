import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useOverview } from "../../api/queries";
import type { Severity } from "../../api/types";
import { common } from "../../messages/common";
import { incidentsMessages as messages } from "../../messages/incidents";

const SEVERITIES: Severity[] = ["critical", "high", "medium", "low"];

interface OverviewStripProps {
  selected?: Severity;
  /** Called with undefined to remove the selection. */
  select: (severity: Severity | undefined) => void;
}

/** Live incidents by severity, and how many incidents the alerts of the last day were grouped into. */
export function OverviewStrip({ selected, select }: OverviewStripProps) {
  const { data: overview } = useOverview();
  if (!overview) return null;
  return (
    <SpaceBetween size="l">
      {overview.parkedIncidents > 0 && (
        <Alert type="warning" header={messages.parked(overview.parkedIncidents)}>
          {messages.parkedHelp}
        </Alert>
      )}
      <Container>
        <ColumnLayout columns={5} variant="text-grid" minColumnWidth={110}>
          {SEVERITIES.map((severity) => {
            const name = common.severity[severity];
            const count = overview.live[severity] ?? 0;
            return (
              <div key={severity}>
                <Box variant="awsui-key-label">{name}</Box>
                <Link
                  variant="awsui-value-large"
                  href="#"
                  ariaLabel={`${messages.live}, ${name}: ${count}`}
                  onFollow={(event) => {
                    event.preventDefault();
                    select(selected === severity ? undefined : severity);
                  }}
                >
                  {count}
                </Link>
              </div>
            );
          })}
          <div>
            <Box variant="awsui-key-label">{messages.lastDay}</Box>
            <Box fontSize="heading-m" padding={{ top: "xxs" }}>
              {overview.alerts ? messages.grouped(overview.alerts, overview.incidents) : messages.noAlerts}
            </Box>
          </div>
        </ColumnLayout>
      </Container>
    </SpaceBetween>
  );
}
