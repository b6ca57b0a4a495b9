/** Results of a person's own actions, shown at the top of the page until they are dismissed. */
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useSyncExternalStore } from "react";

type Notification = FlashbarProps.MessageDefinition;

let notifications: Notification[] = [];
let count = 0;
const listeners = new Set<() => void>();

export function notify(type: "success" | "error" | "info", content: string): void {
  count += 1;
  const id = `notification-${count}`;
  const onDismiss = () => set(notifications.filter((shown) => shown.id !== id));
  set([...notifications, { type, content, id, dismissible: true, onDismiss }]);
}

export function notifyError(error: unknown): void {
  notify("error", error instanceof Error ? error.message : String(error));
}

export function useNotifications(): Notification[] {
  return useSyncExternalStore(subscribe, () => notifications);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(changed: Notification[]): void {
  notifications = changed;
  for (const listener of listeners) listener();
}
