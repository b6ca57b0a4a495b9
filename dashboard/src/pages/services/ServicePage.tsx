import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useService } from "../../api/queries";
import type { ServiceDetail } from "../../api/types";
import { useDocumentTitle, useResourceId } from "../../lib/navigation";
import { servicePath } from "../../lib/paths";
import { serviceMessages as messages, servicesMessages } from "../../messages/services";
import { Breadcrumbs, ExternalLink, PageLink } from "../../ui/Links";
import { ErrorState, LoadingState } from "../../ui/QueryState";
import { AutonomyPolicies } from "./AutonomyPolicies";
import { Changes, LiveIncidents, Targets } from "./ServiceTables";

export default function ServicePage() {
  const name = useResourceId();
  useDocumentTitle(name);
  const { data: service, error, refetch } = useService(name);
  if (!service) return error ? <ErrorState error={error} retry={refetch} /> : <LoadingState />;
  return (
    <SpaceBetween size="l">
      <Breadcrumbs list={servicesMessages.title} path="/services" item={service.name} />
      <Header variant="h1">{service.name}</Header>
      {service.conflicts.length > 0 && (
        <Alert type="warning" header={messages.conflicts}>
          {service.conflicts.map(({ field, declared, found, source }) => (
            <div key={`${field} ${source} ${found}`}>{messages.conflict(field, declared, found, source)}</div>
          ))}
        </Alert>
      )}
      <Facts service={service} />
      <ColumnLayout columns={2} minColumnWidth={280}>
        <Dependencies {...messages.calls} end="callee" dependencies={service.calls} />
        <Dependencies {...messages.calledBy} end="caller" dependencies={service.calledBy} />
      </ColumnLayout>
      <LiveIncidents incidents={service.incidents} />
      <Changes changes={service.changes} />
      <Targets targets={service.targets} />
      <AutonomyPolicies service={service.name} />
    </SpaceBetween>
  );
}

function Facts({ service: { owner, tier, runbook, aliases, stacks, declared } }: { service: ServiceDetail }) {
  const { facts } = messages;
  return (
    <Container>
      <KeyValuePairs
        columns={3}
        minColumnWidth={160}
        items={[
          { label: facts.owner, value: owner || "-" },
          { label: facts.tier, value: tier ?? "-" },
          { label: facts.origin, value: declared ? servicesMessages.declared : servicesMessages.discovered },
          { label: facts.runbook, value: runbook ? <ExternalLink to={runbook}>{facts.openRunbook}</ExternalLink> : "-" },
          { label: facts.aliases, value: aliases.join(", ") || "-" },
          { label: facts.stacks, value: stacks.join(", ") || "-" },
        ]}
      />
    </Container>
  );
}

interface DependenciesProps {
  title: string;
  none: string;
  /** Which end of a dependency is the other service. */
  end: "caller" | "callee";
  dependencies: ServiceDetail["calls"];
}

function Dependencies({ title, none, end, dependencies }: DependenciesProps) {
  return (
    <Container fitHeight header={<Header variant="h2" counter={`(${dependencies.length})`}>{title}</Header>}>
      {dependencies.length === 0 && <Box color="text-body-secondary">{none}</Box>}
      {dependencies.map((dependency) => (
        <div key={dependency[end]}>
          <PageLink to={servicePath(dependency[end])}>{dependency[end]}</PageLink>{" "}
          <Box variant="span" color="text-body-secondary">
            {originOf(dependency)}
          </Box>
        </div>
      ))}
    </Container>
  );
}

function originOf({ declared, seen }: ServiceDetail["calls"][number]): string {
  const sources = [...new Set(seen.map(({ source }) => source))];
  return [...(declared ? [messages.declared] : []), ...(sources.length ? [messages.discoveredBy(sources)] : [])].join(", ");
}
