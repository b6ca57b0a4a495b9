"""Dialogs, lists and the home page stay within what Slack takes, whatever the words in them."""

import json
from typing import Any

import msgspec
import pytest

from cloudops.adapters.slack.home_view import home_view, lines, listing
from cloudops.adapters.slack.modals import plan_dialog, refusal_dialog, words_dialog
from cloudops.adapters.slack.request_parser import Kept
from cloudops.chatops.ports import Home
from cloudops.chatops.queries import MOST_AT_HOME, MOST_LISTED
from cloudops.chatops.requests import Form, PlanRead
from cloudops.notifications.card import incident_card
from cloudops.remediation.plan import Call
from tests.fakes.plan_factory import PLAN, asked
from tests.fakes.remediation import SUGGESTION, Remediation
from tests.fakes.slack import refused_blocks
from tests.pictures.scenarios import HOSTILE, hostile

DASHBOARD = "https://cloudops.example.com"
LONG = HOSTILE * 200
READ = PlanRead(SUGGESTION, "0" * 64, 2)


def blocks(found: Any) -> list[dict[str, Any]]:
    return [one.to_dict() for one in found]


def test_a_plan_of_endless_words_is_shown_within_limits() -> None:
    proposed = Remediation().plan()
    calls = tuple(Call(operation=LONG, parameters={LONG: LONG}) for _ in range(50))
    facts = {f"{number}{LONG}": LONG for number in range(50)}
    draft = msgspec.structs.replace(
        proposed.plan.draft, summary=LONG, calls=calls, before=facts, after=facts, reversible=False
    )
    verdicts = tuple(msgspec.structs.replace(one, reason=LONG) for one in proposed.verdicts)
    plan = msgspec.structs.replace(proposed.plan, service=LONG, draft=draft)
    endless = msgspec.structs.replace(proposed, plan=plan, verdicts=verdicts, required_approvals=2)
    view = plan_dialog(endless, READ, "https://hooks.slack.com/" + "x" * 200).to_dict()
    assert refused_blocks(view["blocks"], 100) == ""
    assert len(view["private_metadata"]) <= 3_000
    assert len(view["title"]["text"]) <= 24
    assert view["submit"]["text"] == "Approve (2)"
    assert "It cannot be taken back." in json.dumps(view)


def test_the_dialog_brings_back_what_was_read_and_where_to_answer() -> None:
    view = plan_dialog(Remediation().plan(), READ, "https://hooks.slack.com/actions/T/1/x").to_dict()
    kept = msgspec.json.decode(view["private_metadata"], type=Kept)
    assert msgspec.json.decode(kept.about, type=PlanRead) == READ
    assert kept.reply_to == "https://hooks.slack.com/actions/T/1/x"


@pytest.mark.parametrize(("form", "optional"), [(Form.UNHELPFUL, True), (Form.REJECT, False)])
def test_a_comment_may_be_left_out_and_a_reason_not(form: Form, optional: bool) -> None:
    (block,) = words_dialog(form, Kept("inc_1.rollback", "")).to_dict()["blocks"]
    assert block["optional"] is optional


def test_why_there_is_no_plan_is_cut_where_it_is_endless() -> None:
    assert refused_blocks(refusal_dialog(LONG).to_dict()["blocks"], 100) == ""


def test_a_full_home_of_hostile_words_is_one_page() -> None:
    plan = msgspec.structs.replace(
        PLAN, service=LONG, draft=msgspec.structs.replace(PLAN.draft, summary=LONG)
    )
    told = tuple(incident_card(hostile()) for _ in range(MOST_AT_HOME))
    pending = tuple(asked(plan, person=LONG) for _ in range(MOST_AT_HOME))
    view = home_view(Home("ada", pending, told, told), DASHBOARD).to_dict()
    assert len(view["blocks"]) <= 100
    assert all(refused_blocks([one], 1) == "" for one in view["blocks"])


def test_a_full_list_of_hostile_words_is_one_answer() -> None:
    told = [incident_card(hostile()) for _ in range(MOST_LISTED)]
    assert refused_blocks(blocks(listing(told, "12 open", DASHBOARD)), 50) == ""


def test_words_stay_words_in_a_list() -> None:
    (_, block) = blocks(listing([incident_card(hostile())], "1 open", DASHBOARD))
    kinds = {one["type"] for part in block["elements"] for one in part["elements"]}
    assert kinds == {"text", "date", "link"}
    urls = [one["url"] for part in block["elements"] for one in part["elements"] if one["type"] == "link"]
    assert all(url.startswith(f"{DASHBOARD}/incidents/inc_") for url in urls)


def test_an_answer_of_many_lines_is_a_list() -> None:
    (block,) = blocks(lines(["one", "two"]))
    assert block["elements"][0]["type"] == "rich_text_list"


def test_an_answer_of_endless_lines_is_one_answer() -> None:
    assert refused_blocks(blocks(lines([LONG] * MOST_LISTED)), 50) == ""
