/** Whether the connection is lost: the API did not answer the last thing that it was asked. */
import { useSyncExternalStore } from "react";
import { isReached, onReach } from "../api/reachability";

export function useConnection(): boolean {
  return useSyncExternalStore(onReach, () => !isReached());
}
