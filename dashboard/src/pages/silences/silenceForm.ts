/** A silence as it is being written, and what of it goes to the API. */
import type { components } from "../../api/schema";

export type Body = components["schemas"]["SilenceBody"];
export type Matcher = Required<components["schemas"]["MatcherBody"]>;

/** Fields of an alert that a condition may look at; labels are written label.NAME. */
export const FIELDS = ["service", "environment", "source", "title", "severity", "region", "account", "metric", "namespace", "fingerprint"];
export const OPERATORS = ["=", "!=", "=~", "!~"] as const;
/** Seconds. */
export const DURATIONS = [1_800, 7_200, 28_800, 86_400, 604_800];

export const NO_MATCHER: Matcher = { field: "", operator: "=", value: "" };

export interface Draft {
  kind: "silence" | "maintenance";
  matchers: readonly Matcher[];
  seconds: number;
  comment: string;
}

export const EMPTY: Draft = { kind: "silence", matchers: [{ ...NO_MATCHER, field: "service" }], seconds: 7_200, comment: "" };

export function isOperator(value: unknown): value is Matcher["operator"] {
  return OPERATORS.some((one) => one === value);
}

/** Whether there is enough to send; whether it makes sense the API decides. */
export function isComplete({ matchers, comment }: Draft): boolean {
  return comment.trim() !== "" && matchers.length > 0 && matchers.every(({ field, value }) => field.trim() && value.trim());
}

export function toBody({ kind, matchers, seconds, comment }: Draft): Body {
  return {
    kind,
    matchers: matchers.map(({ field, operator, value }) => ({ field: field.trim(), operator, value: value.trim() })),
    durationSeconds: seconds,
    comment: comment.trim(),
  };
}
