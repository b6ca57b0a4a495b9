"""The token book, for the authorizer and for the command line."""

import time
from functools import cache

from cloudops.adapters.aws import open_client
from cloudops.adapters.secrets import SecretDocument
from cloudops.flows.tokens import TokenBook
from cloudops.settings import Settings


@cache
def token_book() -> TokenBook:
    settings = Settings.from_env()
    client = open_client("secretsmanager", settings.region)
    return TokenBook(SecretDocument(client, settings.api_tokens_secret, time.monotonic))
