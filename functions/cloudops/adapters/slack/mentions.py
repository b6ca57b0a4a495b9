"""Mentions as the routing writes them: `@here`, `@channel`, a user (U…) or a user group (S…)."""

from typing import Final

from slack_sdk.models.blocks import RichTextElement, RichTextElementParts

_RANGES: Final = {"@here": "here", "@channel": "channel"}


def mention(name: str) -> RichTextElement:
    """`name` is one that domain/routing.py has checked."""
    if name in _RANGES:
        return RichTextElementParts.Broadcast(range=_RANGES[name])
    if name.startswith("S"):
        return RichTextElementParts.UserGroup(usergroup_id=name)
    return RichTextElementParts.User(user_id=name)
