/** What a person does to an incident, and what then has to be asked anew. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { unwrap, api } from "../../api/client";
import { notifyError } from "../../lib/notifications";

export type Transition = "acknowledge" | "resolve" | "reopen";

/** Asks anew for everything that the change may show in. */
export function useRefreshIncident(incident: string) {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [["incident", incident], ["incident-executions", incident], ["incidents"], ["overview"], ["executions"]].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
}

export function useIncidentTransition(incident: string) {
  const refresh = useRefreshIncident(incident);
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: Transition; reason: string }) => {
      const what = { params: { path: { incident_id: incident } }, body: { reason } };
      switch (verb) {
        case "acknowledge":
          return unwrap(api.POST("/api/incidents/{incident_id}/acknowledge", what));
        case "resolve":
          return unwrap(api.POST("/api/incidents/{incident_id}/resolve", what));
        case "reopen":
          return unwrap(api.POST("/api/incidents/{incident_id}/reopen", what));
      }
    },
    onSuccess: refresh,
    onError: notifyError,
  });
}
