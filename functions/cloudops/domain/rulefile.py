"""What a rule file may say: rules (wording and what it tells), decisions, and tables of known names."""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from cloudops.domain.alert import Severity
from cloudops.domain.suggestion import Action, Symptom

Field: TypeAlias = Literal["title", "metric", "query", "lead", "message", "queue"]
"""Where wording is looked for: the message's first sentence is its `lead`, the rest its `message`; `queue`
is the queue's name."""
FIELDS: Final[tuple[Field, ...]] = ("title", "metric", "query", "lead", "message")
"""Those that a rule is looked for in when it does not say where."""

Chance: TypeAlias = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Strength: TypeAlias = Annotated[float, msgspec.Meta(gt=0.0, le=100.0)]
Patterns: TypeAlias = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"fields": "in"}):
    """Wording, and what it tells: of the symptom, the component that is alarming, and other traits.

    `when` is the direction in which the worded quantity means trouble; met in the other direction the
    rule tells that the thing is idle. `unless` names rules that, found in the same field, are a
    better reading of the same words. `strength` multiplies the field's weight.
    """

    id: str
    why: str
    match: Patterns
    fields: tuple[Field, ...] = FIELDS
    symptom: Symptom | None = None
    component: str = ""
    traits: tuple[str, ...] = ()
    when: Literal["", "high", "low"] = ""
    unless: tuple[str, ...] = ()
    strength: Strength = 1.0


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which actions to propose for an alert that meets every condition given; no condition meets all.

    `traits` must all be there, `without` none. `propose` gives each action's chance to help, 0 to 1.
    """

    id: str
    why: str
    propose: dict[Action, Chance]
    symptom: tuple[Symptom, ...] = ()
    component: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class Reasons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an action that is not a decision's first may be right all the same: of `any` symptom, or of one."""

    any: str = ""
    symptom: dict[Symptom, str] = {}


class SeverityTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Severity of a symptom where the source gives none, and the steps that an environment adds."""

    symptom: dict[Symptom, Severity] = {}
    environment: dict[str, int] = {}


class RuleFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file, or several merged.

    The tables `cloudwatch` (namespace, then metric), `metric`, `alertname`, `kind` and `label` (a key) give
    known names a meaning such as "disk on node when low". `technology` and `family` (first words of
    metrics) and `job` (Prometheus jobs) list names by the component that they are."""

    rule: tuple[Rule, ...] = ()
    decision: tuple[Decision, ...] = ()
    cloudwatch: dict[str, dict[str, str]] = {}
    metric: dict[str, str] = {}
    alertname: dict[str, str] = {}
    technology: dict[str, tuple[str, ...]] = {}
    family: dict[str, tuple[str, ...]] = {}
    job: dict[str, tuple[str, ...]] = {}
    label: dict[str, str] = {}
    kind: dict[str, str] = {}
    severity: SeverityTable = SeverityTable()
    reason: dict[Action, Reasons] = {}
