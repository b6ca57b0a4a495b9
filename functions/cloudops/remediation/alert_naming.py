"""Decides whether an alert names the target of a plan itself. Without that, a person approves the plan."""

from collections.abc import Callable, Iterable

from cloudops.alerts.alert import Alert
from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.matching import FROM_CATALOG
from cloudops.incidents.incident import IncidentAlert
from cloudops.remediation.plan import Plan


def is_named_by_alert(alerts: Iterable[IncidentAlert], plan: Plan, canonical: Callable[[str], str]) -> bool:
    """Returns whether a firing alert itself names the service, the account and the environment of the plan.

    What the catalog filled in does not count: it says where the service runs, not where it fails.

    Args:
        alerts: The alerts of the incident, in their latest state.
        plan: The plan.
        canonical: Returns the canonical name of a service.
    """
    return any(one.alert.is_firing and _names(one.alert, plan, canonical) for one in alerts)


def _names(alert: Alert, plan: Plan, canonical: Callable[[str], str]) -> bool:
    environment = canonical_environment(plan.target.environment)
    return (
        alert.service_reason != FROM_CATALOG
        and canonical(alert.service) == plan.service
        and alert.account_reason != FROM_CATALOG
        and alert.account == plan.target.account != ""
        and alert.environment_reason != FROM_CATALOG
        and canonical_environment(alert.environment) == environment != ""
    )
