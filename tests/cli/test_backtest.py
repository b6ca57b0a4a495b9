"""`cloudops analyze`, `backtest` and `rules check`."""

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from cloudops.cli.main import main

ANALYZED = ["line", "source", "status", "title", "service", "environment", "symptom", "severity", "action"]
ANALYZED += ["confidence", "evidence"]
CALLS = {"web": ["cart"], "cart": ["stock"]}


def recorded(service: str, title: str, minute: int, status: str = "firing") -> dict[str, Any]:
    alert = {
        "title": title,
        "service": service,
        "env": "prod",
        "status": status,
        "fingerprint": service + title,
    }
    at = f"2026-03-01T10:{minute:02}:00Z"
    return {"received_at": at, "event": alert | {"startsAt": "2026-03-01T10:00:00Z"} | {"startsAt": at}}


CASCADE = [
    recorded("stock", "stock was OOMKilled", 0),
    recorded("cart", "5xx error rate of cart is above 5%", 1),
    recorded("web", "p99 latency of web is above 2 s", 2),
    recorded("mail", "TLS certificate of mail expires in 10 days", 3),
]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "recording.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in CASCADE))
    return path


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps(CALLS))
    return path


def test_analyze_prints_one_object_per_alert_in_order(
    capsys: pytest.CaptureFixture[str], recording: Path
) -> None:
    rows = run(capsys, "analyze", str(recording))
    assert [list(row)[: len(ANALYZED)] for row in rows] == [ANALYZED] * 4
    assert [(row["line"], row["symptom"], row["action"]) for row in rows] == [
        (1, "oom", "restart_pods"),
        (2, "error_rate", "rollback"),
        (3, "latency", "scale_service"),
        (4, "certificate", "noop"),
    ]


def test_backtest_correlates_along_dependencies_and_keeps_unrelated_alerts_apart(
    capsys: pytest.CaptureFixture[str], recording: Path, calls: Path
) -> None:
    rows = run(capsys, "backtest", "--topology", str(calls), str(recording))
    assert [row["decision"] for row in rows] == ["opened", "joined", "joined", "opened"]
    assert [row["reason"] for row in rows] == ["NEW", "DEPENDENCY", "DEPENDENCY", "NEW"]
    assert len({row["incident"] for row in rows[:3]}) == 1
    assert rows[3]["incident"] not in {None, rows[0]["incident"]}


def test_a_bad_line_is_one_quarantined_row_and_does_not_end_the_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(b'{"half": \n' + json.dumps(CASCADE[0]).encode() + b"\n\xff\xfe\n")
    bad, good, worse = run(capsys, "backtest", str(path))
    assert (bad["line"], bad["action"], bad["decision"], bad["incident"]) == (1, None, "quarantined", None)
    assert bad["reason"]
    assert (good["line"], good["decision"]) == (2, "opened")
    assert (worse["line"], worse["decision"]) == (3, "quarantined")


def test_a_payload_with_several_alerts_gives_several_rows_of_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    alerts = [
        {"status": "firing", "labels": {"alertname": name}, "startsAt": "2026-03-01T10:00:00Z"}
        for name in ("KubePodCrashLooping", "KubeNodeUnreachable")
    ]
    path = tmp_path / "alertmanager.jsonl"
    path.write_text(json.dumps({"version": "4", "status": "firing", "receiver": "x", "alerts": alerts}))
    assert [row["line"] for row in run(capsys, "analyze", str(path))] == [1, 1]


def test_a_dash_reads_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(CASCADE[0]).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert [row["symptom"] for row in run(capsys, "analyze", "-")] == ["oom"]


def test_the_summary_names_the_incidents_with_cause_and_first_suggestion(
    capsys: pytest.CaptureFixture[str], recording: Path, calls: Path
) -> None:
    assert main(["backtest", "--summary", "--topology", str(calls), str(recording)]) == 0
    text = capsys.readouterr().out
    assert "4 alerts" in text
    assert "2 incidents" in text
    (cascade,) = (line for line in text.splitlines() if "stock" in line)
    assert "restart_pods" in cascade
    assert "joined by identity 0, explanation 2, place and time 0" in text


def test_without_a_topology_the_summary_says_that_place_and_time_joined(
    capsys: pytest.CaptureFixture[str], recording: Path
) -> None:
    assert main(["backtest", "--summary", str(recording)]) == 0
    assert "joined by identity 0, explanation 0, place and time 2" in capsys.readouterr().out


def test_each_row_has_the_causes_known_at_its_alert_in_the_spelling_of_the_topology(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    calls, recording = tmp_path / "calls.json", tmp_path / "recording.jsonl"
    calls.write_text(json.dumps({"Cart": ["Redis"], "Search": ["Redis"]}))
    alerts = [
        recorded("cart", "5xx error rate of cart is above 5%", 0),
        recorded("search", "p99 latency of search is above 2 s", 1),
    ]
    recording.write_text("".join(json.dumps(line) + "\n" for line in alerts) + "{\n")
    first, second, unparsable = run(capsys, "backtest", "--topology", str(calls), str(recording))
    assert first["causes"] == ["Cart", "Redis"]
    assert second["causes"] == ["Redis", "Cart", "Search"]
    assert [row["cause"] for row in (first, second)] == ["Redis", "Redis"]
    assert unparsable["causes"] is None


def test_any_order_of_delivery_and_any_repeats_give_the_same_incidents(
    capsys: pytest.CaptureFixture[str], recording: Path, calls: Path
) -> None:
    def groups(path: Path) -> set[frozenset[str]]:
        rows = run(capsys, "backtest", "--topology", str(calls), str(path))
        services_by_incident: dict[str, set[str]] = {}
        for row in rows:
            services_by_incident.setdefault(row["incident"], set()).add(row["service"])
        return {frozenset(services) for services in services_by_incident.values()}

    expected = {frozenset({"stock", "cart", "web"}), frozenset({"mail"})}
    assert groups(recording) == expected
    for seed in range(12):
        shuffled = CASCADE * 2
        random.Random(seed).shuffle(shuffled)  # noqa: S311
        recording.write_text("".join(json.dumps(line) + "\n" for line in shuffled))
        assert groups(recording) == expected, f"seed {seed}"


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["analyze", "nowhere.jsonl"], "nowhere.jsonl"),
        (["backtest", "--topology", "nowhere.json", "-"], "nowhere.json"),
        (["rules", "check", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_file_that_cannot_be_read_exits_2_and_is_named(
    capsys: pytest.CaptureFixture[str], arguments: list[str], file: str
) -> None:
    assert main(arguments) == 2
    assert f": {file}: No such file or directory\n" in capsys.readouterr().err


def test_an_invalid_rule_file_exits_2_with_the_rule_and_the_field(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nid = "ours"\nwhy = "x"\nmatch = ["frobnicat"]\nsymptom = "toothache"\n')
    assert main(["rules", "check", str(path)]) == 2
    error = capsys.readouterr().err
    assert "'ours'" in error
    assert "symptom" in error


def test_comparing_rules_shows_what_would_change(
    capsys: pytest.CaptureFixture[str], recording: Path, tmp_path: Path
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[decision]]\nid = "restart-nothing"\nwhy = "we page instead"\n'
        'symptom = ["oom"]\npropose = { noop = 0.9 }\n'
    )
    assert main(["backtest", "--compare", str(path), str(recording)]) == 0
    text = capsys.readouterr().out
    assert "restart_pods" in text
    assert "noop" in text
