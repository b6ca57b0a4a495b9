"""`cloudops token`: creates, lists and revokes the API tokens of a deployment."""

import argparse
import secrets
from datetime import UTC, datetime
from typing import Final

from cloudops.cli.grants import add_grant_arguments, grants_of
from cloudops.cli.verbs import verbs_of
from cloudops.identity.access import TOKEN_BYTES, TokenRecord
from cloudops.identity.api_tokens import ApiTokens

API_TOKENS_SECRET: Final = "CloudOps/api-tokens"  # noqa: S105 the name of a secret
"""The secret of the token records, if the stack has its default name."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret",
        metavar="NAME",
        help=f"secret with the token records (default: $API_TOKENS_SECRET, else {API_TOKENS_SECRET})",
    )
    add_verb = verbs_of(parser)
    create = add_verb("create", "Create a token and print it once.")
    create.add_argument("name", metavar="NAME", help="holder of the token")
    add_grant_arguments(create)
    add_verb("list", "Print id, role, creation time and holder of each token.")
    revoke = add_verb("revoke", "Revoke a token. It is refused within a minute.")
    revoke.add_argument("id", metavar="ID", help="id of the token, as `list` prints it")


def run(options: argparse.Namespace, api_tokens: ApiTokens) -> str:
    """Runs a verb and returns the text to print.

    The text of `create` ends with the token, which is stored as a hash only and cannot be printed again.

    Raises:
        BadInput: The name is empty or too long, or a value that narrows the role is not valid.
        NotFound: No token has this id.
    """
    match options.verb:
        case "create":
            created_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            grants = grants_of(options)
            token, record = api_tokens.create(
                options.name, grants, secrets.token_bytes(TOKEN_BYTES), created_at
            )
            return f"{record.id}: {_grants(record)} {record.name}. The token is shown once:\n{token}"
        case "revoke":
            record = api_tokens.revoke(options.id)
            return f"{record.id}: {_grants(record)} {record.name} is revoked."
        case _:
            records = sorted(api_tokens.records(), key=lambda one: one.created_at)
            rows = [f"{one.id}  {_grants(one):8}  {one.created_at:20}  {one.name}" for one in records]
            return "\n".join(rows) or "No tokens exist."


def _grants(record: TokenRecord) -> str:
    return ", ".join(map(str, record.grants))
