import Alert from "@cloudscape-design/components/alert";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Grid from "@cloudscape-design/components/grid";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useIncident } from "../../api/queries";
import { useDocumentTitle, useResourceId } from "../../lib/navigation";
import { incidentPath } from "../../lib/paths";
import { incidentMessages as messages } from "../../messages/incident";
import { incidentsMessages } from "../../messages/incidents";
import { Breadcrumbs, PageLink } from "../../ui/Links";
import { ErrorState, LoadingState } from "../../ui/QueryState";
import { Alerts } from "./Alerts";
import { DependencyGraph } from "./DependencyGraph";
import { Executions } from "./Executions";
import { IncidentFacts, IncidentHeader } from "./IncidentHeader";
import { ProbableCause } from "./ProbableCause";
import { SimilarIncidents } from "./SimilarIncidents";
import { Suggestions } from "./Suggestions";
import { Timeline } from "./Timeline";

export default function IncidentPage() {
  const id = useResourceId();
  const { data: incident, error, refetch } = useIncident(id);
  useDocumentTitle(incident?.title);
  if (!incident) return error ? <ErrorState error={error} retry={refetch} /> : <LoadingState />;
  return (
    <SpaceBetween size="l">
      <Breadcrumbs list={incidentsMessages.title} path="/" item={incident.title} />
      <IncidentHeader incident={incident} />
      {incident.mergedInto && (
        <Alert type="info" header={messages.mergedInto}>
          <PageLink to={incidentPath(incident.mergedInto)}>{messages.openIncident}</PageLink>
        </Alert>
      )}
      {incident.inhibitedBy && (
        <Alert type="info" header={messages.inhibited}>
          <PageLink to={incidentPath(incident.inhibitedBy)}>{incident.inhibitedReason}</PageLink>
        </Alert>
      )}
      <IncidentFacts incident={incident} />
      <Suggestions incident={incident} />
      <Executions incident={incident} />
      <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
        <ProbableCause incident={incident} />
        <DependencyGraph incident={incident} />
      </Grid>
      <Alerts incident={incident} />
      <ColumnLayout columns={2} minColumnWidth={320}>
        <Timeline incident={incident} />
        <SimilarIncidents incident={incident} />
      </ColumnLayout>
    </SpaceBetween>
  );
}
