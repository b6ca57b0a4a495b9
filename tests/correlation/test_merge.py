"""What an incident takes over from one that merges into it, and what a firing adds to it."""

from msgspec.structs import replace

from cloudops.alerts.alert import Severity
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
    made = IncidentState(IncidentId(name), clock("12:00"), clock("00:00"))
    for item in items:
        add_firing(made, prepare(item))
    return made


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


def test_a_service_of_both_has_the_words_of_the_more_specific_alert() -> None:
    vague, exact = fires("cart", LATENCY, "10:00"), fires("cart", OOM, "10:05")
    for first, second in ((vague, exact), (exact, vague)):
        survivor, other = incident("a", first), incident("b", second)
        merge(survivor, other)
        cart = survivor.services["cart"]
        assert (cart.symptom, cart.title) == (OOM, exact.analysis.title)
        assert (cart.first_at, cart.last_at, cart.firing) == (clock("10:00"), clock("10:05"), 2)
        assert len(cart.signs) == 2


def test_a_service_of_both_keeps_the_gravest_severity_and_the_latest_clearing() -> None:
    survivor = incident("a", fires("cart", CPU, "10:00", severity=Severity.LOW))
    other = incident("b", fires("cart", CPU, "10:03", severity=Severity.CRITICAL, name="two"))
    other.services["cart"].cleared_at = clock("10:07")
    merge(survivor, other)
    cart = survivor.services["cart"]
    assert (cart.severity, cart.cleared_at) == (Severity.CRITICAL.rank, clock("10:07"))
    ((first, last),) = cart.signs.values()
    assert (first, last) == (clock("10:00"), clock("10:03"))


def test_a_resource_of_both_has_its_latest_time() -> None:
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


def test_a_firing_that_was_known_to_fire_keeps_its_beginning() -> None:
    held = incident("a", fires("cart", OOM, "10:00"))
    add_firing(held, prepare(fires("cart", OOM, "10:20")))
    (known,) = held.alerts.values()
    assert (known.started_at, known.changed_at) == (clock("10:00"), clock("10:20"))
    assert (held.firing, held.firings, held.events) == (1, 2, 2)


def test_a_firing_reopens_what_was_over_and_what_a_person_closed() -> None:
    held = incident("a", fires("cart", OOM, "10:00"))
    resolve_all(held, clock("10:05"))
    held.closed_by_operator = True
    add_firing(held, prepare(fires("cart", CPU, "10:10")))
    assert (held.cleared_at, held.returns, held.closed_by_operator) == (None, 1, False)


def test_a_refired_alert_counts_again_and_has_its_new_episode() -> None:
    held = incident("a", fires("cart", OOM, "10:00", episode="1"))
    again = fires("cart", OOM, "10:10", episode="2", muted="night").alert
    refire(held, held.alerts[again.fingerprint], again)
    known = held.alerts[again.fingerprint]
    assert (known.episode, known.started_at, known.changed_at) == ("2", clock("10:10"), clock("10:10"))
    assert (held.firing, held.firings, held.events, held.muted) == (1, 2, 2, 1)
    assert held.active_at == clock("10:10")


def test_the_last_clearing_by_time_is_when_the_incident_was_over() -> None:
    held = incident("a", fires("cart", OOM, "10:00"), fires("cart", CPU, "10:00"))
    late, early = clears("cart", OOM, "10:09").alert, clears("cart", CPU, "10:04").alert
    resolve_alert(held, held.alerts[late.fingerprint], late)
    assert (held.cleared_at, held.firing, held.services["cart"].firing) == (None, 1, 1)
    resolve_alert(held, held.alerts[early.fingerprint], early)
    assert (held.cleared_at, held.events, held.active_at) == (clock("10:09"), 4, clock("10:09"))
    assert held.services["cart"].cleared_at == clock("10:09")


def test_an_alert_that_had_cleared_clears_no_second_time() -> None:
    held = incident("a", fires("cart", OOM, "10:00"))
    alert = clears("cart", OOM, "10:05").alert
    resolve_alert(held, held.alerts[alert.fingerprint], alert)
    later = replace(alert, occurred_at=clock("10:06"))
    resolve_alert(held, held.alerts[alert.fingerprint], later)
    assert (held.firing, held.events, held.cleared_at) == (0, 2, clock("10:05"))


def test_a_person_who_resolves_clears_all_that_fires_and_nothing_earlier() -> None:
    held = incident("a", fires("cart", OOM, "10:00"), fires("web", LATENCY, "10:30"))
    resolve_all(held, clock("10:10"))
    assert sorted(one.changed_at for one in held.alerts.values()) == [clock("10:10"), clock("10:30")]
    assert not any(one.firing for one in held.alerts.values())
    assert (held.firing, held.cleared_at) == (0, clock("10:10"))
    assert {one.firing for one in held.services.values()} == {0}


def test_a_forgotten_alert_fires_no_more_and_an_unknown_one_changes_nothing() -> None:
    held = incident("a", fires("cart", OOM, "10:00"), fires("cart", CPU, "10:00"))
    forget_alert(held, "unknown")
    assert (held.firing, held.services["cart"].firing) == (2, 2)
    forget_alert(held, fires("cart", OOM, "10:00").alert.fingerprint)
    assert (held.firing, held.services["cart"].firing, len(held.alerts)) == (1, 1, 1)
