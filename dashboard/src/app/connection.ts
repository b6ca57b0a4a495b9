/** Whether the API answers: the browser is offline, or the last thing that was asked failed on the way. */
import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Problem } from "../api/client";

export function useConnection(): boolean {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (changed) => {
      const stops = [cache.subscribe(changed), onlineManager.subscribe(changed)];
      return () => stops.forEach((stop) => stop());
    },
    () =>
      !onlineManager.isOnline() ||
      cache
        .getAll()
        .some(({ state }) => isOffline(state.error) || (state.fetchFailureCount > 0 && isOffline(state.fetchFailureReason))),
  );
}

function isOffline(error: Error | null): boolean {
  return error instanceof Problem && error.isOffline;
}
