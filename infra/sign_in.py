"""Where people prove who they are: a Cognito user pool of the stack's own, or any OIDC issuer."""

from collections.abc import Sequence

from aws_cdk import Aws, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from cloudops.identity.access import Role
from infra.lambda_function import AppFunction
from infra.nag_suppressions import acknowledge
from infra.options import Oidc, Options

SIGNED_IN = "/signed-in"
"""Where a browser comes back to, below the dashboard's origin."""


def sign_in_origins(scope: Construct, options: Options) -> tuple[str, ...]:
    """What a browser asks to sign in: known before the issuer is, which has to know the browser's origin."""
    if options.oidc:
        return options.oidc.origins
    hosted = f"https://{_prefix(scope)}.auth.{Aws.REGION}.amazoncognito.com"
    return (f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}", hosted)


class SignIn(Construct):
    """`origins` are those of the dashboard. The functions' environment is the same for every issuer."""

    def __init__(
        self, scope: Construct, construct_id: str, *, options: Options, origins: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self._oidc = options.oidc or _own_issuer(self, origins)

    @property
    def issuer(self) -> str:
        return self._oidc.issuer

    def add_client_to(self, function: AppFunction) -> None:
        """Gives the function the issuer and the client with which a browser signs in."""
        function.add_environment("OIDC_ISSUER", self._oidc.issuer)
        function.add_environment("OIDC_CLIENT_ID", self._oidc.client_id)
        function.add_environment("OIDC_SCOPES", self._oidc.scopes)

    def grant_verify(self, function: AppFunction) -> None:
        """What the tokens must say. Their keys are public."""
        function.add_environment("OIDC_ISSUER", self._oidc.issuer)
        function.add_environment("OIDC_AUDIENCE", self._oidc.audience)
        function.add_environment("OIDC_ROLES_CLAIM", self._oidc.roles_claim)
        function.add_environment("OIDC_NAME_CLAIM", self._oidc.name_claim)


def _own_issuer(scope: Construct, origins: Sequence[str]) -> Oidc:
    pool = _pool(scope)
    client = pool.add_client(
        "Dashboard",
        generate_secret=False,
        auth_flows=cognito.AuthFlow(user=True),
        o_auth=cognito.OAuthSettings(
            flows=cognito.OAuthFlows(authorization_code_grant=True),
            scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
            callback_urls=[origin + SIGNED_IN for origin in origins],
            logout_urls=[f"{origin}/" for origin in origins],
        ),
        supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
        prevent_user_existence_errors=True,
        enable_token_revocation=True,
        access_token_validity=Duration.hours(1),
        id_token_validity=Duration.hours(1),
        # The dashboard keeps none; an hour is the least that Cognito gives.
        refresh_token_validity=Duration.hours(1),
    )
    pool.add_domain(
        "Domain",
        # A domain is unique in its region: the account id keeps it from clashing with another account's.
        cognito_domain=cognito.CognitoDomainOptions(domain_prefix=_prefix(scope)),
        managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    )
    cognito.CfnManagedLoginBranding(
        scope,
        "Pages",
        user_pool_id=pool.user_pool_id,
        client_id=client.user_pool_client_id,
        use_cognito_provided_values=True,
    )
    for role in Role:
        cognito.CfnUserPoolGroup(
            scope,
            role.value.capitalize(),
            user_pool_id=pool.user_pool_id,
            group_name=role.value,
            precedence=len(Role) - role.rank,
        )
    CfnOutput(Stack.of(scope), "UserPoolId", value=pool.user_pool_id, description="Who may sign in")
    return Oidc(
        issuer=pool.user_pool_provider_url,
        audience=client.user_pool_client_id,
        client_id=client.user_pool_client_id,
        scopes="openid email",
        roles_claim="cognito:groups",
        name_claim="username",
    )


def _prefix(scope: Construct) -> str:
    return f"{Stack.of(scope).stack_name.lower()}-{Aws.ACCOUNT_ID}"


def _pool(scope: Construct) -> cognito.UserPool:
    """Only an admin adds people. They choose no name themselves: it stands on every vote and approval."""
    pool = cognito.UserPool(
        scope,
        "People",
        self_sign_up_enabled=False,
        sign_in_aliases=cognito.SignInAliases(username=True, email=True),
        sign_in_case_sensitive=False,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        password_policy=cognito.PasswordPolicy(
            min_length=14,
            require_digits=True,
            require_lowercase=True,
            require_uppercase=True,
            require_symbols=True,
            temp_password_validity=Duration.days(3),
            password_history_size=5,
        ),
        mfa=cognito.Mfa.OPTIONAL,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        feature_plan=cognito.FeaturePlan.ESSENTIALS,
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        pool,
        "AwsSolutions-COG2",
        "A second factor by app is offered and recommended; an issuer that demands one can be configured.",
    )
    for rule in ("AwsSolutions-COG3", "AwsSolutions-COG8"):
        acknowledge(
            pool,
            rule,
            "Threat protection needs the Plus plan, which costs by person; sign-up is off.",
        )
    return pool
