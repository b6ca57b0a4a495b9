import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Alert from "@cloudscape-design/components/alert";
import Grid from "@cloudscape-design/components/grid";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate, useResourceId } from "../../lib/navigation";
import { useIncident } from "../../api/queries";
import { useDocumentTitle } from "../../lib/documentTitle";
import { text } from "../../messages/common";
import { ErrorState } from "../../ui/ErrorState";
import { PageLink } from "../../ui/PageLink";
import { LoadingState } from "../../ui/LoadingState";
import { Alerts } from "./Alerts";
import { Cause } from "./ProbableCause";
import { Executions } from "./Executions";
import { Facts } from "./IncidentFacts";
import { Graph } from "./DependencyGraph";
import { IncidentHeader } from "./IncidentHeader";
import { SimilarIncidents } from "./SimilarIncidents";
import { Suggestions } from "./Suggestions";
import { Timeline } from "./Timeline";

export default function IncidentPage() {
  const id = useResourceId();
  const navigate = useNavigate();
  const { data: incident, error, refetch } = useIncident(id);
  useDocumentTitle(incident?.title);
  if (!incident) return error ? <ErrorState error={error} retry={refetch} /> : <LoadingState />;
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: text.navigation.incidents, href: "/" },
          { text: incident.title, href: "#" },
        ]}
        onFollow={(event) => {
          event.preventDefault();
          if (event.detail.href === "/") navigate("/");
        }}
      />
      <IncidentHeader incident={incident} />
      {incident.mergedInto && (
        <Alert type="info" header={text.incident.mergedInto}>
          <PageLink to={`/incidents/${encodeURIComponent(incident.mergedInto)}`}>{text.incident.open}</PageLink>
        </Alert>
      )}
      {incident.withheldBy && (
        <Alert type="info" header={text.incident.withheld}>
          <PageLink to={`/incidents/${encodeURIComponent(incident.withheldBy)}`}>{incident.withheldReason}</PageLink>
        </Alert>
      )}
      <Facts incident={incident} />
      <Suggestions incident={incident} />
      <Executions incident={incident} />
      <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
        <Cause incident={incident} />
        <Graph incident={incident} />
      </Grid>
      <Alerts incident={incident} />
      <ColumnLayout columns={2} minColumnWidth={320}>
        <Timeline incident={incident} />
        <SimilarIncidents incident={incident} />
      </ColumnLayout>
    </SpaceBetween>
  );
}
