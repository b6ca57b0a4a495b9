import type { RelatedChange, TimelineEntry } from "../../api/types";

export interface Entry {
  id: string;
  at: string;
  kind: TimelineEntry["kind"] | "change";
  text: string;
  actor: string;
}

interface History {
  timeline: readonly TimelineEntry[];
  changes: readonly RelatedChange[];
}

/** Merges an incident's timeline with its suspect changes, newest first. Entries of one moment keep their order. */
export function timelineEntries({ timeline, changes }: History): Entry[] {
  const events: Entry[] = timeline.map(({ id, at, kind, text, actor }) => ({ id, at, kind, text, actor }));
  const changeEntries: Entry[] = changes.map(({ id, startedAt, service, title, version, actor }) => ({
    id,
    at: startedAt,
    kind: "change",
    text: [service, title, version].filter(Boolean).join(" "),
    actor,
  }));
  return [...events, ...changeEntries].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}
