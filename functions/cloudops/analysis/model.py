"""The result of classifying one alert."""

import msgspec

from cloudops.alerts.alert import Severity
from cloudops.core.taxonomy import Action, Symptom


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """An action that the rules propose for one alert. `prior` is the probability that it helps, 0 to 1."""

    action: Action
    prior: float
    evidence: tuple[str, ...] = ()


class Analysis(msgspec.Struct, frozen=True, gc=False):
    """The classification of one alert by itself. `proposals` has the best first and is never empty.

    `component` is the kind of resource that alarms, `traits` are further properties, in words of the rule
    files. `normal` says by which rule the alert reports normal operation, or is ""."""

    symptom: Symptom
    severity: Severity
    title: str
    proposals: tuple[Proposal, ...]
    evidence: tuple[str, ...] = ()
    component: str = ""
    normal: str = ""
    traits: tuple[str, ...] = ()
