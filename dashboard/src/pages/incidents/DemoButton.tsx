import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { notify, notifyError } from "../../lib/notifications";
import { incidentsMessages as messages } from "../../messages/incidents";
import { ActionButton } from "../../ui/ActionButton";

const MINUTE = 60_000;

/**
 * Alerts of two failing services, in the generic format of POST /api/incidents/ingest. The search was slow twelve
 * minutes earlier: without a topology, what begins within minutes in one place is one incident.
 */
function demoAlerts(now: Date): Record<string, string>[] {
  const started = (minutesAgo: number) => ({
    env: "demo",
    region: "eu-central-1",
    startsAt: new Date(now.getTime() - minutesAgo * MINUTE).toISOString(),
  });
  return [
    { title: "demo-checkout: container killed, out of memory", service: "demo-checkout", ...started(0) },
    { title: "demo-checkout: 5xx responses above 5%", service: "demo-checkout", metric: "HTTPCode_Target_5XX_Count", ...started(0) },
    { title: "demo-search: p99 latency above 2 s", service: "demo-search", metric: "TargetResponseTime", ...started(12) },
  ];
}

export function DemoButton() {
  const client = useQueryClient();
  const ingest = useMutation({
    mutationFn: () => unwrap(api.POST("/api/incidents/ingest", { body: { alerts: demoAlerts(new Date()) } })),
    onSuccess: async ({ accepted, incidents }) => {
      notify("success", messages.demoIngested(accepted, incidents.length));
      await client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <ActionButton requires="operator" loading={ingest.isPending} onClick={() => ingest.mutate()}>
      {messages.ingestDemo}
    </ActionButton>
  );
}
