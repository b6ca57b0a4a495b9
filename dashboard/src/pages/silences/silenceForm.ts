/** The form of a new silence, and the request that it becomes. */
import type { Matcher, SilenceBody } from "../../api/types";

/** Fields of an alert that a matcher can name; labels are written label.NAME. */
export const FIELDS = ["service", "environment", "source", "title", "severity", "region", "account", "metric", "namespace", "fingerprint"];
export const OPERATORS = ["=", "!=", "=~", "!~"] as const;
export const DURATIONS_SECONDS = [1_800, 7_200, 28_800, 86_400, 604_800];

export interface SilenceForm {
  kind: "silence" | "maintenance";
  matchers: readonly Matcher[];
  durationSeconds: number;
  comment: string;
}

export const EMPTY_MATCHER: Matcher = { field: "", operator: "=", value: "" };
export const EMPTY_FORM: SilenceForm = {
  kind: "silence",
  matchers: [{ ...EMPTY_MATCHER, field: "service" }],
  durationSeconds: 7_200,
  comment: "",
};

export function isOperator(value: unknown): value is Matcher["operator"] {
  return OPERATORS.some((operator) => operator === value);
}

/** Whether every field is filled in. The API checks the values. */
export function isComplete({ matchers, comment }: SilenceForm): boolean {
  return comment.trim() !== "" && matchers.length > 0 && matchers.every(({ field, value }) => field.trim() && value.trim());
}

export function toBody({ kind, matchers, durationSeconds, comment }: SilenceForm): SilenceBody {
  return {
    kind,
    matchers: matchers.map(({ field, operator, value }) => ({ field: field.trim(), operator, value: value.trim() })),
    durationSeconds,
    comment: comment.trim(),
  };
}
