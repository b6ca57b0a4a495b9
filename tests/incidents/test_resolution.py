"""How an incident is said to have been resolved: only its source's own word counts as resolved by source."""

from cloudops.alerts.alert import AlertStatus
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import MINUTE
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.state import Resolution
from cloudops.incidents.incident import Incident
from cloudops.incidents.lifecycle import reopen, resolve
from cloudops.incidents.record_builder import build_records
from tests.correlation.scenarios import SHOP, Scene, changes, clears, clock, fires
from tests.fakes.people import signed_in

OOM, ERRORS = Symptom.OOM, Symptom.ERROR_RATE


class Story(Scene):
    """A scope with the records of its incidents."""

    def __init__(self) -> None:
        super().__init__(SHOP)
        self.records: dict[str, Incident] = {}
        self.texts: list[str] = []

    def hears(self, *items: ClassifiedAlert) -> None:
        for item in items:
            decided = list(zip([item], self.batch(item), strict=True))
            update = build_records({one.id: one for one in self.records.values()}, self.state, decided, SHOP)
            self.records.update((one.id, one) for one in update.incidents)
            self.texts.extend(one.text for one in update.timeline)

    @property
    def first(self) -> Incident:
        return next(iter(self.records.values()))


def gone(service: str, symptom: Symptom, time: str) -> ClassifiedAlert:
    return changes(service, symptom, time, AlertStatus.GONE)


def test_an_open_incident_has_no_resolution() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00"))
    assert story.first.resolution is None


def test_an_incident_whose_alerts_all_resolved_is_resolved_by_its_source() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00"), clears("cart", OOM, "10:05"))
    assert (story.first.resolution, story.texts[-1]) == (Resolution.BY_SOURCE, "All alerts have resolved")


def test_an_alert_that_no_longer_exists_is_never_taken_for_one_that_resolved() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00"), fires("cart", ERRORS, "10:01"))
    story.hears(gone("cart", OOM, "10:05"), clears("cart", ERRORS, "10:06"))
    assert story.first.resolution is Resolution.GONE

    assert "no longer exist" in story.texts[-1]


def test_an_incident_that_fires_again_is_judged_by_what_ends_it_then() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00"), gone("cart", OOM, "10:05"), fires("cart", OOM, "10:06"))
    assert story.first.resolution is None
    story.hears(clears("cart", OOM, "10:09"))
    assert story.first.resolution is Resolution.BY_SOURCE


def test_an_alert_that_fires_in_another_incident_did_not_resolve_in_the_one_it_left() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00", started_at=clock("10:00")))
    story.hears(fires("cart", OOM, "18:00", started_at=clock("18:00")))
    assert len(story.records) == 2
    assert story.first.resolution is Resolution.MOVED


def test_a_person_who_resolves_is_the_resolution_and_reopening_takes_it_back() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00"))
    state, done, _ = resolve(story.state, story.first, signed_in("Ada"), clock("12:00"))
    assert done.resolution is Resolution.BY_PERSON
    state, back, _ = reopen(state, done, signed_in("Ada"), clock("12:00") + MINUTE)
    assert back.resolution is None
    story.state, story.records = state, {back.id: back}
    story.hears(fires("cart", OOM, "12:02"), clears("cart", OOM, "12:03"))
    assert story.first.resolution is Resolution.BY_SOURCE


def test_what_a_source_resolves_after_a_person_did_stays_resolved_by_the_person() -> None:
    story = Story()
    story.hears(fires("cart", OOM, "10:00"), fires("cart", ERRORS, "10:01"), clears("cart", OOM, "10:02"))
    story.state, done, _ = resolve(story.state, story.first, signed_in("Ada"), clock("10:03"))
    story.records = {done.id: done}
    story.hears(clears("cart", ERRORS, "10:04"))
    assert (story.first.resolution, story.first.resolved_by) == (Resolution.BY_PERSON, "Ada")
