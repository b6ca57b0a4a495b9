"""Checks the cells against the log of every vote and outcome; tells which do not add up."""

from cloudops.domain.learning_log import Difference, differences, rebuilt
from cloudops.domain.learning_ports import LearningStore
from cloudops.flows.retrying import Pause

LOOKS = 4
"""Looks at a difference before it is one: the log is read by an index, which lags by moments."""


class Audit:
    def __init__(self, learning: LearningStore, pause: Pause) -> None:
        self._learning = learning
        self._pause = pause

    def __call__(self) -> tuple[Difference, ...]:
        """The cells that differ in every look. What is voted meanwhile is in one look, not in all."""
        suspects: tuple[Difference, ...] = ()
        for look in range(LOOKS):
            found = differences(self._learning.cells(), rebuilt(*self._learning.log()))
            known = {one.cell for one in suspects}
            suspects = found if look == 0 else tuple(one for one in found if one.cell in known)
            if not suspects:
                break
            self._pause(look)
        return suspects
