"""Builds authentication for the authorizer, and API tokens for the command line."""

import time
from functools import cache

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.oidc.http import JsonHttpClient
from cloudops.adapters.oidc.issuer import JwksClient, OidcIssuer
from cloudops.identity.api_tokens import ApiTokens
from cloudops.identity.authentication import Authenticate
from cloudops.identity.jwt_claims import ClaimPolicy
from cloudops.settings import Settings


@cache
def authenticator() -> Authenticate:
    settings = Settings.from_env()
    keys = JwksClient(settings.oidc_issuer, JsonHttpClient().get, time.monotonic)
    policy = ClaimPolicy(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_roles_claim, settings.oidc_name_claim
    )
    return Authenticate(api_tokens_in(settings.api_tokens_secret), OidcIssuer(keys), policy, time.time)


def api_tokens_in(secret_id: str) -> ApiTokens:
    """Returns the API tokens of a deployment. `secret_id` names the secret that holds their records."""
    client = open_client("secretsmanager", Settings.from_env().region)
    return ApiTokens(SecretDocument(client, secret_id, time.monotonic))
