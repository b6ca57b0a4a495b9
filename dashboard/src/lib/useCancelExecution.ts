import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import type { Execution } from "../api/types";
import { tellError } from "./notifications";

/** Ends an execution that has not acted yet. */
export function useCancel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Execution) =>
      answer(api.POST("/api/executions/{execution_id}/cancel", { params: { path: { execution_id: id } } })),
    onSuccess: () => client.invalidateQueries(),
    onError: tellError,
  });
}
