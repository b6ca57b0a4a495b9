"""A plan as people decide on it, with what the guardrails and the owner's policy say of it."""

import msgspec

from cloudops.domain.autonomy import Level
from cloudops.domain.remediation import Plan
from cloudops.domain.verdicts import Verdict


class Proposed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A plan as people decide on it. `people` have to approve; `denial` is why it may not be done at all, or
    empty; `autonomy` is how far the agent may go by itself."""

    plan: Plan
    plan_hash: str
    verdicts: tuple[Verdict, ...]
    people: int
    denial: str
    autonomy: Level


class Failure(msgspec.Struct, frozen=True):
    """An error of ours on its way between functions."""

    code: str
    message: str
    field: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """The plan, or why there is none."""

    proposed: Proposed | None = None
    failure: Failure | None = None
