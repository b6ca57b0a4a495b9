/** Status changes of an incident, and the queries that any action on an incident makes stale. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { notifyError } from "../../lib/notifications";

export type Transition = "acknowledge" | "resolve" | "reopen";

/** Returns a function that refetches everything that shows the incident. */
export function useRefreshIncident(id: string) {
  const client = useQueryClient();
  const queryKeys = [["incident", id], ["incident-executions", id], ["incidents"], ["overview"], ["executions"]];
  return () => Promise.all(queryKeys.map((queryKey) => client.invalidateQueries({ queryKey })));
}

export function useIncidentTransition(id: string) {
  const refresh = useRefreshIncident(id);
  return useMutation({
    mutationFn: ({ transition, reason }: { transition: Transition; reason: string }) => {
      const request = { params: { path: { incident_id: id } }, body: { reason } };
      switch (transition) {
        case "acknowledge":
          return unwrap(api.POST("/api/incidents/{incident_id}/acknowledge", request));
        case "resolve":
          return unwrap(api.POST("/api/incidents/{incident_id}/resolve", request));
        case "reopen":
          return unwrap(api.POST("/api/incidents/{incident_id}/reopen", request));
      }
    },
    onSuccess: refresh,
    onError: notifyError,
  });
}
