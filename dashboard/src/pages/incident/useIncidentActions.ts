/** What a person does to an incident, and what then has to be asked anew. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { tellError } from "../../lib/notifications";

export type Verb = "acknowledge" | "resolve" | "reopen";

/** Asks anew for everything that the change may show in. */
export function useRefresh(incident: string) {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [["incident", incident], ["incident-executions", incident], ["incidents"], ["overview"], ["executions"]].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
}

export function useMove(incident: string) {
  const refresh = useRefresh(incident);
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: Verb; reason: string }) => {
      const what = { params: { path: { incident_id: incident } }, body: { reason } };
      switch (verb) {
        case "acknowledge":
          return answer(api.POST("/api/incidents/{incident_id}/acknowledge", what));
        case "resolve":
          return answer(api.POST("/api/incidents/{incident_id}/resolve", what));
        case "reopen":
          return answer(api.POST("/api/incidents/{incident_id}/reopen", what));
      }
    },
    onSuccess: refresh,
    onError: tellError,
  });
}
