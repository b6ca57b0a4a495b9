import Container from "@cloudscape-design/components/container";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { IncidentDetail } from "../../api/types";
import { symptomName, text } from "../../messages/common";
import { Severity } from "../../ui/SeverityBadge";
import { IncidentStatusIndicator } from "../../ui/StatusIndicators";
import { Age, Timestamp } from "../../ui/Timestamp";

const { fields } = text.incident;

export function Facts({ incident }: { incident: IncidentDetail }) {
  const place = [incident.environment, incident.region, incident.account].filter(Boolean).join(" · ");
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={[
          { label: fields.status, value: <IncidentStatusIndicator status={incident.status} /> },
          { label: fields.severity, value: <Severity severity={incident.severity} /> },
          {
            label: fields.opened,
            value: (
              <>
                <Timestamp at={incident.openedAt} /> (<Age since={incident.openedAt} />)
              </>
            ),
          },
          {
            label: fields.alerts,
            value: [
              fields.firing(incident.firingCount, incident.alertCount),
              ...(incident.mutedCount ? [fields.muted(incident.mutedCount)] : []),
            ].join(", "),
          },
          { label: fields.symptom, value: symptomName(incident.symptom) },
          { label: fields.place, value: place || "-" },
          { label: fields.acknowledged, value: incident.acknowledgedBy || "-" },
          { label: fields.resolved, value: incident.resolvedAt ? <Timestamp at={incident.resolvedAt} /> : "-" },
        ]}
      />
    </Container>
  );
}
