"""Who calls, for the authorizer; the token book, for the command line."""

import time
from functools import cache

from cloudops.adapters.aws import open_client
from cloudops.adapters.https import JsonReader
from cloudops.adapters.issuer_keys import IssuerKeys
from cloudops.adapters.secrets import SecretDocument
from cloudops.adapters.signed_tokens import OidcIssuer
from cloudops.domain.claims import ClaimPolicy
from cloudops.flows.identify import Identify
from cloudops.flows.tokens import TokenBook
from cloudops.settings import Settings


@cache
def identify() -> Identify:
    settings = Settings.from_env()
    keys = IssuerKeys(settings.oidc_issuer, JsonReader(), time.monotonic)
    policy = ClaimPolicy(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_roles_claim, settings.oidc_name_claim
    )
    return Identify(book_in(settings.api_tokens_secret), OidcIssuer(keys), policy, time.time)


def book_in(secret_id: str) -> TokenBook:
    """The book of a deployment, by the name of the secret that holds its token records."""
    client = open_client("secretsmanager", Settings.from_env().region)
    return TokenBook(SecretDocument(client, secret_id, time.monotonic))
