import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { queryClient } from "../api/queryClient";
import { IncidentsPage } from "../pages/incidents/IncidentsPage";
import { ensureSignedIn } from "../signin/signIn";
import { ErrorState, LoadingState } from "../ui/QueryState";
import { Layout } from "./Layout";

const IncidentPage = lazy(() => import("../pages/incident/IncidentPage"));
const LearningPage = lazy(() => import("../pages/learning/LearningPage"));
const ServicesPage = lazy(() => import("../pages/services/ServicesPage"));
const ServicePage = lazy(() => import("../pages/services/ServicePage"));
const ExecutionsPage = lazy(() => import("../pages/executions/ExecutionsPage"));
const AuditPage = lazy(() => import("../pages/audit/AuditPage"));
const SourcesPage = lazy(() => import("../pages/sources/SourcesPage"));
const SilencesPage = lazy(() => import("../pages/silences/SilencesPage"));
const QuarantinePage = lazy(() => import("../pages/quarantine/QuarantinePage"));

export function App() {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queryClient}>
        <SignedIn />
      </QueryClientProvider>
    </I18nProvider>
  );
}

/** The pages. Nothing is requested from the API before the sign-in. */
function SignedIn() {
  const { isSuccess, error, refetch } = useQuery({
    queryKey: ["signed-in"],
    queryFn: async () => {
      await ensureSignedIn();
      return true;
    },
    staleTime: Infinity,
    retry: false,
  });
  if (error) return <ErrorState error={error} retry={refetch} />;
  if (!isSuccess) return <LoadingState />;
  return (
    <Layout>
      <Suspense fallback={<LoadingState />}>
        <Switch>
          <Route path="/" component={IncidentsPage} />
          <Route path="/incidents">
            <Redirect to="/" replace />
          </Route>
          <Route path="/incidents/:id" component={IncidentPage} />
          <Route path="/learning" component={LearningPage} />
          <Route path="/services" component={ServicesPage} />
          <Route path="/services/:name" component={ServicePage} />
          <Route path="/executions" component={ExecutionsPage} />
          <Route path="/audit" component={AuditPage} />
          <Route path="/sources" component={SourcesPage} />
          <Route path="/silences" component={SilencesPage} />
          <Route path="/quarantine" component={QuarantinePage} />
          <Route>
            <Redirect to="/" replace />
          </Route>
        </Switch>
      </Suspense>
    </Layout>
  );
}
