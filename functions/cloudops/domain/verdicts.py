"""What guardrails answer: a verdict each, with its reason, and what all of them together come to."""

from enum import StrEnum

import msgspec


class Guard(StrEnum):
    KILL_SWITCH = "kill_switch"
    ACTION = "action"
    STEP = "step"
    HEALTH = "health"
    COOLDOWN = "cooldown"
    RATE = "rate"
    BUSY = "busy"
    FREEZE = "freeze"
    CONFIDENCE = "confidence"
    ENVIRONMENT = "environment"
    RISK = "risk"


class Ruling(StrEnum):
    ALLOW = "allow"
    NEEDS_APPROVAL = "needs_approval"
    DENY = "deny"


class Verdict(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What one guardrail says. `people` is how many have to approve."""

    guard: Guard
    ruling: Ruling
    reason: str
    people: int = 0


class Judged(msgspec.Struct, frozen=True):
    """All verdicts together: one denial denies, and the most people that one asks for have to approve."""

    verdicts: tuple[Verdict, ...]

    @property
    def denial(self) -> str:
        """Why it may not be done, or ""."""
        return "; ".join(one.reason for one in self.verdicts if one.ruling is Ruling.DENY)

    @property
    def people(self) -> int:
        return max((one.people for one in self.verdicts), default=0)


def allow(guard: Guard, reason: str) -> Verdict:
    return Verdict(guard=guard, ruling=Ruling.ALLOW, reason=reason)


def ask_people(guard: Guard, reason: str, people: int = 1) -> Verdict:
    return Verdict(guard=guard, ruling=Ruling.NEEDS_APPROVAL, reason=reason, people=people)


def deny(guard: Guard, reason: str) -> Verdict:
    return Verdict(guard=guard, ruling=Ruling.DENY, reason=reason)
