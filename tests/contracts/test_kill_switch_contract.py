"""Contract of kill switches that can be set."""

from cloudops.remediation.kill_switch import NEVER_SWITCHED, SettableSwitch, Setting
from tests.fakes.incident_factory import NOON


def test_a_switch_that_was_never_set_does_not_stop(switch: SettableSwitch) -> None:
    assert switch.read() == NEVER_SWITCHED


def test_a_switch_has_the_last_setting(switch: SettableSwitch) -> None:
    for setting in (
        Setting(enabled=False, by="ada", at=NOON, reason="storm"),
        Setting(enabled=True, by="grace", at=NOON + 1, reason="over"),
    ):
        switch.write(setting)
        assert switch.read() == setting
