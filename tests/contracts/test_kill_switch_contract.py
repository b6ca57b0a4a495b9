"""What every switch of automation that can be moved promises."""

from cloudops.remediation.kill_switch import NEVER_SWITCHED, SettableSwitch, Setting
from tests.fakes.incident_factory import NOON


def test_a_switch_that_nobody_moved_does_not_stop(switch: SettableSwitch) -> None:
    assert switch.read() == NEVER_SWITCHED


def test_a_switch_says_what_it_was_moved_to_last(switch: SettableSwitch) -> None:
    for setting in (
        Setting(enabled=False, by="ada", at=NOON, reason="storm"),
        Setting(enabled=True, by="grace", at=NOON + 1, reason="over"),
    ):
        switch.write(setting)
        assert switch.read() == setting
