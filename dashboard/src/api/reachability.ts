/** Whether the API answered the last thing that it was asked. */

let reached = true;
const listeners = new Set<() => void>();

export function isReached(): boolean {
  return reached;
}

export function noteReached(now: boolean): void {
  if (now === reached) return;
  reached = now;
  for (const listener of listeners) listener();
}

export function onReach(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
