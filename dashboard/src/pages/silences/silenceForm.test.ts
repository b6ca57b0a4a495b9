import { expect, test } from "vitest";
import { EMPTY_FORM, isComplete, isOperator, type SilenceForm, toBody } from "./silenceForm";

const complete: SilenceForm = {
  kind: "maintenance",
  matchers: [{ field: " service ", operator: "=~", value: "check.* " }],
  durationSeconds: 7_200,
  comment: " moving the database ",
};

test("a silence is sent without surrounding spaces", () => {
  expect(toBody(complete)).toEqual({
    kind: "maintenance",
    matchers: [{ field: "service", operator: "=~", value: "check.*" }],
    durationSeconds: 7_200,
    comment: "moving the database",
  });
});

test("an incomplete silence cannot be sent", () => {
  expect(isComplete(EMPTY_FORM)).toBe(false);
  expect(isComplete({ ...complete, comment: "  " })).toBe(false);
  expect(isComplete({ ...complete, matchers: [] })).toBe(false);
  expect(isComplete({ ...complete, matchers: [{ field: "service", operator: "=", value: " " }] })).toBe(false);
  expect(isComplete(complete)).toBe(true);
});

test("the operators are those of the API", () => {
  expect(["=", "!=", "=~", "!~", "==", "", undefined].filter(isOperator)).toEqual(["=", "!=", "=~", "!~"]);
});
