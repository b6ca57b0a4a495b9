import { expect, test } from "vitest";
import { effectTexts } from "../messages/executions";
import { EXECUTION_INDICATORS } from "./executionIndicators";

test("succeeded is the only status that is shown as a success", () => {
  const successes = Object.entries(EXECUTION_INDICATORS).filter(([, indicator]) => indicator === "success");
  expect(successes.map(([status]) => status)).toEqual(["succeeded"]);
});

test.each(["inconclusive", "superseded"] as const)("%s is shown as a warning", (status) => {
  expect(EXECUTION_INDICATORS[status]).toBe("warning");
});

test("each effect has its own text", () => {
  expect(new Set(Object.values(effectTexts)).size).toBe(Object.keys(effectTexts).length);
});
