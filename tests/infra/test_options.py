"""Options of a deployment are checked at synthesis."""

import json
from pathlib import Path

import pytest
from aws_cdk import App

from infra.options import Options
from local.replay import CATALOG


def chosen(**context: str) -> Options:
    return Options.from_context(App(context=context).node)


def test_the_catalog_of_the_replay_is_valid() -> None:
    shipped = json.loads(chosen(catalog=str(CATALOG)).catalog)["services"]
    assert shipped["web"]["calls"] == ["checkout", "search", "recommendations"]
    assert shipped["checkout"]["targets"][1]["environment"] == "staging"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("services: {checkout: {tier: 9}}", r"services\.checkout\.tier"),
        ("services: {checkout: {}, checkout: {}}", "'checkout' is there twice"),
        ("services: [", "line"),
        ("services: {a: {calls: &x [*x]}}", "catalog"),
    ],
)
def test_a_catalog_with_a_mistake_stops_the_synthesis(text: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=reason):
        chosen(catalog=str(file))


@pytest.mark.parametrize(("text", "seconds"), [("", 360), ("1", 1), ("3600", 3_600)])
def test_the_soak_time_is_a_number_of_seconds(text: str, seconds: int) -> None:
    assert chosen(soakSeconds=text).soak_seconds == seconds


@pytest.mark.parametrize("text", ["0", "-1", "3601", "6m", "1.5"])
def test_a_soak_time_that_is_none_stops_the_synthesis(text: str) -> None:
    with pytest.raises(ValueError, match="soakSeconds"):
        chosen(soakSeconds=text)


def test_the_error_names_a_missing_file() -> None:
    with pytest.raises(ValueError, match=r"nowhere\.yaml"):
        chosen(catalog="nowhere.yaml")


FREEZES = """[{"reason": "sale", "startsAt": "2026-11-27T00:00:00Z", "endsAt": "2026-11-28T00:00:00Z",
  "environments": ["Production"], "services": ["Checkout"]}]"""


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("freezes", FREEZES.replace("Checkout", "chekout"), r"freezes\[0\].services\[0\].*'checkout'"),
        ("freezes", FREEZES.replace("Production", "prodd"), r"freezes\[0\].environments\[0\].*'prod'"),
        ("slackRouting", '[[routes]]\nservices = ["serch"]', r"routes\[0\].services\[0\].*'search'"),
    ],
)
def test_an_unknown_name_in_a_setting_stops_the_synthesis(
    key: str, text: str, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "setting"
    file.write_text(text)
    with pytest.raises(ValueError, match=reason):
        chosen(catalog=str(CATALOG), **{key: str(file)})


def test_names_of_freezes_are_deployed_in_their_canonical_form(tmp_path: Path) -> None:
    file = tmp_path / "freezes.json"
    file.write_text(FREEZES)
    (freeze,) = json.loads(chosen(catalog=str(CATALOG), freezes=str(file)).freezes)
    assert (freeze["environments"], freeze["services"]) == (["prod"], ["checkout"])


def test_without_a_catalog_names_of_freezes_are_judged_where_they_apply(tmp_path: Path) -> None:
    file = tmp_path / "freezes.json"
    file.write_text(FREEZES.replace("Checkout", "chekout"))
    (freeze,) = json.loads(chosen(freezes=str(file)).freezes)
    assert freeze["services"] == ["chekout"]
