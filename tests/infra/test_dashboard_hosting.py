"""The dashboard's bucket and distribution: access, caching and security headers."""

import json
from typing import Any

import pytest

from tests.infra.template import Template


def distribution(template: Template) -> Any:
    return template.one("AWS::CloudFront::Distribution", "DashboardHosting")["DistributionConfig"]


def policy_of(template: Template, logical: str) -> Any:
    return template.one("AWS::CloudFront::ResponseHeadersPolicy", logical)["ResponseHeadersPolicyConfig"]


def test_only_the_distribution_reads_the_bucket_and_only_over_tls(template: Template) -> None:
    bucket = template.one("AWS::S3::Bucket", "DashboardHostingFiles")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    statements = template.one("AWS::S3::BucketPolicy", "DashboardHostingFiles")["PolicyDocument"]["Statement"]
    denied, allowed = statements
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert (allowed["Action"], allowed["Principal"]) == (
        "s3:GetObject",
        {"Service": "cloudfront.amazonaws.com"},
    )
    assert "DashboardHostingDistribution" in json.dumps(allowed["Condition"]["StringEquals"]["AWS:SourceArn"])


def test_browsers_use_https_and_the_origin_tls_1_2(template: Template) -> None:
    found = distribution(template)
    behaviors = [found["DefaultCacheBehavior"], *found["CacheBehaviors"]]
    assert {one["ViewerProtocolPolicy"] for one in behaviors} == {"redirect-to-https"}
    (api,) = [one["CustomOriginConfig"] for one in found["Origins"] if "CustomOriginConfig" in one]
    assert (api["OriginProtocolPolicy"], api["OriginSSLProtocols"]) == ("https-only", ["TLSv1.2"])


def test_the_api_has_the_same_origin_and_is_not_cached(template: Template) -> None:
    behaviors = distribution(template)["CacheBehaviors"]
    assert [one["PathPattern"] for one in behaviors] == ["/api/*", "/health"]
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    all_viewer_except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    for one in behaviors:
        assert one["CachePolicyId"] == caching_disabled
        assert one["OriginRequestPolicyId"] == all_viewer_except_host
        assert "FunctionAssociations" not in one


@pytest.fixture
def csp(template: Template) -> dict[str, str]:
    headers = policy_of(template, "DashboardHostingHeaders")["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    text = policy if isinstance(policy, str) else "".join(str(part) for part in policy["Fn::Join"][1])
    return {name: value for name, _, value in (one.partition(" ") for one in text.split("; "))}


def test_scripts_load_only_from_the_same_origin(csp: dict[str, str]) -> None:
    assert csp["default-src"] == "'none'"
    assert csp["script-src"] == "'self'"
    assert csp["frame-ancestors"] == csp["base-uri"] == csp["form-action"] == "'none'"


def test_a_browser_may_connect_only_to_the_api_and_the_sign_in(csp: dict[str, str]) -> None:
    same_origin, pool, hosted = csp["connect-src"].split(" https://")
    assert same_origin == "'self'"
    assert pool.startswith("cognito-idp.")
    assert hosted.endswith(".amazoncognito.com")


def test_framing_and_type_sniffing_are_denied(template: Template) -> None:
    headers = policy_of(template, "DashboardHostingHeaders")["SecurityHeadersConfig"]
    assert headers["FrameOptions"]["FrameOption"] == "DENY"
    assert headers["ContentTypeOptions"] == {"Override": True}
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 31_536_000
    assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"


def test_the_dashboard_may_use_no_camera_microphone_location_payment_or_usb(template: Template) -> None:
    custom = policy_of(template, "DashboardHostingHeaders")["CustomHeadersConfig"]
    assert custom["Items"] == [
        {
            "Header": "permissions-policy",
            "Value": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Override": True,
        }
    ]


def test_the_sign_in_redirects_to_the_dashboard(template: Template) -> None:
    client = template.one("AWS::Cognito::UserPoolClient", "SignIn")
    (callback,) = client["CallbackURLs"]
    assert "DashboardHostingDistribution" in json.dumps(callback)
    assert json.dumps(callback).endswith('/signed-in"]]}')
