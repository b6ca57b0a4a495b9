"""Draws the pictures of docs/slack: `python -m tests.pictures.slack` (needs chromium)."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from cloudops.adapters.slack.home_view import home_view
from cloudops.adapters.slack.message import message, reply
from cloudops.adapters.slack.modals import plan_dialog
from cloudops.chatops.ports import Home
from cloudops.chatops.requests import PlanRead
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import IncidentStatus
from cloudops.notifications.card import incident_card
from cloudops.notifications.thread import ThreadVerbosity, lines_of
from tests.fakes.incident_factory import NOON, an_incident
from tests.fakes.plan_factory import asked
from tests.fakes.remediation import SUGGESTION, Remediation
from tests.pictures.block_kit import Page
from tests.pictures.scenarios import END, NOW, TIMELINE, critical, hostile, resolved

FOLDER = Path(__file__).parents[2] / "docs" / "slack"
DASHBOARD = "https://cloudops.example.com"
WIDTH = 744


class Item(NamedTuple):
    """A message, a reply in its thread, or a view; `content` is Slack's JSON (Any)."""

    content: dict[str, Any]
    at: int = NOON
    thread: bool = False


class Picture(NamedTuple):
    """`height` is in pixels; `now` is the time of the reader."""

    name: str
    height: int
    items: tuple[Item, ...]
    now: int = NOW

    @property
    def json(self) -> str:
        """The JSON of all items."""
        return json.dumps([one.content for one in self.items], indent=1, ensure_ascii=False) + "\n"

    @property
    def html(self) -> str:
        page = Page(self.now)
        for one in self.items:
            if "type" in one.content:
                page.view(one.content)
            else:
                page.message(one.content["blocks"], one.at, thread=one.thread)
        return page.html()


def pictures() -> list[Picture]:
    opened = message(incident_card(critical()), DASHBOARD, ("@here",))
    first_reply = reply(lines_of(TIMELINE[:4], ThreadVerbosity.SUMMARY), ("@here",))
    second_reply = reply(lines_of(TIMELINE[4:], ThreadVerbosity.SUMMARY))
    lifecycle = (
        Item(message(incident_card(resolved()), DASHBOARD)),
        Item(first_reply, NOON + 5 * MINUTE, thread=True),
        Item(second_reply, END, thread=True),
    )
    return [
        Picture("incident", 560, (Item(opened),)),
        Picture("life", 800, lifecycle, now=END),
        Picture("hostile", 560, (Item(message(incident_card(hostile()), DASHBOARD)),)),
        Picture("approval", 570, (Item(_approval()),)),
        Picture("home", 460, (Item(_home()),)),
    ]


def _approval() -> dict[str, Any]:
    review = Remediation().plan()
    read = PlanRead(SUGGESTION, review.plan_hash, review.required_approvals)
    return plan_dialog(review, read, "").to_dict()


def _home() -> dict[str, Any]:
    mine = incident_card(critical(status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="Grace"))
    unacknowledged = incident_card(an_incident("search", alert_count=3, firing_count=3))
    return home_view(Home("Grace", (asked(),), (mine,), (unacknowledged,)), DASHBOARD).to_dict()


def draw(picture: Picture) -> None:
    (FOLDER / f"{picture.name}.json").write_text(picture.json)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "page.html"
        source.write_text(picture.html)
        subprocess.run(
            [
                *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *(f"--user-data-dir={scratch}", f"--window-size={WIDTH},{picture.height}"),
                *(f"--screenshot={FOLDER / picture.name}.png", source.as_uri()),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for picture in pictures():
        draw(picture)
