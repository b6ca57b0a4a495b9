"""The dashboard: a private bucket behind CloudFront, which leads to the API too: both have one origin."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.api import Api
from infra.nag_suppressions import acknowledge
from infra.options import Options

PAGES = r"""
function handler(event) {
  var request = event.request;
  if (!/^\/(assets\/.*|[^/]+\.[a-z]+)$/.test(request.uri)) request.uri = "/index.html";
  return request;
}
"""
"""Files are in assets and, with a dot in their names, beside it; every other address is a page, such as that
of a service whose name has a dot, which the dashboard reads for itself. Done before the cache and not by an
error page, which would hide the API's own 404."""
TO_THE_API = ("/api/*", "/health")
LATEST_TLS = cloudfront.OriginSslPolicy.TLS_V1_2


class DashboardHosting(Construct):
    """`connects` are the origins that the browser may ask beside the dashboard's own: where people sign in.
    What is in the bucket is put there after the deployment (infra/dashboard_upload.py)."""

    def __init__(
        self, scope: Construct, construct_id: str, *, api: Api, options: Options, connects: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = self._bucket(options)
        to_api = cloudfront.BehaviorOptions(
            origin=_api_origin(api, options),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # The gateway finds its API by the host name.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=_protocol(options),
        )
        access = cloudfront.S3OriginAccessControl(
            self, "OriginAccess", origin_access_control_name=_global_name(self, "files")
        )
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{Stack.of(self).stack_name} dashboard",
            default_root_object="index.html",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(
                    self.bucket, origin_access_control=access
                ),
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                response_headers_policy=self._headers(connects),
                viewer_protocol_policy=_protocol(options),
                function_associations=[
                    cloudfront.FunctionAssociation(
                        event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                        function=cloudfront.Function(
                            self,
                            "Pages",
                            function_name=_global_name(self, "pages"),
                            code=cloudfront.FunctionCode.from_inline(PAGES),
                            runtime=cloudfront.FunctionRuntime.JS_2_0,
                        ),
                    )
                ],
            ),
            additional_behaviors=dict.fromkeys(TO_THE_API, to_api),
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
        )
        for rule, reason in ACKNOWLEDGED.items():
            acknowledge(self.distribution, rule, reason)

    @property
    def url(self) -> str:
        """The origin that people open, without a slash at its end."""
        return f"https://{self.distribution.distribution_domain_name}"

    def _bucket(self, options: Options) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Files",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=not options.local,
            # Built again from the repository at any time; `make destroy` empties it first.
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(bucket, "AwsSolutions-S1", "It holds public files, read through CloudFront alone.")
        if options.local:
            acknowledge(bucket, "AwsSolutions-S10", "The emulator speaks plain HTTP on loopback.")
        return bucket

    def _headers(self, connects: Sequence[str]) -> cloudfront.ResponseHeadersPolicy:
        behavior = cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=content_security_policy(connects), override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=Duration.days(365), include_subdomains=True, override=True
            ),
        )
        permissions = cloudfront.ResponseCustomHeader(
            header="permissions-policy", value=PERMISSIONS_POLICY, override=True
        )
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=_global_name(self, "headers"),
            security_headers_behavior=behavior,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(custom_headers=[permissions]),
        )


def _global_name(scope: Construct, kind: str) -> str:
    """Returns a name of CloudFront, which is one namespace for all regions of an account: 64 characters at
    most."""
    return f"{Stack.of(scope).stack_name}-{Aws.REGION}-{kind}"


PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
"""The dashboard uses none of these features of the browser."""


ACKNOWLEDGED = {
    "AwsSolutions-CFR1": "People on call travel; who may see anything is decided by signing in.",
    "AwsSolutions-CFR2": "The API throttles and asks for a token; a firewall can be attached.",
    "AwsSolutions-CFR3": "The API keeps an access log; that a public file was read says nothing.",
    "AwsSolutions-CFR4": "The certificate is that of cloudfront.net; a domain of one's own can be added.",
    "AwsSolutions-CFR5": "On the emulator alone the API is reached by plain HTTP on loopback.",
}


def content_security_policy(connects: Sequence[str]) -> str:
    """Scripts are files of ours and nothing else. The design system sets sizes in style attributes."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            " ".join(("connect-src 'self'", *connects)),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _api_origin(api: Api, options: Options) -> origins.HttpOrigin:
    if options.local:
        # The emulator serves it by path, and lets CloudFront reach nothing at AWS's own names.
        api_id = Fn.select(0, Fn.split(".", Fn.select(2, Fn.split("/", api.url))))
        address = urlsplit(options.emulator)
        is_plain = address.scheme == "http"
        policy = cloudfront.OriginProtocolPolicy
        return origins.HttpOrigin(
            "localhost",
            http_port=address.port if is_plain else None,
            https_port=None if is_plain else address.port,
            protocol_policy=policy.HTTP_ONLY if is_plain else policy.HTTPS_ONLY,
            origin_path=Fn.join("", ["/_aws/execute-api/", api_id, "/$default"]),
        )
    return origins.HttpOrigin(
        Fn.select(2, Fn.split("/", api.url)),
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[LATEST_TLS],
    )


def _protocol(options: Options) -> cloudfront.ViewerProtocolPolicy:
    if options.local:
        return cloudfront.ViewerProtocolPolicy.ALLOW_ALL
    return cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
