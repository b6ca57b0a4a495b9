"""Rule files laid over one another: a later one adds entries and overrides those of the same id or name."""

from collections.abc import Iterable, Mapping

from cloudops.domain.errors import BadInput
from cloudops.domain.rulefile import Reasons, RuleFile, SeverityTable


def merge(base: RuleFile, later: RuleFile) -> RuleFile:
    """New decisions of the later file are tried before the base's; overridden ones keep their place."""
    known = {decision.id for decision in base.decision}
    overridden = {decision.id: decision for decision in later.decision}
    added = tuple(decision for decision in later.decision if decision.id not in known)
    rules = {rule.id: rule for rule in (*base.rule, *later.rule)}
    cloudwatch = {namespace: dict(table) for namespace, table in base.cloudwatch.items()}
    for namespace, table in later.cloudwatch.items():
        cloudwatch.setdefault(namespace, {}).update(table)
    return RuleFile(
        rule=tuple(rules.values()),
        decision=added + tuple(overridden.get(decision.id, decision) for decision in base.decision),
        cloudwatch=cloudwatch,
        metric=base.metric | later.metric,
        alertname=base.alertname | later.alertname,
        technology=_joined(base.technology, later.technology),
        family=_joined(base.family, later.family),
        job=_joined(base.job, later.job),
        label=base.label | later.label,
        kind=base.kind | later.kind,
        severity=SeverityTable(
            symptom=base.severity.symptom | later.severity.symptom,
            environment=base.severity.environment | later.severity.environment,
        ),
        reason=base.reason
        | {
            action: _reasoned(base.reason.get(action, Reasons()), told)
            for action, told in later.reason.items()
        },
    )


def check_references(merged: RuleFile, components: Iterable[str], traits: Iterable[str]) -> None:
    """BadInput where a rule or decision asks for something that nothing tells, which is mostly a slip."""
    told = {
        "unless": {rule.id for rule in merged.rule},
        "component": set(components),
        "traits": set(traits),
        "without": set(traits),
    }
    for rule in merged.rule:
        _check(f"rule {rule.id!r}", "unless", rule.unless, told)
    for decision in merged.decision:
        for field, asked in (
            ("component", decision.component),
            ("traits", decision.traits),
            ("without", decision.without),
        ):
            _check(f"decision {decision.id!r}", field, asked, told)


def _check(entry: str, field: str, asked: Iterable[str], told: Mapping[str, set[str]]) -> None:
    for name in asked:
        if name not in told[field]:
            raise BadInput(f"rules: {entry}: {field}: nothing tells {name!r}", field=field)


def _reasoned(base: Reasons, later: Reasons) -> Reasons:
    return Reasons(any=later.any or base.any, symptom=base.symptom | later.symptom)


def _joined(
    base: Mapping[str, tuple[str, ...]], later: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """A name that the later file gives to another component leaves the one it had."""
    moved = {name for names in later.values() for name in names}
    kept = {component: tuple(n for n in names if n not in moved) for component, names in base.items()}
    return {component: kept.get(component, ()) + later.get(component, ()) for component in (*kept, *later)}
