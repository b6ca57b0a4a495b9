"""Dialogs, lists and the Home tab stay within the limits of Slack, whatever text they contain."""

import json
from typing import Any

import msgspec
import pytest

from cloudops.adapters.slack.home_view import home_view, lines, listing
from cloudops.adapters.slack.modals import input_dialog, plan_dialog, refusal_dialog
from cloudops.adapters.slack.request_parser import DialogMetadata
from cloudops.chatops.ports import Home
from cloudops.chatops.queries import MAX_HOME_ITEMS, MAX_LISTED
from cloudops.chatops.requests import Form, PlanRead
from cloudops.notifications.card import incident_card
from cloudops.remediation.plan import Call
from tests.fakes.plan_factory import PLAN, asked
from tests.fakes.remediation import SUGGESTION, Remediation
from tests.fakes.slack import blocks_error
from tests.pictures.scenarios import HOSTILE, hostile

DASHBOARD = "https://cloudops.example.com"
LONG = HOSTILE * 200
READ = PlanRead(SUGGESTION, "0" * 64, 2)


def to_json(blocks: Any) -> list[dict[str, Any]]:
    return [one.to_dict() for one in blocks]


def test_a_plan_of_endless_text_is_shown_within_limits() -> None:
    review = Remediation().plan()
    calls = tuple(Call(operation=LONG, parameters={LONG: LONG}) for _ in range(50))
    facts = {f"{number}{LONG}": LONG for number in range(50)}
    draft = msgspec.structs.replace(
        review.plan.draft, summary=LONG, calls=calls, before=facts, after=facts, reversible=False
    )
    verdicts = tuple(msgspec.structs.replace(one, reason=LONG) for one in review.verdicts)
    plan = msgspec.structs.replace(review.plan, service=LONG, draft=draft)
    long_review = msgspec.structs.replace(review, plan=plan, verdicts=verdicts, required_approvals=2)
    view = plan_dialog(long_review, READ, "https://hooks.slack.com/" + "x" * 200).to_dict()
    assert blocks_error(view["blocks"], 100) == ""
    assert len(view["private_metadata"]) <= 3_000
    assert len(view["title"]["text"]) <= 24
    assert view["submit"]["text"] == "Approve (2)"
    assert "This action cannot be rolled back." in json.dumps(view)


def test_the_metadata_of_the_dialog_has_the_plan_and_the_response_url() -> None:
    view = plan_dialog(Remediation().plan(), READ, "https://hooks.slack.com/actions/T/1/x").to_dict()
    metadata = msgspec.json.decode(view["private_metadata"], type=DialogMetadata)
    assert msgspec.json.decode(metadata.about, type=PlanRead) == READ
    assert metadata.reply_to == "https://hooks.slack.com/actions/T/1/x"


@pytest.mark.parametrize(("form", "optional"), [(Form.UNHELPFUL, True), (Form.REJECT, False)])
def test_a_comment_is_optional_and_a_reason_is_not(form: Form, optional: bool) -> None:
    (block,) = input_dialog(form, DialogMetadata("inc_1.rollback", "")).to_dict()["blocks"]
    assert block["optional"] is optional


def test_an_endless_reason_of_a_refusal_is_cut() -> None:
    assert blocks_error(refusal_dialog(LONG).to_dict()["blocks"], 100) == ""


def test_a_full_home_tab_of_hostile_text_is_within_limits() -> None:
    plan = msgspec.structs.replace(
        PLAN, service=LONG, draft=msgspec.structs.replace(PLAN.draft, summary=LONG)
    )
    cards = tuple(incident_card(hostile()) for _ in range(MAX_HOME_ITEMS))
    pending = tuple(asked(plan, person=LONG) for _ in range(MAX_HOME_ITEMS))
    view = home_view(Home("ada", pending, cards, cards), DASHBOARD).to_dict()
    assert len(view["blocks"]) <= 100
    assert all(blocks_error([one], 1) == "" for one in view["blocks"])


def test_a_full_list_of_hostile_text_fits_into_one_reply() -> None:
    cards = [incident_card(hostile()) for _ in range(MAX_LISTED)]
    assert blocks_error(to_json(listing(cards, "12 open", DASHBOARD)), 50) == ""


def test_text_in_a_list_is_not_read_as_markup() -> None:
    (_, block) = to_json(listing([incident_card(hostile())], "1 open", DASHBOARD))
    kinds = {one["type"] for part in block["elements"] for one in part["elements"]}
    assert kinds == {"text", "date", "link"}
    urls = [one["url"] for part in block["elements"] for one in part["elements"] if one["type"] == "link"]
    assert all(url.startswith(f"{DASHBOARD}/incidents/inc_") for url in urls)


def test_a_reply_of_several_lines_is_a_list() -> None:
    (block,) = to_json(lines(["one", "two"]))
    assert block["elements"][0]["type"] == "rich_text_list"


def test_a_reply_of_endless_lines_is_within_limits() -> None:
    assert blocks_error(to_json(lines([LONG] * MAX_LISTED)), 50) == ""
