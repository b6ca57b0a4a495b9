"""Collaborators of a function that crashes at one of its calls."""

from collections.abc import Callable
from typing import Any


class Died(BaseException):
    """Ends the function. It is a BaseException, so that no handler catches it."""


class Mortal:
    """Passes calls on; raises Died before or after the call for which `count` returns True.

    Several proxies may share one `count`.
    """

    def __init__(self, inner: object, count: Callable[[], bool], *, before: bool) -> None:
        self._inner = inner
        self._count = count
        self._before = before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if not callable(method):  # a property
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            dies = self._count()
            if dies and self._before:
                raise Died
            answer = method(*arguments, **named)
            if dies:
                raise Died
            return answer

        return call
