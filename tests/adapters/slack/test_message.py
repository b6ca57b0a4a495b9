"""An incident's message shows its state, stays within Slack's limits, and treats alert text as text."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.adapters.slack.message import message
from cloudops.core.taxonomy import Action
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.notifications.card import incident_card
from tests.fakes.incident_factory import an_incident, incident_named
from tests.pictures.scenarios import HOSTILE, critical, hostile, resolved, suggested

DASHBOARD = "https://cloudops.example.com"


def shown(incident: Incident, *mentions: str) -> dict[str, Any]:
    return message(incident_card(incident), DASHBOARD, mentions)


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Yields every object, at any depth."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from parts(one)


def text_of(sent: dict[str, Any]) -> str:
    """Returns all text without the buttons."""
    texts = (one["text"] for one in parts(sent["blocks"]) if one.get("type") in ("text", "plain_text"))
    return " ".join(one for one in texts if isinstance(one, str))


def buttons(sent: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["action_id"], one.get("value", "")) for one in parts(sent["blocks"]) if "action_id" in one]


def test_the_message_shows_state_probable_cause_and_suggestions() -> None:
    text = text_of(shown(critical()))
    for expected in (
        "CRITICAL  checkout answers 5xx, and payments waits for it",
        "12 alerts, 9 still firing, 1 muted",
        "Open: not acknowledged yet",
        "82%",
        "deployed version 2.14.0 6 minutes before the first alert",
        "71% likely to help (10th percentile 48%)  ·  12 votes and 3 outcomes",
        "10 of 12 helped for error rate on checkout; deployed 6 minutes before",
    ):
        assert expected in text


def test_times_are_shown_in_the_time_zone_of_the_reader() -> None:
    dates = [one["format"] for one in parts(shown(critical())["blocks"]) if one.get("type") == "date"]
    assert dates == ["{ago}", "{date_short_pretty} {time}"]


def test_an_open_incident_has_every_button() -> None:
    mine = incident_named("checkout")
    assert buttons(shown(critical())) == [
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


def test_a_resolved_incident_has_buttons_for_votes_only() -> None:
    sent = shown(resolved())
    assert {action for action, _ in buttons(sent)} == {"helpful", "unhelpful", "dashboard", "source"}
    assert "Resolved by jane" in text_of(sent)


def test_a_merged_incident_names_the_other_incident() -> None:
    merged = critical(status=IncidentStatus.MERGED, merged_into=incident_named("payments"))
    sent = shown(merged)
    assert f"Part of {incident_named('payments')}" in text_of(sent)
    assert {action for action, _ in buttons(sent)} == {"dashboard", "source"}


def test_the_action_noop_has_no_approve_button() -> None:
    calm = critical(suggestions=(suggested("checkout", Action.NOOP, 0.6),))
    assert "approve" not in dict(buttons(shown(calm)))


def test_text_of_an_alert_is_not_read_as_markup() -> None:
    sent = shown(hostile())
    kinds = {one["type"] for one in parts(sent["blocks"]) if "type" in one}
    assert kinds.isdisjoint({"mrkdwn", "link", "broadcast", "user", "usergroup", "channel", "emoji", "image"})
    assert buttons(sent) == buttons(shown(critical(suggestions=critical().suggestions[:1], url="")))
    assert sent["blocks"][0]["text"]["emoji"] is False
    assert "<" not in sent["text"]
    assert "&lt;!channel&gt;" in sent["text"]


def test_invisible_characters_are_removed() -> None:
    assert "\u202e" in HOSTILE
    assert "\u202e" not in json.dumps(shown(hostile()), ensure_ascii=False)


def test_a_link_that_is_not_http_is_left_out() -> None:
    assert "javascript" not in json.dumps(shown(hostile()))


def test_mentions_come_from_routing_only() -> None:
    elements = list(parts(shown(critical(), "@here", "S012AB", "U34CD")["blocks"]))
    assert {"type": "broadcast", "range": "here"} in elements
    assert {"type": "usergroup", "usergroup_id": "S012AB"} in elements
    assert {"type": "user", "user_id": "U34CD"} in elements


@pytest.mark.parametrize("filler", ["x", "&", "\N{PILE OF POO}", "\n", '"'])
def test_the_longest_text_stays_within_the_limits_of_slack(filler: str) -> None:
    long = filler * 5_000
    incident = critical(
        title=long,
        services=(long,),
        scope=critical().scope.__class__(long, long, long),
        causes=tuple(critical().causes[0].__class__(long, 0.1, (long,) * 9) for _ in range(9)),
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


def test_an_incident_without_a_title_or_service_is_shown() -> None:
    bare = an_incident("x", title="", services=(), suggestions=(), scope=critical().scope.__class__())
    assert "unknown service" in text_of(shown(bare))
