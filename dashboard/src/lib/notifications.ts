/** What a person's own actions came to, told at the top of the page until it is dismissed. */
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useSyncExternalStore } from "react";

let items: FlashbarProps.MessageDefinition[] = [];
let count = 0;
const listeners = new Set<() => void>();

export function notify(type: "success" | "error" | "info", content: string): void {
  count += 1;
  const id = `news-${count}`;
  put([...items, { type, content, id, dismissible: true, onDismiss: () => put(items.filter((one) => one.id !== id)) }]);
}

export function notifyError(error: unknown): void {
  notify("error", error instanceof Error ? error.message : String(error));
}

export function useNotifications(): FlashbarProps.MessageDefinition[] {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => items,
  );
}

function put(after: FlashbarProps.MessageDefinition[]): void {
  items = after;
  for (const listener of listeners) listener();
}
