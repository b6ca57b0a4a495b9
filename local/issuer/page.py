"""The sign-in page: one form, a button a person."""

from collections.abc import Mapping
from html import escape

from local.issuer.people import PEOPLE

_STYLE = (
    "body{font:16px/1.5 system-ui;max-width:24rem;margin:15vh auto;padding:0 1rem}"
    "button{display:block;width:100%;margin:.5rem 0;padding:.75rem;font:inherit;cursor:pointer}"
)


def sign_in_page(parameters: Mapping[str, str]) -> str:
    """It sends back what the browser asked with, and who was chosen."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parameters.items()
    )
    buttons = "".join(
        f'<button name="person" value="{person.id}">{person.name} <small>{person.role}</small></button>'
        for person in PEOPLE.values()
    )
    form = f'<form method="post" action="/authorize">{kept}{buttons}</form>'
    return page("Sign in", f"<p>Who are you? These people exist on this machine only.</p>{form}")


def page(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><title>{title} - CloudOps on this machine</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}<h1>{title}</h1>{body}</html>'
