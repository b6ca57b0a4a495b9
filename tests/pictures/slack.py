"""Draws what Slack would show into docs/slack: `python -m tests.pictures.slack` (needs chromium)."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cloudops.adapters.slack.lists import home_view
from cloudops.adapters.slack.message import message
from cloudops.adapters.slack.modals import plan_dialog
from cloudops.adapters.slack.thread import reply
from cloudops.domain.bulletin import bulletin_of
from cloudops.domain.chat import PlanRead
from cloudops.domain.chat_ports import Home
from cloudops.domain.incident import IncidentStatus
from cloudops.domain.thread import ThreadNoise, lines_of
from tests.fakes.plans import asked
from tests.fakes.records import NOON, an_incident
from tests.fakes.remediation import SUGGESTION, Remediation
from tests.pictures.block_kit import Page
from tests.pictures.scenes import NOW, STORY, grave, hostile, over

FOLDER = Path(__file__).parents[2] / "docs" / "slack"
DASHBOARD = "https://cloudops.example.com"
WIDTH = 744


def pages() -> Iterator[tuple[str, int, str]]:
    """Name, height and HTML of each picture."""
    page = Page(NOW)
    page.message(message(bulletin_of(grave()), DASHBOARD, ("@here",))["blocks"], NOON)
    yield "incident", 560, page.html()
    page = Page(NOW)
    page.message(message(bulletin_of(over()), DASHBOARD)["blocks"], NOON)
    page.message(reply(lines_of(STORY[:4], ThreadNoise.SUMMARY), ("@here",))["blocks"], NOW, thread=True)
    page.message(reply(lines_of(STORY[4:], ThreadNoise.SUMMARY))["blocks"], NOW, thread=True)
    yield "life", 800, page.html()
    page = Page(NOW)
    page.message(message(bulletin_of(hostile()), DASHBOARD)["blocks"], NOON)
    yield "hostile", 560, page.html()
    page = Page(NOW)
    proposed = Remediation().plan()
    read = PlanRead(SUGGESTION, proposed.plan_hash, proposed.people)
    page.view(plan_dialog(proposed, read, "").to_dict())
    yield "approval", 640, page.html()
    page = Page(NOW)
    mine = bulletin_of(grave(status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="Grace"))
    page.view(
        home_view(
            Home(
                "Grace",
                (asked(),),
                (mine,),
                (bulletin_of(an_incident("search", alert_count=3, firing_count=3)),),
            ),
            DASHBOARD,
        ).to_dict()
    )
    yield "home", 480, page.html()


def draw(name: str, height: int, html: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "page.html"
        source.write_text(html)
        subprocess.run(
            [
                *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *(f"--user-data-dir={scratch}", f"--window-size={WIDTH},{height}"),
                *(f"--screenshot={FOLDER / name}.png", source.as_uri()),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for picture in pages():
        draw(*picture)
