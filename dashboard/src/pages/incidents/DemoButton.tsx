import Button from "@cloudscape-design/components/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import { notify, notifyError } from "../../lib/notifications";
import { usePermission } from "../../lib/permissions";
import { text } from "../../messages/common";

/** Two services in trouble, told the plain way, as POST /api/incidents/ingest takes it. */
function demoAlerts(now: Date): Record<string, string>[] {
  const startsAt = now.toISOString();
  const place = { env: "demo", region: "eu-central-1", startsAt };
  return [
    { title: "demo-checkout: container killed, out of memory", service: "demo-checkout", ...place },
    { title: "demo-checkout: 5xx responses above 5%", service: "demo-checkout", metric: "HTTPCode_Target_5XX_Count", ...place },
    { title: "demo-search: p99 latency above 2 s", service: "demo-search", metric: "TargetResponseTime", ...place },
  ];
}

export function DemoButton() {
  const { allowed, reason } = usePermission("operator");
  const client = useQueryClient();
  const ingest = useMutation({
    mutationFn: () => unwrap(api.POST("/api/incidents/ingest", { body: { alerts: demoAlerts(new Date()) } })),
    onSuccess: async ({ accepted, incidents }) => {
      notify("success", text.incidents.demoDone(accepted, incidents.length));
      await client.invalidateQueries();
    },
    onError: notifyError,
  });
  return (
    <Button disabled={!allowed} disabledReason={reason || undefined} loading={ingest.isPending} onClick={() => ingest.mutate()}>
      {text.incidents.demo}
    </Button>
  );
}
