"""What the rules make of an alert."""

import msgspec

from cloudops.alerts.alert import Severity
from cloudops.core.taxonomy import Action, Symptom


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """One action that the rules propose for one alert: `prior` is the chance that it helps, 0 to 1."""

    action: Action
    prior: float
    evidence: tuple[str, ...] = ()


class Analysis(msgspec.Struct, frozen=True, gc=False):
    """What the rules make of one alert, alone: best proposal first, never empty. `component` is the kind
    of thing that alarms and `traits` what else the rules saw in it, in the rule files' words."""

    symptom: Symptom
    severity: Severity
    title: str
    proposals: tuple[Proposal, ...]
    evidence: tuple[str, ...] = ()
    component: str = ""
    traits: tuple[str, ...] = ()
