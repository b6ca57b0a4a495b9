"""What Slack is sent and would show, into docs/slack: `python -m tests.pictures.slack` (needs chromium)."""

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
from cloudops.incidents.incident import IncidentStatus
from cloudops.notifications.card import incident_card
from cloudops.notifications.thread import ThreadVerbosity, lines_of
from tests.fakes.incident_factory import NOON, an_incident
from tests.fakes.plan_factory import asked
from tests.fakes.remediation import SUGGESTION, Remediation
from tests.pictures.block_kit import Page
from tests.pictures.scenarios import NOW, STORY, grave, hostile, over

FOLDER = Path(__file__).parents[2] / "docs" / "slack"
DASHBOARD = "https://cloudops.example.com"
WIDTH = 744


class Shown(NamedTuple):
    """A message, a reply in its thread, or a view, as Slack takes it (Any: JSON)."""

    sent: dict[str, Any]
    at: int = NOON
    thread: bool = False


class Picture(NamedTuple):
    """`height` in pixels."""

    name: str
    height: int
    shown: tuple[Shown, ...]

    @property
    def json(self) -> str:
        """What Slack is sent, one thing after the other."""
        return json.dumps([one.sent for one in self.shown], indent=1, ensure_ascii=False) + "\n"

    @property
    def html(self) -> str:
        page = Page(NOW)
        for one in self.shown:
            if "type" in one.sent:
                page.view(one.sent)
            else:
                page.message(one.sent["blocks"], one.at, thread=one.thread)
        return page.html()


def pictures() -> list[Picture]:
    critical = message(incident_card(grave()), DASHBOARD, ("@here",))
    first = reply(lines_of(STORY[:4], ThreadVerbosity.SUMMARY), ("@here",))
    rest = reply(lines_of(STORY[4:], ThreadVerbosity.SUMMARY))
    life = (
        Shown(message(incident_card(over()), DASHBOARD)),
        Shown(first, NOW, thread=True),
        Shown(rest, NOW, thread=True),
    )
    return [
        Picture("incident", 560, (Shown(critical),)),
        Picture("life", 800, life),
        Picture("hostile", 560, (Shown(message(incident_card(hostile()), DASHBOARD)),)),
        Picture("approval", 640, (Shown(_approval()),)),
        Picture("home", 480, (Shown(_home()),)),
    ]


def _approval() -> dict[str, Any]:
    proposed = Remediation().plan()
    read = PlanRead(SUGGESTION, proposed.plan_hash, proposed.required_approvals)
    return plan_dialog(proposed, read, "").to_dict()


def _home() -> dict[str, Any]:
    mine = incident_card(grave(status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="Grace"))
    nobodys = incident_card(an_incident("search", alert_count=3, firing_count=3))
    return home_view(Home("Grace", (asked(),), (mine,), (nobodys,)), DASHBOARD).to_dict()


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
