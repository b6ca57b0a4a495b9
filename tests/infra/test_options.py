"""What a deployment may choose is checked before anything is deployed with it."""

import json
from pathlib import Path

import pytest
from aws_cdk import App

from infra.options import Options
from local.replay import CATALOG


def chosen(**context: str) -> Options:
    return Options.from_context(App(context=context).node)


def test_the_catalog_of_the_replay_is_one() -> None:
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


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"nowhere\.yaml"):
        chosen(catalog="nowhere.yaml")
