"""`cloudops token`: makes, lists and revokes the API tokens of a deployment."""

import argparse
import secrets
from datetime import UTC, datetime
from typing import Final

from cloudops.identity.access import TOKEN_BYTES, Role
from cloudops.identity.api_tokens import ApiTokens

DEFAULT_SECRET: Final = "CloudOps/api-tokens"  # noqa: S105 the name of a secret
"""Where a deployment keeps its token records, unless its stack was given another name."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret", metavar="NAME", help=f"the secret of the token records (default {DEFAULT_SECRET})"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="Make a token and print it, once.")
    create.add_argument("name", metavar="NAME", help="the person who will hold it")
    create.add_argument("--role", required=True, choices=[role.value for role in Role])
    verbs.add_parser("list", help="Print whose tokens there are.")
    revoke = verbs.add_parser("revoke", help="End a token; functions forget it within a minute.")
    revoke.add_argument("id", metavar="ID", help="as `list` shows it")


def run(options: argparse.Namespace, book: ApiTokens) -> str:
    """What to print. The token is the last word of it, and can be read nowhere else again."""
    match options.verb:
        case "create":
            created_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            role = Role(options.role)
            token, record = book.create(options.name, role, secrets.token_bytes(TOKEN_BYTES), created_at)
            return f"{record.id}: {record.role} {record.name}. This is shown once:\n{token}"
        case "revoke":
            record = book.revoke(options.id)
            return f"{record.id}: {record.role} {record.name} is revoked"
        case _:
            records = sorted(book.records(), key=lambda one: one.created_at)
            rows = [f"{one.id}  {one.role:8}  {one.created_at:20}  {one.name}" for one in records]
            return "\n".join(rows) or "There are no tokens."
