"""Recognizes alerts that report normal operation: an autoscaler at work, a heartbeat, a test notification."""

from collections.abc import Sequence
from typing import Final

from cloudops.alerts.alert import Alert
from cloudops.analysis.pattern_set import PatternSet
from cloudops.analysis.rule_files import NormalRule

MAX_READ: Final = 500
"""Characters of title and message that are searched: what marks such an alert stands at the start."""


class NormalOperation:
    """The compiled rules `normal` of the rule files. Immutable."""

    def __init__(self, rules: Sequence[NormalRule]) -> None:
        enabled = [rule for rule in rules if rule.enabled]
        self._names = {
            (source, name): rule for rule in enabled for source in rule.source for name in rule.alertname
        }
        self._titles = _Patterns([(pattern, rule) for rule in enabled for pattern in rule.title])
        self._messages = _Patterns([(pattern, rule) for rule in enabled for pattern in rule.message])

    def reason(self, alert: Alert) -> str:
        """Returns the id of the rule and why the alert reports normal operation, or ""."""
        rule = (
            self._names.get((alert.source, alert.labels.get("alertname", "")))
            or self._titles.match(alert.title[:MAX_READ], alert.source)
            or self._messages.match(alert.message[:MAX_READ], alert.source)
        )
        return f"{rule.id}: {rule.why}" if rule is not None else ""


class _Patterns:
    def __init__(self, owned: Sequence[tuple[str, NormalRule]]) -> None:
        self._rules = [rule for _, rule in owned]
        self._set = PatternSet([pattern for pattern, _ in owned]) if owned else None

    def match(self, text: str, source: str) -> NormalRule | None:
        """Returns the first rule of the source with a pattern that matches the text, or None."""
        if self._set is None or not text:
            return None
        matched = [self._rules[number] for number in sorted(self._set.matches(text))]
        return next((rule for rule in matched if source in rule.source), None)
