"""Snapshots of confidence levels: encoding, and equality by mark."""

from msgspec.structs import replace

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


def in_environments() -> list[Cell]:
    return [replace(one, environment=environment) for environment in ("prod", "dev") for one in cells()]


def test_published_levels_estimate_each_environment_as_its_cells_do() -> None:
    levels = aggregate(in_environments())
    again = levels_of(learned_of(levels))
    request = (Symptom.OOM, Action.ROLLBACK, "web", 0.5)
    assert sorted(again.environments) == ["dev", "prod"]
    for environment in again.environments:
        own, earlier = again.environments[environment], levels.environments[environment]
        assert estimate(own, *request) == estimate(earlier, *request)
        assert own.strengths == earlier.strengths


def test_an_environment_is_estimated_from_its_own_cells_alone() -> None:
    votes = recount([[Vote(-1, NOON)] for _ in range(50)])
    elsewhere = Cell(
        symptom=Symptom.OOM, action=Action.ROLLBACK, service="web", environment="dev", tally=votes
    )
    prod = [replace(one, environment="prod") for one in cells()]
    alone, beside = aggregate(prod), aggregate([*prod, elsewhere])
    request = (Symptom.OOM, Action.ROLLBACK, "web", 0.5)
    assert estimate(beside.environments["prod"], *request) == estimate(alone.environments["prod"], *request)
    assert estimate(beside, *request).mean < estimate(alone, *request).mean


def test_people_see_the_evidence_of_all_environments_together() -> None:
    one, two = aggregate(cells()), aggregate(in_environments())
    request = (Symptom.OOM, Action.ROLLBACK, "web", 0.5)
    assert estimate(two, *request).votes == 2 * estimate(one, *request).votes
    assert set(two.cells) == set(one.cells)


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
