"""Snapshots of confidence levels: encoding, and equality by mark."""

from cloudops.confidence.observations import Cell, Outcome, Vote, recount
from cloudops.confidence.posterior import aggregate, estimate
from cloudops.confidence.snapshot import ConfidenceSnapshot, learned_of, levels_of
from cloudops.core.taxonomy import Action, Symptom

NOON = 1_763_899_200_000


def cells() -> list[Cell]:
    people = [[Vote(1, NOON + day, 0.6), Vote(-1, NOON, 0.4)] for day in range(9)]
    return [
        Cell(
            symptom=symptom,
            action=action,
            service=service,
            tally=recount(people[:some], [Outcome(True, NOON)]),
        )
        for some, symptom in enumerate((Symptom.OOM, Symptom.LATENCY), start=4)
        for action in (Action.ROLLBACK, Action.NOOP)
        for service in ("web", "cart")
    ]


def test_published_levels_estimate_as_the_cells_do() -> None:
    levels = aggregate(cells())
    again = levels_of(learned_of(levels))

    for symptom in (Symptom.OOM, Symptom.LATENCY, Symptom.DISK):
        for service in ("web", "unknown"):
            request = (symptom, Action.ROLLBACK, service, 0.5)
            assert estimate(again, *request) == estimate(levels, *request)


def test_the_order_of_the_cells_does_not_change_the_mark() -> None:
    assert len(learned_of(aggregate(cells())).cells) == 8
    assert learned_of(aggregate(cells())).mark == learned_of(aggregate(cells())).mark


def test_one_more_vote_changes_the_mark() -> None:
    more = [
        *cells(),
        Cell(symptom=Symptom.DISK, action=Action.NOOP, service="web", tally=recount([[Vote(1, NOON)]])),
    ]
    assert learned_of(aggregate(more)).mark != learned_of(aggregate(cells())).mark


def test_an_empty_snapshot_has_no_cells() -> None:
    assert levels_of(ConfidenceSnapshot()).cells == {}
