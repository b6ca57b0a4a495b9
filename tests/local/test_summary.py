"""The summary that `make run` prints."""

from local.replay import Recorded
from local.summary import counted, grouped, received, to_try


def test_messages_are_counted_by_entry_point() -> None:
    sent = [Recorded(0, "/webhooks/datadog", {}), Recorded(1, "default bus", {})]
    sent.append(Recorded(2, "/webhooks/datadog", {}))
    assert received(sent) == "3 messages received: 2 by /webhooks/datadog, 1 by default bus."


def test_incidents_stand_in_columns_with_their_best_suggestion() -> None:
    incidents = [
        {
            "severity": "critical",
            "status": "open",
            "eventCount": 12,
            "title": "checkout answers 5xx",
            "suggestions": [
                {"action": "rollback", "confidence": 0.62},
                {"action": "noop", "confidence": 0.1},
            ],
        },
        {"severity": "low", "status": "resolved", "eventCount": 1, "title": "x" * 80, "suggestions": []},
    ]
    assert grouped(incidents, quarantined=2).splitlines() == [
        "2 incidents. 2 payloads could not be parsed and are in quarantine.",
        "",
        "  severity  status    alerts  title" + " " * 69 + "first suggestion",
        "  critical  open      12      checkout answers 5xx" + " " * 54 + "rollback 62%",
        "  low       resolved  1       " + "x" * 71 + "…",
    ]


def test_the_commands_hold_port_token_and_an_existing_suggestion() -> None:
    text = to_try(4100, "cloudops_abc", "inc_1.rollback")
    assert "export TOKEN=cloudops_abc" in text
    assert "curl -s http://localhost:4100/health" in text
    assert '"suggestionId": "inc_1.rollback"' in text


def test_one_item_is_counted_in_the_singular() -> None:
    assert (counted(1, "incident"), counted(7, "incident"), counted(0, "payload")) == (
        "1 incident",
        "7 incidents",
        "0 payloads",
    )
    assert grouped([], quarantined=1).startswith(
        "0 incidents. 1 payload could not be parsed and is in quarantine."
    )
