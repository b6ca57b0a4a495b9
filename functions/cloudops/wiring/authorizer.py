"""The token book, for the authorizer and for the command line."""

import time
from functools import cache

from cloudops.adapters.aws import open_client
from cloudops.adapters.secrets import SecretDocument
from cloudops.flows.tokens import TokenBook
from cloudops.settings import Settings


@cache
def token_book() -> TokenBook:
    return book_in(Settings.from_env().api_tokens_secret)


def book_in(secret_id: str) -> TokenBook:
    """The book of a deployment, by the name of the secret that holds its token records."""
    client = open_client("secretsmanager", Settings.from_env().region)
    return TokenBook(SecretDocument(client, secret_id, time.monotonic))
