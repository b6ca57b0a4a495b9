import { useMutation, useQueryClient } from "@tanstack/react-query";
import { unwrap, api } from "../api/client";
import type { Execution } from "../api/types";
import { notifyError } from "./notifications";

/** Ends an execution that has not acted yet. */
export function useCancelExecution() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Execution) =>
      unwrap(api.POST("/api/executions/{execution_id}/cancel", { params: { path: { execution_id: id } } })),
    onSuccess: () => client.invalidateQueries(),
    onError: notifyError,
  });
}
