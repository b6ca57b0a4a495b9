"""The kill switch: each of two switches stops all executions, and so does one that cannot be read."""

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


def test_executions_run_if_both_switches_are_enabled() -> None:
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
def test_either_switch_stops_executions_and_is_named(
    api: Setting, parameter: Setting, by: str, reason: str
) -> None:
    state = automation(api, parameter).kill_switch(NOON)
    assert (state.stopped, state.by, state.reason) == (True, by, reason)


def test_a_switch_that_cannot_be_read_stops_executions() -> None:
    state = Automation(MemorySwitch(), NoSwitch()).kill_switch(NOON)
    assert state == KillSwitchState(
        True, "", NOON, "parameter /CloudOps/automation cannot be read: no answer"
    )
    assert Automation(NoSwitch(), MemorySwitch(ON)).kill_switch(NOON).stopped


def test_a_setting_takes_effect_at_once_with_actor_and_reason() -> None:
    switches = automation(Setting(enabled=True), ON)
    assert switches.switch(ADA_STOPS).kill_switch == KillSwitchState(True, "ada", NOON, "storm")
    assert switches.kill_switch(NOON).stopped
    switches.switch(Setting(enabled=True, by="ada", at=NOON, reason="over"))
    assert not switches.kill_switch(NOON).stopped


def test_the_api_cannot_override_a_stopped_parameter() -> None:
    switches = automation(ADA_STOPS, OFF)
    assert switches.switch(Setting(enabled=True, by="ada", at=NOON)).kill_switch.stopped


def test_a_setting_that_is_not_stored_is_an_error() -> None:
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
def test_any_parameter_text_but_enabled_stops_executions(text: str, enabled: bool, reason: str) -> None:
    assert parse_setting(text, "parameter", NOON) == Setting(
        enabled=enabled, by="parameter", at=NOON, reason=reason
    )
