/** Whether the API answered the last thing that it was asked. */

let reached = true;
const listeners = new Set<() => void>();

export function isReachable(): boolean {
  return reached;
}

export function setReachable(now: boolean): void {
  if (now === reached) return;
  reached = now;
  for (const listener of listeners) listener();
}

export function subscribeToReachability(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
