import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { notify, notifyError } from "../../lib/notifications";
import { incidentsMessages as messages } from "../../messages/incidents";
import { ActionButton } from "../../ui/ActionButton";

/** Alerts of two failing services, in the generic format of POST /api/incidents/ingest. */
function demoAlerts(now: Date): Record<string, string>[] {
  const scope = { env: "demo", region: "eu-central-1", startsAt: now.toISOString() };
  return [
    { title: "demo-checkout: container killed, out of memory", service: "demo-checkout", ...scope },
    { title: "demo-checkout: 5xx responses above 5%", service: "demo-checkout", metric: "HTTPCode_Target_5XX_Count", ...scope },
    { title: "demo-search: p99 latency above 2 s", service: "demo-search", metric: "TargetResponseTime", ...scope },
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
