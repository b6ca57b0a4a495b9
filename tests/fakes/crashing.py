"""What a function calls, until it dies at one of the calls."""

from collections.abc import Callable
from typing import Any


class Died(BaseException):
    """The function ended here: nothing after it is done."""


class Mortal:
    """Passes calls on, and dies before or after that many of them, counted over everything it stands for."""

    def __init__(self, inner: object, count: Callable[[], bool], *, before: bool) -> None:
        self._inner = inner
        self._count = count
        self._before = before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            dies = self._count()
            if dies and self._before:
                raise Died
            answer = method(*arguments, **named)
            if dies:
                raise Died
            return answer

        return call
