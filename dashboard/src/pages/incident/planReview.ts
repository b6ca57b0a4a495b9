import type { PlanReview } from "../../api/types";

/** Whether nothing but change freezes blocks the plan, so that an admin may lift them and approve it. */
export function isBlockedByFreezeOnly({ freezes, guardrails }: Pick<PlanReview, "freezes" | "guardrails">): boolean {
  const blocking = guardrails.filter(({ ruling }) => ruling === "deny");
  return freezes.length > 0 && blocking.every(({ guardrail }) => guardrail === "change_freeze");
}
