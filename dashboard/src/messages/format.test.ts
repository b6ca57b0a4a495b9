import { expect, test } from "vitest";
import { formatDuration, formatUtc } from "./format";

test.each([
  [-5, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [86_400_000, "1 d"],
  [349_200_000, "4 d 1 h"],
])("%d ms are formatted as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("UTC times are formatted to the second", () => {
  expect(formatUtc("2026-01-31T09:30:00.123Z")).toBe("2026-01-31 09:30:00 UTC");
});
