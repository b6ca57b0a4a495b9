"""Sign-in: the stack's user pool, or an OIDC issuer of the deployment."""

import json
from pathlib import Path

import pytest

from infra.synthesis import synthesize
from tests.infra.conftest import template_for
from tests.infra.template import Resource, Template

CHOSEN = {
    "local": "true",
    "oidcIssuer": "https://login.acme.example",
    "oidcAudience": "cloudops-api",
    "oidcClientId": "cloudops-dashboard",
    "oidcRolesClaim": "realm_access.roles",
    "oidcNameClaim": "preferred_username",
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return template_for({**CHOSEN}, tmp_path_factory.mktemp("oidc"))


def variables(template: Template, function: str) -> dict[str, object]:
    environment: dict[str, object] = template.one("AWS::Lambda::Function", function)["Environment"][
        "Variables"
    ]
    return {name: value for name, value in environment.items() if name.startswith("OIDC_")}


def pool(template: Template) -> Resource:
    return template.one("AWS::Cognito::UserPool", "SignIn")


def client(template: Template) -> Resource:
    return template.one("AWS::Cognito::UserPoolClient", "SignIn")


def test_only_an_admin_creates_users(template: Template) -> None:
    assert pool(template)["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_passwords_are_long_and_an_app_is_the_second_factor(template: Template) -> None:
    policy = pool(template)["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] == 14
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    assert (pool(template)["MfaConfiguration"], pool(template)["EnabledMfas"]) == (
        "OPTIONAL",
        ["SOFTWARE_TOKEN_MFA"],
    )


def test_there_is_a_group_for_each_role(template: Template) -> None:
    groups = template.of_type("AWS::Cognito::UserPoolGroup").values()
    assert {group["GroupName"]: group["Precedence"] for group in groups} == {
        "admin": 1,
        "operator": 2,
        "viewer": 3,
    }


def test_the_dashboard_is_a_public_client_of_the_code_flow_only(template: Template) -> None:
    dashboard = client(template)
    assert dashboard["GenerateSecret"] is False
    assert dashboard["AllowedOAuthFlows"] == ["code"]
    assert dashboard["AllowedOAuthScopes"] == ["openid", "email"]
    assert not {flow for flow in dashboard["ExplicitAuthFlows"] if "PASSWORD" in flow}
    assert (dashboard["AccessTokenValidity"], dashboard["TokenValidityUnits"]["AccessToken"]) == (
        60,
        "minutes",
    )


def test_the_sign_in_redirects_only_to_the_dashboard(template: Template) -> None:
    (back,) = client(template)["CallbackURLs"]
    assert json.dumps(back).endswith('"/signed-in"]]}')


def test_named_origins_may_sign_in_too(chosen_template: Template) -> None:
    assert client(chosen_template)["CallbackURLs"][1:] == [
        "https://ops.example.com/signed-in",
        "http://localhost:5173/signed-in",
    ]


def test_the_authorizer_accepts_tokens_of_the_pool(template: Template) -> None:
    environment = variables(template, "ApiAuthorizerFunction")
    (pool_id,) = template.of_type("AWS::Cognito::UserPool")
    (client_id,) = template.of_type("AWS::Cognito::UserPoolClient")
    assert environment == {
        "OIDC_ISSUER": {"Fn::GetAtt": [pool_id, "ProviderURL"]},
        "OIDC_AUDIENCE": {"Ref": client_id},
        "OIDC_ROLES_CLAIM": "cognito:groups",
        "OIDC_NAME_CLAIM": "username",
    }


def test_the_login_pages_have_a_domain_and_branding(template: Template) -> None:
    domain = template.one("AWS::Cognito::UserPoolDomain", "SignIn")
    assert domain["ManagedLoginVersion"] == 2
    assert template.one("AWS::Cognito::ManagedLoginBranding", "SignIn")["UseCognitoProvidedValues"] is True


def test_a_configured_issuer_replaces_the_pool(elsewhere: Template) -> None:
    assert not [body for body in elsewhere.resources.values() if body["Type"].startswith("AWS::Cognito::")]
    assert variables(elsewhere, "ApiAuthorizerFunction") == {
        "OIDC_ISSUER": "https://login.acme.example",
        "OIDC_AUDIENCE": "cloudops-api",
        "OIDC_ROLES_CLAIM": "realm_access.roles",
        "OIDC_NAME_CLAIM": "preferred_username",
    }
    assert variables(elsewhere, "ApiApiFunction") == {
        "OIDC_ISSUER": "https://login.acme.example",
        "OIDC_CLIENT_ID": "cloudops-dashboard",
        "OIDC_SCOPES": "openid",
    }


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"oidcIssuer": "http://login.acme.example", "oidcAudience": "x"}, "oidcIssuer"),
        ({"oidcIssuer": "http://localhost.acme.example", "oidcAudience": "x"}, "oidcIssuer"),
        ({"oidcIssuer": "https://login.acme.example"}, "oidcAudience"),
    ],
)
def test_an_unsafe_or_incomplete_issuer_stops_the_synthesis(
    context: dict[str, object], named: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=named):
        synthesize({"local": "true", **context}, tmp_path, validate=False)


def test_the_kill_switch_parameter_starts_enabled(template: Template) -> None:
    parameter = template.one("AWS::SSM::Parameter", "KillSwitch")
    assert (parameter["Name"], parameter["Value"]) == ("/CloudOps/automation", "enabled")
