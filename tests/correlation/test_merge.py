"""Merges and state transitions of an incident."""

from msgspec.structs import replace

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.correlator import ClassifiedAlert
from cloudops.correlation.incoming_alert import prepare
from cloudops.correlation.state import IncidentState
from cloudops.correlation.transitions import (
    MAX_RESOURCES,
    MAX_SERVICES,
    add_firing,
    forget_alert,
    merge,
    refire,
    resolve_alert,
    resolve_all,
)
from tests.correlation.scenarios import clears, clock, fires

OOM, CPU, LATENCY = Symptom.OOM, Symptom.SATURATION_CPU, Symptom.LATENCY


def incident(name: str, *items: ClassifiedAlert) -> IncidentState:
    state = IncidentState(IncidentId(name), clock("12:00"), clock("00:00"))
    for item in items:
        add_firing(state, prepare(item, Topology()))
    return state


def test_a_merge_adds_counts_and_spans_both_times() -> None:
    survivor = incident("a", fires("cart", OOM, "10:05"))
    other = incident("b", fires("web", LATENCY, "10:00"), fires("web", OOM, "10:09", muted="night"))
    other.returns, other.merged_from, other.window = 2, [IncidentId("c")], "maintenance:x"

    merge(survivor, other)

    assert (survivor.firing, survivor.firings, survivor.events) == (3, 3, 3)
    assert (survivor.muted, survivor.returns) == (1, 2)
    assert (survivor.opened_at, survivor.active_at) == (clock("10:00"), clock("10:09"))
    assert (survivor.merged_from, survivor.window) == (["c"], "maintenance:x")
    assert len(survivor.alerts) == 3
    assert {name: one.firing for name, one in survivor.services.items()} == {"cart": 1, "web": 2}


def test_a_merged_service_has_the_title_of_the_more_specific_alert() -> None:
    vague, exact = fires("cart", LATENCY, "10:00"), fires("cart", OOM, "10:05")
    for first, second in ((vague, exact), (exact, vague)):
        survivor, other = incident("a", first), incident("b", second)
        merge(survivor, other)
        cart = survivor.services["cart"]
        assert (cart.symptom, cart.title) == (OOM, exact.analysis.title)
        assert (cart.first_at, cart.last_at, cart.firing) == (clock("10:00"), clock("10:05"), 2)
        assert len(cart.signals) == 2


def test_a_service_of_both_keeps_the_gravest_severity_and_the_latest_clearing() -> None:
    survivor = incident("a", fires("cart", CPU, "10:00", severity=Severity.LOW))
    other = incident("b", fires("cart", CPU, "10:03", severity=Severity.CRITICAL, name="two"))
    other.services["cart"].cleared_at = clock("10:07")
    merge(survivor, other)
    cart = survivor.services["cart"]
    assert (cart.severity, cart.cleared_at) == (Severity.CRITICAL.rank, clock("10:07"))
    ((first, last),) = cart.signals.values()
    assert (first, last) == (clock("10:00"), clock("10:03"))


def test_a_merged_resource_has_its_latest_time() -> None:
    survivor = incident("a", fires("cart", OOM, "10:05", resources=("pod:1", "pod:2")))
    other = incident("b", fires("web", OOM, "10:09", resources=("pod:1", "pod:3")))
    merge(survivor, other)
    assert survivor.resources == {
        "pod:1": clock("10:09"),
        "pod:2": clock("10:05"),
        "pod:3": clock("10:09"),
    }


def test_services_and_resources_of_an_incident_are_bounded() -> None:
    full = incident("a", *(fires(f"service-{number}", OOM, "10:00") for number in range(MAX_SERVICES + 1)))
    assert len(full.services) == MAX_SERVICES
    assert (full.firing, len(full.alerts)) == (MAX_SERVICES + 1, MAX_SERVICES + 1)
    names = tuple(f"pod:{number}" for number in range(MAX_RESOURCES + 1))
    assert len(incident("b", fires("cart", OOM, "10:00", resources=names)).resources) == MAX_RESOURCES


def test_an_alert_that_already_fires_keeps_its_first_onset() -> None:
    state = incident("a", fires("cart", OOM, "10:00"))
    add_firing(state, prepare(fires("cart", OOM, "10:20"), Topology()))
    (known,) = state.alerts.values()
    assert (known.started_at, known.changed_at) == (clock("10:00"), clock("10:20"))
    assert (state.firing, state.firings, state.events) == (1, 2, 2)


def test_a_firing_reopens_a_resolved_incident_even_if_a_person_resolved_it() -> None:
    state = incident("a", fires("cart", OOM, "10:00"))
    resolve_all(state, clock("10:05"))
    state.closed_by_operator = True
    add_firing(state, prepare(fires("cart", CPU, "10:10"), Topology()))
    assert (state.cleared_at, state.returns, state.closed_by_operator) == (None, 1, False)


def test_a_refired_alert_counts_again_and_has_its_new_episode() -> None:
    state = incident("a", fires("cart", OOM, "10:00", episode="1"))
    again = fires("cart", OOM, "10:10", episode="2", muted="night").alert
    refire(state, state.alerts[again.fingerprint], again)
    known = state.alerts[again.fingerprint]
    assert (known.episode, known.started_at, known.changed_at) == ("2", clock("10:10"), clock("10:10"))
    assert (state.firing, state.firings, state.events, state.muted) == (1, 2, 2, 1)
    assert state.active_at == clock("10:10")


def test_an_incident_resolves_at_the_latest_time_of_its_alerts() -> None:
    state = incident("a", fires("cart", OOM, "10:00"), fires("cart", CPU, "10:00"))
    late, early = clears("cart", OOM, "10:09").alert, clears("cart", CPU, "10:04").alert
    resolve_alert(state, state.alerts[late.fingerprint], late)
    assert (state.cleared_at, state.firing, state.services["cart"].firing) == (None, 1, 1)
    resolve_alert(state, state.alerts[early.fingerprint], early)
    assert (state.cleared_at, state.events, state.active_at) == (clock("10:09"), 4, clock("10:09"))
    assert state.services["cart"].cleared_at == clock("10:09")


def test_a_resolved_alert_does_not_resolve_twice() -> None:
    state = incident("a", fires("cart", OOM, "10:00"))
    alert = clears("cart", OOM, "10:05").alert
    resolve_alert(state, state.alerts[alert.fingerprint], alert)
    later = replace(alert, occurred_at=clock("10:06"))
    resolve_alert(state, state.alerts[alert.fingerprint], later)
    assert (state.firing, state.events, state.cleared_at) == (0, 2, clock("10:05"))


def test_a_person_who_resolves_resolves_all_firing_alerts_and_moves_no_time_back() -> None:
    state = incident("a", fires("cart", OOM, "10:00"), fires("web", LATENCY, "10:30"))
    resolve_all(state, clock("10:10"))
    assert sorted(one.changed_at for one in state.alerts.values()) == [clock("10:10"), clock("10:30")]
    assert not any(one.firing for one in state.alerts.values())
    assert (state.firing, state.cleared_at) == (0, clock("10:10"))
    assert {one.firing for one in state.services.values()} == {0}


def test_a_forgotten_alert_no_longer_fires_and_an_unknown_one_changes_nothing() -> None:
    state = incident("a", fires("cart", OOM, "10:00"), fires("cart", CPU, "10:00"))
    forget_alert(state, "unknown")
    assert (state.firing, state.services["cart"].firing) == (2, 2)
    forget_alert(state, fires("cart", OOM, "10:00").alert.fingerprint)
    assert (state.firing, state.services["cart"].firing, len(state.alerts)) == (1, 1, 1)
