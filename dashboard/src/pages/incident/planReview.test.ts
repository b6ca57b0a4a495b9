import { describe, expect, it } from "vitest";
import type { GuardrailDecision } from "../../api/types";
import { isBlockedByFreezeOnly } from "./planReview";

const decision = (guardrail: GuardrailDecision["guardrail"], ruling: GuardrailDecision["ruling"]): GuardrailDecision => ({
  guardrail,
  ruling,
  reason: "because",
  requiredApprovals: 0,
});

const FREEZE = decision("change_freeze", "deny");

describe("isBlockedByFreezeOnly", () => {
  it("is true if change freezes alone deny the plan", () => {
    expect(isBlockedByFreezeOnly({ freezes: ["sale"], guardrails: [FREEZE, decision("environment", "needs_approval")] })).toBe(true);
  });

  it("is false if another guardrail denies it too", () => {
    expect(isBlockedByFreezeOnly({ freezes: ["sale"], guardrails: [FREEZE, decision("kill_switch", "deny")] })).toBe(false);
  });

  it("is false without a change freeze", () => {
    expect(isBlockedByFreezeOnly({ freezes: [], guardrails: [decision("environment", "allow")] })).toBe(false);
  });
});
