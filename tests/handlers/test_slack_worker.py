"""What people do from Slack, from the click to what they see."""

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
from tests.fakes.chatops import ADA, JANE, OMAR, STRANGER, Office
from tests.fakes.remediation import INCIDENT, SUGGESTION
from tests.fakes.slack import LATE, Fault, Workspace, slack
from tests.fakes.slack_requests import command, press


@pytest.fixture
def office() -> Iterator[Office]:
    workspace = Workspace(lambda: 0)
    with slack(workspace) as running:
        yield Office(running.url, workspace)


def words(view: dict[str, Any]) -> str:
    """Everything that a view or message says."""
    return json.dumps(view["blocks"], ensure_ascii=False)


def status(office: Office) -> IncidentStatus:
    return office.world.incidents.incidents([INCIDENT])[INCIDENT].status


def test_acknowledge_and_resolve_move_the_incident_and_are_written_down(office: Office) -> None:
    office.presses(OMAR, Button.ACKNOWLEDGE, INCIDENT)
    assert status(office) is IncidentStatus.ACKNOWLEDGED
    office.presses(OMAR, Button.RESOLVE, INCIDENT)
    assert status(office) is IncidentStatus.RESOLVED
    assert office.acts() == [("omar", "acknowledge", ""), ("omar", "resolve", "")]


def test_helpful_is_a_vote_and_not_helpful_asks_for_a_comment_first(office: Office) -> None:
    office.presses(OMAR, Button.HELPFUL, SUGGESTION)
    office.presses(OMAR, Button.UNHELPFUL, SUGGESTION)
    assert office.acts() == [("omar", "vote", "1")]
    office.sends(OMAR, "it made the latency worse")
    (feedback,) = office.world.incidents.detail(INCIDENT, None, 10).feedback
    assert (feedback.person, feedback.value, feedback.comment) == ("omar", -1, "it made the latency worse")
    assert office.acts() == [("omar", "vote", "1"), ("omar", "vote", "-1")]


def test_the_dialog_shows_the_plan_and_every_verdict_and_approves_what_was_read(office: Office) -> None:
    office.presses(OMAR, Button.APPROVE, SUGGESTION)
    (view,) = office.workspace.views
    assert view["callback_id"] == Form.APPROVE
    proposed = office.world.plan()
    for verdict in proposed.verdicts:
        assert verdict.guardrail.replace("_", " ") in words(view)
        assert verdict.reason[:40] in words(view)
    assert proposed.plan.draft.summary in words(view)
    office.sends(OMAR)
    (execution,) = office.world.executions.of_incident(INCIDENT)
    assert (execution.status, execution.plan.hash) == (ExecutionStatus.APPROVED, proposed.plan_hash)
    assert [one.person for one in execution.approvals] == ["omar"]


def test_a_plan_that_changed_after_it_was_read_is_not_carried_out(office: Office) -> None:
    office.presses(OMAR, Button.APPROVE, SUGGESTION)
    office.world.executor.service.set_count(5, "somebody else")
    office.sends(OMAR)
    assert office.world.executions.of_incident(INCIDENT) == ()
    assert "the plan has changed, read it again" in office.heard()


def test_what_a_guardrail_denies_cannot_be_approved_and_says_why(office: Office) -> None:
    office.world.switch = KillSwitchState(stopped=True, by="ada", at=0, reason="a bad day")
    office.presses(OMAR, Button.APPROVE, SUGGESTION)
    (view,) = office.workspace.views
    assert "callback_id" not in view
    assert "a bad day" in words(view)


def test_a_dialog_that_comes_too_late_says_to_press_again(office: Office) -> None:
    office.presses(OMAR, Button.APPROVE, SUGGESTION, LATE)
    assert "press the button again" in office.heard()


def test_a_rejection_needs_its_reason(office: Office) -> None:
    office.presses(OMAR, Button.REJECT, SUGGESTION)
    assert office.workspace.views[-1]["blocks"][0]["optional"] is False
    office.sends(OMAR, "not during the sale")
    rejection = office.world.executions.rejection(SUGGESTION)
    assert rejection
    assert (rejection.person, rejection.reason) == ("omar", "not during the sale")


@pytest.mark.parametrize(("span", "hours"), [("1h", 1), ("4h", 4), ("1d", 24)])
def test_an_incident_is_silenced_by_its_service_for_as_long_as_was_chosen(
    office: Office, span: str, hours: int
) -> None:
    office.presses(OMAR, Button.SILENCE, f"{span} {INCIDENT}")
    (silence,) = office.silenced.all()
    assert silence.ends_at - silence.starts_at == hours * HOUR
    assert silence.matchers == (
        Matcher("service", Operator.EQUAL, "checkout"),
        Matcher("environment", Operator.EQUAL, "prod"),
    )
    assert office.heard().startswith("Silenced: ")


@pytest.mark.parametrize("button", Button)
def test_who_has_no_role_is_told_so_alone_and_nothing_is_done(office: Office, button: Button) -> None:
    about = INCIDENT if button in (Button.ACKNOWLEDGE, Button.RESOLVE) else SUGGESTION
    office.presses(STRANGER, button, f"1h {INCIDENT}" if button is Button.SILENCE else about)
    assert office.workspace.whispers[-1]["response_type"] == "ephemeral"
    assert f"cloudops slack link {STRANGER}" in json.dumps(office.workspace.whispers[-1])
    assert (status(office), office.acts(), office.workspace.views) == (IncidentStatus.OPEN, [], [])


@pytest.mark.parametrize("button", Button)
def test_a_viewer_may_press_nothing_and_is_told_which_role_it_takes(office: Office, button: Button) -> None:
    office.presses(JANE, button, SUGGESTION)
    assert office.heard() == f"{button} needs the role operator; jane has the role viewer"
    assert (office.acts(), office.workspace.views, office.silenced.all()) == ([], [], ())


def test_a_role_that_was_taken_away_does_not_send_off_an_open_dialog(office: Office) -> None:
    office.presses(OMAR, Button.APPROVE, SUGGESTION)
    office.sends(JANE)
    assert office.world.executions.of_incident(INCIDENT) == ()
    assert "needs the role operator" in office.heard()


def test_another_workspace_is_nobody(office: Office) -> None:
    body = press(office.url, OMAR, Button.RESOLVE, INCIDENT).replace("T0TEAM", "T0OTHER")
    office.asks("interactions", body)
    assert (status(office), office.workspace.calls) == (IncidentStatus.OPEN, [])


def test_the_same_delivery_may_go_on_where_it_died_and_another_of_the_same_does_nothing(
    office: Office,
) -> None:
    office.knock("interactions", press(office.url, OMAR, Button.HELPFUL, SUGGESTION))
    said = office.queue.pop()
    office.workspace.faults = [Fault.REFUSED]
    with pytest.raises(Unavailable):
        office.deliver(said, "message 1")
    office.deliver(said, "message 1")
    assert office.heard().startswith("Thank you")
    whispers = len(office.workspace.whispers)
    office.deliver(said, "message 2")
    assert len(office.workspace.whispers) == whispers


def test_an_incident_that_is_gone_is_said_to_be_gone(office: Office) -> None:
    office.presses(OMAR, Button.RESOLVE, "inc_gone")
    assert "inc_gone: not found" in office.heard()


def test_a_link_that_was_opened_asks_for_nothing(office: Office) -> None:
    body = press(office.url, OMAR, Button.RESOLVE, INCIDENT).replace("resolve", "dashboard")
    office.asks("interactions", body)
    assert (status(office), office.workspace.calls) == (IncidentStatus.OPEN, [])


def test_an_answer_goes_to_slack_alone_whatever_address_is_given(office: Office) -> None:
    evil = command(office.url, OMAR, "help").replace("127.0.0.1", "evil.example")
    office.asks("commands", evil)
    (said,) = office.workspace.messages[OMAR]
    assert "/cloudops" in said["text"]


def test_an_answer_to_an_address_that_expired_goes_to_the_askers_own_messages(office: Office) -> None:
    office.workspace.faults = [Fault.EXPIRED]
    office.types(OMAR, "help")
    (said,) = office.workspace.messages[OMAR]
    assert "/cloudops" in said["text"]


def test_the_command_lists_what_is_open_and_whether_automation_is_on(office: Office) -> None:
    office.types(JANE, "")
    assert office.heard().startswith("1 open; automation is on.")
    assert "checkout answers 5xx" in words(office.workspace.whispers[-1])


def test_one_incident_is_shown_whole_with_its_buttons(office: Office) -> None:
    office.types(JANE, f"incident {INCIDENT}")
    assert "Approve…" in words(office.workspace.whispers[-1])


def test_a_silence_is_typed_by_service_or_by_field(office: Office) -> None:
    office.types(OMAR, "silence service=~check.* environment=prod 30m moving the database")
    (silence,) = office.silenced.all()
    assert [str(one) for one in silence.matchers] == ["service=~check.*", "environment=prod"]
    assert (silence.ends_at - silence.starts_at, silence.comment) == (HOUR // 2, "moving the database")


def test_what_was_not_learned_yet_is_said_to_be_so(office: Office) -> None:
    office.types(JANE, "confidence checkout")
    assert office.heard().startswith("Nothing was learned of checkout yet")


def test_what_was_learned_is_said_with_what_it_rests_on(office: Office) -> None:
    office.presses(OMAR, Button.HELPFUL, SUGGESTION)
    store = office.world.incidents
    Recompute(store.learning, store, Rerank(store, lambda _: None)).run(office.now)
    office.types(JANE, "confidence checkout")
    assert office.heard().startswith("Scale for latency: ")
    assert "10th percentile" in office.heard()


def test_an_operator_stops_automation_and_only_an_admin_starts_it_again(office: Office) -> None:
    office.types(JANE, "off now")
    assert office.heard() == "/cloudops off needs the role operator; jane has the role viewer"
    office.types(OMAR, "off the database moves")
    assert office.automation.kill_switch(office.now).stopped
    office.types(OMAR, "on the database has moved")
    assert office.heard() == "/cloudops on needs the role admin; omar has the role operator"
    assert office.automation.kill_switch(office.now).stopped
    office.types(ADA, "on the database has moved")
    assert not office.automation.kill_switch(office.now).stopped
    assert office.heard() == "Automation is on."
    assert office.acts() == [
        ("omar", "switch automation", "stopped"),
        ("ada", "switch automation", "enabled"),
    ]


def test_enabling_in_slack_says_that_the_other_switch_still_stops_automation(office: Office) -> None:
    office.parameter.setting = Setting(enabled=False, by="ops", at=1, reason="parameter: bad deploy")
    office.types(ADA, "on over")
    assert office.heard() == "Automation is still stopped: parameter: bad deploy"


@pytest.mark.parametrize(
    "text", ["help", "HELP", "dance", "incident", "silence", "silence checkout", "confidence"]
)
def test_what_is_typed_wrong_gets_the_help(office: Office, text: str) -> None:
    office.types(OMAR, text)
    assert len(office.workspace.whispers) == 1
    assert (office.acts(), office.silenced.all()) == ([], ())


def test_home_shows_ones_own_incidents_and_what_waits_for_approval(office: Office) -> None:
    office.presses(OMAR, Button.ACKNOWLEDGE, INCIDENT)
    office.opens_home(OMAR)
    assert "checkout answers 5xx" in words(office.workspace.homes[OMAR])
    office.opens_home(ADA)
    assert "checkout answers 5xx" not in words(office.workspace.homes[ADA])
    office.opens_home(STRANGER)
    assert f"cloudops slack link {STRANGER}" in words(office.workspace.homes[STRANGER])
