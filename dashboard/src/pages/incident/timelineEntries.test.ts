import { expect, test } from "vitest";
import { timelineEntries } from "./timelineEntries";

test("changes are listed among the events, newest first", () => {
  const timeline = [
    { id: "a", at: "2026-01-01T10:00:00Z", kind: "opened", text: "Opened", actor: "" },
    { id: "b", at: "2026-01-01T10:09:00Z", kind: "acknowledged", text: "Acknowledged by ada", actor: "ada" },
  ] as const;
  const change = { id: "c", startedAt: "2026-01-01T09:55:00Z", service: "web", title: "deploy", version: "7", actor: "ci" };
  const entries = timelineEntries({ timeline, changes: [change as never] });
  expect(entries.map(({ id }) => id)).toEqual(["b", "a", "c"]);
  expect(entries[2]).toMatchObject({ kind: "change", text: "web deploy 7", actor: "ci" });
});
