/** The timeline of an incident, the changes before it among what happened to it. */
import type { ChangeNote, TimelineEntry } from "../../api/types";

export interface Entry {
  id: string;
  at: string;
  kind: TimelineEntry["kind"] | "change";
  said: string;
  actor: string;
}

/** Newest first; what happened in the same moment stays as it was told. */
export function timelineEntries({ timeline, changes }: { timeline: readonly TimelineEntry[]; changes: readonly ChangeNote[] }): Entry[] {
  const told: Entry[] = timeline.map(({ id, at, kind, text, actor }) => ({ id, at, kind, said: text, actor }));
  const changed: Entry[] = changes.map(({ id, startedAt, service, title, version, actor }) => ({
    id,
    at: startedAt,
    kind: "change",
    said: [service, title, version].filter(Boolean).join(" "),
    actor,
  }));
  return [...told, ...changed].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}
