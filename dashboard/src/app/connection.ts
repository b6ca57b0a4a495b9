/** Whether the API answers: as of the last thing that was asked of it. */
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Problem } from "../api/client";

export function useConnection(): boolean {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () =>
      cache
        .getAll()
        .some(({ state }) => isOffline(state.error) || (state.fetchFailureCount > 0 && isOffline(state.fetchFailureReason))),
  );
}

function isOffline(error: Error | null): boolean {
  return error instanceof Problem && error.isOffline;
}
