import { countOf } from "./common";

export const quarantineMessages = {
  title: "Quarantine",
  description: "Payloads that could not be parsed. Replay a payload after you fix the cause.",
  empty: { title: "No payloads in quarantine", body: "All payloads were parsed." },
  loadMore: "Load older payloads",
  showPayload: "Show payload",
  replay: "Replay payload",
  replayOf: (id: string) => `Replay payload ${id}`,
  replayed: (alerts: number) => `Payload replayed: ${countOf(alerts, "alert")} accepted.`,
  discard: "Discard payload",
  discardOf: (id: string) => `Discard payload ${id}`,
  discardTitle: "Discard payload?",
  discardBody: "The payload is deleted and cannot be replayed. The audit trail records who discarded it.",
  columns: { received: "Received", source: "Source", reason: "Reason", expires: "Expires", buttons: "Actions" },
} as const;
