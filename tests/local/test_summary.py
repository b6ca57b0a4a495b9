"""What `make run` prints is short, aligned and ready to paste."""

from local.replay import Recorded
from local.summary import became, came_in, to_try


def test_messages_are_counted_by_the_door_they_came_through() -> None:
    sent = [Recorded(0, "/webhooks/datadog", {}), Recorded(1, "default bus", {})]
    sent.append(Recorded(2, "/webhooks/datadog", {}))
    assert came_in(sent) == "3 messages came in: 2 by /webhooks/datadog, 1 by default bus."


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
    assert became(incidents, quarantined=2).splitlines() == [
        "They are 2 incidents; 2 could not be read and wait in quarantine:",
        "",
        "  severity  status    alerts  title" + " " * 69 + "first suggestion",
        "  critical  open      12      checkout answers 5xx" + " " * 54 + "rollback 62%",
        "  low       resolved  1       " + "x" * 71 + "…",
    ]


def test_the_calls_carry_the_port_the_token_and_a_suggestion_that_exists() -> None:
    text = to_try(4100, "cloudops_abc", "inc_1.rollback")
    assert "export TOKEN=cloudops_abc" in text
    assert "curl -s http://localhost:4100/health" in text
    assert '"suggestionId": "inc_1.rollback"' in text
