"""The kill switch: two switches, either of which stops automation, and what cannot be read stops it too."""

import pytest

from cloudops.core.errors import Unavailable
from cloudops.remediation.kill_switch import Automation, KillSwitchState, Setting, parse_setting
from tests.fakes.audit_trail import MemorySwitch, NoSwitch

NOON = 1_763_899_200_000
ON = Setting(enabled=True, by="parameter /CloudOps/automation", at=NOON - 1)
OFF = Setting(enabled=False, by="parameter /CloudOps/automation", at=NOON - 1, reason="bad deploy")
ADA_STOPS = Setting(enabled=False, by="ada", at=NOON, reason="storm")


def automation(api: Setting, parameter: Setting) -> Automation:
    return Automation(MemorySwitch(api), MemorySwitch(parameter))


def test_automation_acts_where_both_switches_let_it() -> None:
    on = Setting(enabled=True, by="ada", at=NOON, reason="over")
    assert automation(on, ON).kill_switch(NOON) == KillSwitchState(False, "ada", NOON, "over")


@pytest.mark.parametrize(
    ("api", "parameter", "by", "reason"),
    [
        (ADA_STOPS, ON, "ada", "storm"),
        (Setting(enabled=True), OFF, "parameter /CloudOps/automation", "bad deploy"),
        (ADA_STOPS, OFF, "ada", "storm"),
    ],
)
def test_either_switch_stops_it_and_is_named(api: Setting, parameter: Setting, by: str, reason: str) -> None:
    found = automation(api, parameter).kill_switch(NOON)
    assert (found.stopped, found.by, found.reason) == (True, by, reason)


def test_a_switch_that_cannot_be_read_stops_it() -> None:
    found = Automation(MemorySwitch(), NoSwitch()).kill_switch(NOON)
    assert found == KillSwitchState(
        True, "", NOON, "parameter /CloudOps/automation cannot be read: no answer"
    )
    assert Automation(NoSwitch(), MemorySwitch(ON)).kill_switch(NOON).stopped


def test_what_was_switched_holds_at_once_and_says_who_and_why() -> None:
    desk = automation(Setting(enabled=True), ON)
    assert desk.switch(ADA_STOPS).kill_switch == KillSwitchState(True, "ada", NOON, "storm")
    assert desk.kill_switch(NOON).stopped
    desk.switch(Setting(enabled=True, by="ada", at=NOON, reason="over"))
    assert not desk.kill_switch(NOON).stopped


def test_the_api_cannot_start_what_the_parameter_stops() -> None:
    desk = automation(ADA_STOPS, OFF)
    assert desk.switch(Setting(enabled=True, by="ada", at=NOON)).kill_switch.stopped


def test_a_switch_that_did_not_move_is_an_error() -> None:
    with pytest.raises(Unavailable):
        Automation(NoSwitch(), MemorySwitch(ON)).switch(ADA_STOPS)


@pytest.mark.parametrize(
    ("text", "enabled", "reason"),
    [
        ("enabled", True, ""),
        (" Enabled\n", True, ""),
        ("stopped", False, ""),
        ("stopped: bad deploy: 12", False, "bad deploy: 12"),
        ("", False, "'' is neither enabled nor stopped"),
        ("true", False, "'true' is neither enabled nor stopped"),
        ("enabled: not", False, "'enabled: not' is neither enabled nor stopped"),
    ],
)
def test_a_parameter_that_says_anything_but_enabled_stops(text: str, enabled: bool, reason: str) -> None:
    assert parse_setting(text, "parameter", NOON) == Setting(
        enabled=enabled, by="parameter", at=NOON, reason=reason
    )
