/** Whether the connection is lost: the browser is offline, or the API did not answer the last thing it was asked. */
import { onlineManager } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { isReached, onReach } from "../api/reach";

export function useConnection(): boolean {
  return useSyncExternalStore(subscribe, () => !onlineManager.isOnline() || !isReached());
}

function subscribe(changed: () => void): () => void {
  const stops = [onReach(changed), onlineManager.subscribe(changed)];
  return () => stops.forEach((stop) => stop());
}
