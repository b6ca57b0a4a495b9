import Alert from "@cloudscape-design/components/alert";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useResourceId } from "../../lib/navigation";
import { unwrap, api } from "../../api/client";
import { POLL_INTERVAL_MS } from "../../api/queries";
import { useDocumentTitle } from "../../lib/documentTitle";
import { text } from "../../messages/common";
import { services as said } from "../../messages/services";
import { ErrorState } from "../../ui/ErrorState";
import { LoadingState } from "../../ui/LoadingState";
import { Changes, LiveIncidents, Targets } from "./ServiceTables";
import { Dependencies } from "./Dependencies";
import { Policies } from "./AutonomyPolicies";
import { ServiceFacts } from "./ServiceFacts";

export default function ServicePage() {
  const name = useResourceId();
  useDocumentTitle(name);
  const navigate = useNavigate();
  const { data: service, error, refetch } = useQuery({
    queryKey: ["service", name],
    queryFn: () => unwrap(api.GET("/api/services/{name}", { params: { path: { name } } })),
    refetchInterval: POLL_INTERVAL_MS * 2,
    // Another service is another thing: what was known of the last one says nothing of it.
    placeholderData: undefined,
  });
  if (!service) return error ? <ErrorState error={error} retry={refetch} /> : <LoadingState />;
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: text.navigation.services, href: "/services" },
          { text: service.name, href: "#" },
        ]}
        onFollow={(event) => {
          event.preventDefault();
          if (event.detail.href !== "#") navigate(event.detail.href);
        }}
      />
      <Header variant="h1">{service.name}</Header>
      {service.conflicts.length > 0 && (
        <Alert type="warning" header={said.contradictions}>
          {service.conflicts.map(({ field, declared, found, source }) => (
            <div key={`${field} ${source} ${found}`}>{said.contradiction(field, declared, found, source)}</div>
          ))}
        </Alert>
      )}
      <ServiceFacts service={service} />
      <ColumnLayout columns={2} minColumnWidth={280}>
        <Dependencies title={said.calls.title} none={said.calls.none} end="callee" found={service.calls} />
        <Dependencies title={said.calledBy.title} none={said.calledBy.none} end="caller" found={service.calledBy} />
      </ColumnLayout>
      <LiveIncidents incidents={service.incidents} />
      <Changes changes={service.changes} />
      <Targets targets={service.targets} />
      <Policies service={service.name} />
    </SpaceBetween>
  );
}
