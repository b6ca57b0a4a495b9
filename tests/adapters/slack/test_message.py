"""An incident's message shows what people need, stays within Slack's limits, and lets no text be more."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.adapters.slack.message import message
from cloudops.core.taxonomy import Action
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.notifications.card import incident_card
from tests.fakes.incident_factory import an_incident, incident_named
from tests.pictures.scenarios import HOSTILE, grave, hostile, over, suggested

DASHBOARD = "https://cloudops.example.com"


def shown(incident: Incident, *mentions: str) -> dict[str, Any]:
    return message(incident_card(incident), DASHBOARD, mentions)


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Every object inside, whatever its depth."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from parts(one)


def words(sent: dict[str, Any]) -> str:
    """All that a person reads, without the buttons."""
    texts = (one["text"] for one in parts(sent["blocks"]) if one.get("type") in ("text", "plain_text"))
    return " ".join(one for one in texts if isinstance(one, str))


def buttons(sent: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["action_id"], one.get("value", "")) for one in parts(sent["blocks"]) if "action_id" in one]


def test_a_grave_incident_tells_what_it_is_why_and_what_may_help() -> None:
    told = words(shown(grave()))
    for expected in (
        "CRITICAL  checkout answers 5xx, and payments waits for it",
        "12 alerts, 9 still firing, 1 muted",
        "Open: nobody is on it yet",
        "82%",
        "deployed version 2.14.0 6 minutes before the first alert",
        "71% likely to help (10th percentile 48%)  ·  12 votes and 3 outcomes",
        "10 of 12 helped for error rate on checkout; deployed 6 minutes before",
    ):
        assert expected in told


def test_its_age_is_told_by_the_readers_own_clock() -> None:
    dates = [one["format"] for one in parts(shown(grave())["blocks"]) if one.get("type") == "date"]
    assert dates == ["{ago}", "{date_short_pretty} {time}"]


def test_everything_can_be_done_from_an_open_incident() -> None:
    mine = incident_named("checkout")
    assert buttons(shown(grave())) == [
        ("approve", f"{mine}.rollback"),
        ("reject", f"{mine}.rollback"),
        ("helpful", f"{mine}.rollback"),
        ("unhelpful", f"{mine}.rollback"),
        ("approve", f"{mine}.restart_pods"),
        ("reject", f"{mine}.restart_pods"),
        ("helpful", f"{mine}.restart_pods"),
        ("unhelpful", f"{mine}.restart_pods"),
        ("acknowledge", mine),
        ("resolve", mine),
        ("silence", ""),
        ("dashboard", ""),
        ("source", ""),
    ]


def test_what_is_over_takes_votes_and_nothing_else() -> None:
    sent = shown(over())
    assert {action for action, _ in buttons(sent)} == {"helpful", "unhelpful", "dashboard", "source"}
    assert "Resolved by jane" in words(sent)


def test_what_was_absorbed_points_to_where_it_went() -> None:
    merged = grave(status=IncidentStatus.MERGED, merged_into=incident_named("payments"))
    sent = shown(merged)
    assert f"Part of {incident_named('payments')}" in words(sent)
    assert {action for action, _ in buttons(sent)} == {"dashboard", "source"}


def test_doing_nothing_needs_no_approval() -> None:
    calm = grave(suggestions=(suggested("checkout", Action.NOOP, 0.6),))
    assert "approve" not in dict(buttons(shown(calm)))


def test_words_of_an_alert_stay_words() -> None:
    sent = shown(hostile())
    kinds = {one["type"] for one in parts(sent["blocks"]) if "type" in one}
    assert kinds.isdisjoint({"mrkdwn", "link", "broadcast", "user", "usergroup", "channel", "emoji", "image"})
    assert buttons(sent) == buttons(shown(grave(suggestions=grave().suggestions[:1], url="")))
    assert sent["blocks"][0]["text"]["emoji"] is False
    assert "<" not in sent["text"]
    assert "&lt;!channel&gt;" in sent["text"]


def test_what_nobody_sees_is_left_out() -> None:
    assert "\u202e" in HOSTILE
    assert "\u202e" not in json.dumps(shown(hostile()), ensure_ascii=False)


def test_a_link_that_is_none_is_left_out() -> None:
    assert "javascript" not in json.dumps(shown(hostile()))


def test_mentions_come_from_the_routing_alone() -> None:
    called = list(parts(shown(grave(), "@here", "S012AB", "U34CD")["blocks"]))
    assert {"type": "broadcast", "range": "here"} in called
    assert {"type": "usergroup", "usergroup_id": "S012AB"} in called
    assert {"type": "user", "user_id": "U34CD"} in called


@pytest.mark.parametrize("filler", ["x", "&", "\N{PILE OF POO}", "\n", '"'])
def test_the_longest_words_stay_within_what_slack_takes(filler: str) -> None:
    long = filler * 5_000
    incident = grave(
        title=long,
        services=(long,),
        scope=grave().scope.__class__(long, long, long),
        causes=tuple(grave().causes[0].__class__(long, 0.1, (long,) * 9) for _ in range(9)),
        suggestions=tuple(suggested("checkout", one, 0.5, service=long, rationale=long) for one in Action),
        acknowledged_by=long,
        status=IncidentStatus.ACKNOWLEDGED,
        url="https://example.com/" + "x" * 5_000,
    )
    sent = message(incident_card(incident, progress=long), DASHBOARD, ("@here",))
    assert len(sent["blocks"]) <= 50
    assert len(sent["blocks"][0]["text"]["text"]) <= 150
    assert len(sent["text"]) <= 3_000
    assert len(json.dumps(sent["blocks"], ensure_ascii=False)) <= 12_000


def test_an_incident_that_tells_nothing_is_shown_all_the_same() -> None:
    bare = an_incident("x", title="", services=(), suggestions=(), scope=grave().scope.__class__())
    assert "unknown service" in words(shown(bare))
