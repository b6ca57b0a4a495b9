import { expect, test } from "vitest";
import { type Draft, EMPTY, isComplete, isOperator, toBody } from "./silenceForm";

const written: Draft = {
  kind: "maintenance",
  matchers: [{ field: " service ", operator: "=~", value: "check.* " }],
  seconds: 7_200,
  comment: " moving the database ",
};

test("a silence is sent without the blanks around what was typed", () => {
  expect(toBody(written)).toEqual({
    kind: "maintenance",
    matchers: [{ field: "service", operator: "=~", value: "check.*" }],
    durationSeconds: 7_200,
    comment: "moving the database",
  });
});

test("a silence that was not filled in cannot be sent", () => {
  expect(isComplete(EMPTY)).toBe(false);
  expect(isComplete({ ...written, comment: "  " })).toBe(false);
  expect(isComplete({ ...written, matchers: [] })).toBe(false);
  expect(isComplete({ ...written, matchers: [{ field: "service", operator: "=", value: " " }] })).toBe(false);
  expect(isComplete(written)).toBe(true);
});

test("only the API's four operators are operators", () => {
  expect(["=", "!=", "=~", "!~", "==", "", undefined].filter(isOperator)).toEqual(["=", "!=", "=~", "!~"]);
});
