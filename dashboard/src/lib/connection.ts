/** Whether the connection is lost: the API did not answer the last thing that it was asked. */
import { useSyncExternalStore } from "react";
import { isReachable, subscribeToReachability } from "../api/reachability";

export function useConnection(): boolean {
  return useSyncExternalStore(subscribeToReachability, () => !isReachable());
}
