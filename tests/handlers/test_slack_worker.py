"""Actions from Slack, from the click or command to the reply."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.chatops.requests import Button, Form
from cloudops.core.errors import Unavailable
from cloudops.core.time import HOUR
from cloudops.incidents.incident import IncidentStatus
from cloudops.learning.recompute import Recompute
from cloudops.learning.rerank import Rerank
from cloudops.remediation.execution import ExecutionStatus
from cloudops.remediation.kill_switch import KillSwitchState, Setting
from cloudops.silences.silence import Matcher, Operator
from tests.fakes.chatops import ADA, JANE, OMAR, STRANGER, SlackHarness, secret
from tests.fakes.people import signed_in
from tests.fakes.remediation import INCIDENT, SUGGESTION, Remediation
from tests.fakes.slack import LATE, Fault, Workspace, slack
from tests.fakes.slack_requests import command, press


@pytest.fixture
def harness() -> Iterator[SlackHarness]:
    workspace = Workspace(lambda: 0)
    with slack(workspace) as running:
        yield SlackHarness(running.url, workspace)


def words(view: dict[str, Any]) -> str:
    """Returns all blocks of a view or message as text."""
    return json.dumps(view["blocks"], ensure_ascii=False)


def status(harness: SlackHarness) -> IncidentStatus:
    return harness.world.incidents.incidents([INCIDENT])[INCIDENT].status


def test_acknowledge_and_resolve_change_the_incident_and_are_audited(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.ACKNOWLEDGE, INCIDENT)
    assert status(harness) is IncidentStatus.ACKNOWLEDGED
    harness.press_button(OMAR, Button.RESOLVE, INCIDENT)
    assert status(harness) is IncidentStatus.RESOLVED
    assert harness.audited_actions() == [("omar", "acknowledge", ""), ("omar", "resolve", "")]


def test_helpful_is_a_vote_and_not_helpful_opens_a_dialog_for_a_comment(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.HELPFUL, SUGGESTION)
    harness.press_button(OMAR, Button.UNHELPFUL, SUGGESTION)
    assert harness.audited_actions() == [("omar", "vote", "1")]
    harness.submit_dialog(OMAR, "it made the latency worse")
    (feedback,) = harness.world.incidents.detail(INCIDENT, None, 10).feedback
    assert (feedback.person, feedback.value, feedback.comment) == ("omar", -1, "it made the latency worse")
    assert harness.audited_actions() == [("omar", "vote", "1"), ("omar", "vote", "-1")]


def test_the_dialog_shows_the_plan_with_every_guardrail_and_approves_that_plan(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.APPROVE, SUGGESTION)
    (view,) = harness.workspace.views
    assert view["callback_id"] == Form.APPROVE
    review = harness.world.plan()
    for decision in review.verdicts:
        assert decision.guardrail.replace("_", " ") in words(view)
        assert decision.reason[:40] in words(view)
    assert review.plan.draft.summary in words(view)
    harness.submit_dialog(OMAR)
    (execution,) = harness.world.executions.of_incident(INCIDENT)
    assert (execution.status, execution.plan.hash) == (ExecutionStatus.APPROVED, review.plan_hash)
    assert [one.person for one in execution.approvals] == ["omar"]


def test_a_plan_that_changed_after_it_was_read_is_not_executed(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.APPROVE, SUGGESTION)
    harness.world.executor.service.set_count(5, "another operator")
    harness.submit_dialog(OMAR)
    assert harness.world.executions.of_incident(INCIDENT) == ()
    assert "the plan has changed, read it again" in harness.last_reply()


def test_a_plan_that_a_guardrail_denies_has_no_approve_button_and_shows_the_reason(
    harness: SlackHarness,
) -> None:
    harness.world.switch = KillSwitchState(stopped=True, by="ada", at=0, reason="a bad day")
    harness.press_button(OMAR, Button.APPROVE, SUGGESTION)
    (view,) = harness.workspace.views
    assert "callback_id" not in view
    assert "a bad day" in words(view)


def test_a_dialog_that_opens_too_late_asks_the_person_to_press_again(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.APPROVE, SUGGESTION, LATE)
    assert "press the button again" in harness.last_reply()


def test_a_rejection_requires_a_reason(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.REJECT, SUGGESTION)
    assert harness.workspace.views[-1]["blocks"][0]["optional"] is False
    harness.submit_dialog(OMAR, "not during the sale")
    rejection = harness.world.executions.rejection(SUGGESTION)
    assert rejection
    assert (rejection.person, rejection.reason) == ("omar", "not during the sale")


@pytest.mark.parametrize(("duration", "hours"), [("1h", 1), ("4h", 4), ("1d", 24)])
def test_a_silence_of_an_incident_matches_its_service_for_the_chosen_time(
    harness: SlackHarness, duration: str, hours: int
) -> None:
    harness.press_button(OMAR, Button.SILENCE, f"{duration} {INCIDENT}")
    (silence,) = harness.silences.all()
    assert silence.ends_at - silence.starts_at == hours * HOUR
    assert silence.matchers == (
        Matcher("service", Operator.EQUAL, "checkout"),
        Matcher("environment", Operator.EQUAL, "prod"),
    )
    assert harness.last_reply().startswith("Silence created: ")


@pytest.mark.parametrize("button", Button)
def test_a_person_without_a_role_gets_an_ephemeral_reply_and_has_no_effect(
    harness: SlackHarness, button: Button
) -> None:
    subject = INCIDENT if button in (Button.ACKNOWLEDGE, Button.RESOLVE) else SUGGESTION
    harness.press_button(STRANGER, button, f"1h {INCIDENT}" if button is Button.SILENCE else subject)
    assert harness.workspace.ephemeral_replies[-1]["response_type"] == "ephemeral"
    assert f"cloudops slack link {STRANGER}" in json.dumps(harness.workspace.ephemeral_replies[-1])
    assert (status(harness), harness.audited_actions(), harness.workspace.views) == (
        IncidentStatus.OPEN,
        [],
        [],
    )


@pytest.mark.parametrize("button", Button)
def test_a_button_of_a_viewer_replies_with_the_required_role(harness: SlackHarness, button: Button) -> None:
    harness.press_button(JANE, button, SUGGESTION)
    assert harness.last_reply() == f"{button} needs the role operator; jane has the role viewer"
    assert (harness.audited_actions(), harness.workspace.views, harness.silences.all()) == ([], [], ())


def test_the_submission_of_a_dialog_checks_the_role_again(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.APPROVE, SUGGESTION)
    harness.submit_dialog(JANE)
    assert harness.world.executions.of_incident(INCIDENT) == ()
    assert "needs the role operator" in harness.last_reply()


def test_a_request_of_another_workspace_has_no_effect(harness: SlackHarness) -> None:
    body = press(harness.url, OMAR, Button.RESOLVE, INCIDENT).replace("T0TEAM", "T0OTHER")
    harness.request("interactions", body)
    assert (status(harness), harness.workspace.calls) == (IncidentStatus.OPEN, [])


def test_a_redelivery_of_the_same_message_continues_and_another_message_is_a_replay(
    harness: SlackHarness,
) -> None:
    harness.post("interactions", press(harness.url, OMAR, Button.HELPFUL, SUGGESTION))
    message = harness.queue.pop()
    harness.workspace.faults = [Fault.REFUSED]
    with pytest.raises(Unavailable):
        harness.deliver(message, "message 1")
    harness.deliver(message, "message 1")
    assert harness.last_reply().startswith("Thank you")
    replies = len(harness.workspace.ephemeral_replies)
    harness.deliver(message, "message 2")
    assert len(harness.workspace.ephemeral_replies) == replies


def test_an_unknown_incident_is_reported_as_not_found(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.RESOLVE, "inc_gone")
    assert "inc_gone: not found" in harness.last_reply()


def test_a_click_on_a_link_has_no_effect(harness: SlackHarness) -> None:
    body = press(harness.url, OMAR, Button.RESOLVE, INCIDENT).replace("resolve", "dashboard")
    harness.request("interactions", body)
    assert (status(harness), harness.workspace.calls) == (IncidentStatus.OPEN, [])


def test_a_response_url_of_another_host_is_not_used(harness: SlackHarness) -> None:
    evil = command(harness.url, OMAR, "help").replace("127.0.0.1", "evil.example")
    harness.request("commands", evil)
    (message,) = harness.workspace.messages[OMAR]
    assert "/cloudops" in message["text"]


def test_a_reply_to_an_expired_response_url_is_sent_as_a_direct_message(harness: SlackHarness) -> None:
    harness.workspace.faults = [Fault.EXPIRED]
    harness.run_command(OMAR, "help")
    (message,) = harness.workspace.messages[OMAR]
    assert "/cloudops" in message["text"]


def test_the_command_lists_open_incidents_and_whether_automation_is_on(harness: SlackHarness) -> None:
    harness.run_command(JANE, "")
    assert harness.last_reply().startswith("1 open; automation is on.")
    assert "checkout answers 5xx" in words(harness.workspace.ephemeral_replies[-1])


def test_the_incident_command_shows_one_incident_with_its_buttons(harness: SlackHarness) -> None:
    harness.run_command(JANE, f"incident {INCIDENT}")
    assert "Approve…" in words(harness.workspace.ephemeral_replies[-1])


def test_the_silence_command_matches_by_fields(harness: SlackHarness) -> None:
    harness.run_command(OMAR, "silence service=~check.* environment=prod 30m moving the database")
    (silence,) = harness.silences.all()
    assert [str(one) for one in silence.matchers] == ["service=~check.*", "environment=prod"]
    assert (silence.ends_at - silence.starts_at, silence.comment) == (HOUR // 2, "moving the database")


def test_confidence_without_feedback_says_that_none_is_recorded(harness: SlackHarness) -> None:
    harness.run_command(JANE, "confidence checkout")
    assert harness.last_reply().startswith("No votes or outcomes are recorded for checkout yet.")


def test_confidence_shows_the_percentage_with_its_10th_percentile(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.HELPFUL, SUGGESTION)
    store = harness.world.incidents
    Recompute(store.learning, store, Rerank(store, lambda _: None)).run(harness.now)
    harness.run_command(JANE, "confidence checkout")
    assert harness.last_reply().startswith("Scale for latency: ")
    assert "10th percentile" in harness.last_reply()


def test_an_operator_stops_automation_and_only_an_admin_starts_it_again(harness: SlackHarness) -> None:
    harness.run_command(JANE, "off now")
    assert harness.last_reply() == "/cloudops off needs the role operator; jane has the role viewer"
    harness.run_command(OMAR, "off the database moves")
    assert harness.automation.kill_switch(harness.now).stopped
    harness.run_command(OMAR, "on the database has moved")
    assert harness.last_reply() == "/cloudops on needs the role admin; omar has the role operator"
    assert harness.automation.kill_switch(harness.now).stopped
    harness.run_command(ADA, "on the database has moved")
    assert not harness.automation.kill_switch(harness.now).stopped
    assert harness.last_reply() == "Automation is on."
    assert harness.audited_actions() == [
        ("omar", "switch automation", "stopped"),
        ("ada", "switch automation", "enabled"),
    ]


def test_enabling_in_slack_says_that_the_other_switch_still_stops_automation(harness: SlackHarness) -> None:
    harness.parameter.setting = Setting(enabled=False, by="ops", at=1, reason="parameter: bad deploy")
    harness.run_command(ADA, "on over")
    assert harness.last_reply() == "Automation is still stopped: parameter: bad deploy"


@pytest.mark.parametrize(
    "text", ["help", "HELP", "dance", "incident", "silence", "silence checkout", "confidence"]
)
def test_an_invalid_command_gets_one_reply_and_has_no_effect(harness: SlackHarness, text: str) -> None:
    harness.run_command(OMAR, text)
    assert len(harness.workspace.ephemeral_replies) == 1
    assert (harness.audited_actions(), harness.silences.all()) == ([], ())


def test_the_home_tab_shows_the_incidents_that_the_person_acknowledged(harness: SlackHarness) -> None:
    harness.press_button(OMAR, Button.ACKNOWLEDGE, INCIDENT)
    harness.open_home(OMAR)
    assert "checkout answers 5xx" in words(harness.workspace.homes[OMAR])
    harness.open_home(ADA)
    assert "checkout answers 5xx" not in words(harness.workspace.homes[ADA])


def test_an_unlinked_member_reads_and_is_shown_how_to_be_linked(harness: SlackHarness) -> None:
    harness.run_command(STRANGER, "open")
    assert harness.last_reply().startswith("1 open; automation is on.")
    harness.open_home(STRANGER)
    assert "checkout answers 5xx" in words(harness.workspace.homes[STRANGER])
    assert f"cloudops slack link {STRANGER}" in words(harness.workspace.homes[STRANGER])
    for text in ("off a bad day", "silence checkout 1h why"):
        harness.run_command(STRANGER, text)
        assert f"cloudops slack link {STRANGER}" in json.dumps(harness.workspace.ephemeral_replies[-1])
    assert not harness.automation.kill_switch(harness.now).stopped
    assert (harness.audited_actions(), harness.silences.all()) == ([], ())


@pytest.mark.parametrize(
    "fields",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"is_bot": True},
        {"deleted": True},
        {"error": "missing_scope"},
        {"error": "user_not_found"},
    ],
)
def test_a_guest_and_a_member_of_whom_slack_says_nothing_read_nothing(
    harness: SlackHarness, fields: dict[str, object]
) -> None:
    harness.workspace.members[STRANGER] = fields
    harness.run_command(STRANGER, "open")
    assert f"cloudops slack link {STRANGER}" in json.dumps(harness.workspace.ephemeral_replies[-1])
    harness.open_home(STRANGER)
    assert "checkout answers 5xx" not in words(harness.workspace.homes[STRANGER])


def test_a_link_without_a_subject_names_no_person() -> None:
    assert secret({OMAR: {"name": "omar", "role": "operator"}}).caller(OMAR) is None


def test_one_person_in_the_dashboard_and_in_slack_is_one_approver(harness: SlackHarness) -> None:
    harness.world.inventory = Remediation(tier=1).inventory
    harness.world.executor.is_reversible = False
    harness.world.approve(signed_in("Omar Khayyam", sub="omar"))
    harness.press_button(OMAR, Button.APPROVE, SUGGESTION)
    harness.submit_dialog(OMAR)
    (execution,) = harness.world.executions.of_incident(INCIDENT)
    assert execution.status is ExecutionStatus.AWAITING_APPROVAL
    harness.press_button(ADA, Button.APPROVE, SUGGESTION)
    harness.submit_dialog(ADA)
    (execution,) = harness.world.executions.of_incident(INCIDENT)
    assert execution.status is ExecutionStatus.APPROVED
    assert [one.person for one in execution.approvals] == ["Omar Khayyam", "ada"]


@pytest.mark.parametrize("button", [Button.ACKNOWLEDGE, Button.RESOLVE, Button.HELPFUL, Button.SILENCE])
def test_a_button_outside_of_a_narrowed_role_has_no_effect(harness: SlackHarness, button: Button) -> None:
    harness.narrow(OMAR, "operator:team=another")
    incident = button in (Button.ACKNOWLEDGE, Button.RESOLVE)
    value = f"1h {INCIDENT}" if button is Button.SILENCE else INCIDENT if incident else SUGGESTION
    harness.press_button(OMAR, button, value)
    assert "needs the role operator for team not known" in harness.last_reply()
    assert (status(harness), harness.audited_actions()) == (IncidentStatus.OPEN, [])
    assert harness.silences.all() == ()


@pytest.mark.parametrize("button", [Button.APPROVE, Button.REJECT, Button.UNHELPFUL])
def test_a_dialog_outside_of_a_narrowed_role_has_no_effect(harness: SlackHarness, button: Button) -> None:
    harness.narrow(OMAR, "operator:env=staging")
    harness.press_button(OMAR, button, SUGGESTION)
    harness.submit_dialog(OMAR, "not during the sale")
    assert "omar has operator:env=staging" in harness.last_reply()
    assert harness.world.executions.of_incident(INCIDENT) == ()
    assert harness.world.executions.rejection(SUGGESTION) is None
    assert harness.audited_actions() == []


def test_a_narrowed_role_acts_inside(harness: SlackHarness) -> None:
    harness.narrow(OMAR, "operator:env=production")
    harness.press_button(OMAR, Button.ACKNOWLEDGE, INCIDENT)
    harness.press_button(OMAR, Button.SILENCE, f"1h {INCIDENT}")
    assert status(harness) is IncidentStatus.ACKNOWLEDGED
    assert len(harness.silences.all()) == 1


def test_a_narrowed_admin_stops_automation_in_slack_and_does_not_start_it(harness: SlackHarness) -> None:
    harness.narrow(ADA, "admin:team=shop")
    harness.run_command(ADA, "off a bad day")
    harness.run_command(ADA, "on over")
    assert "/cloudops on needs the role admin for" in harness.last_reply()
    assert harness.automation.kill_switch(harness.now).stopped
