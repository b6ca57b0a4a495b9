"""The dashboard on the deployed stack: files, pages and the API at one origin, with security headers."""

import http.client
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.dashboard_upload import upload
from local import stack
from tests.e2e.stack_under_test import StackUnderTest

pytestmark = pytest.mark.emulator


class Site:
    """Requests to CloudFront by the domain of the distribution."""

    def __init__(self, stack_under_test: StackUnderTest) -> None:
        self._emulator = stack_under_test.emulator
        self._host = stack.site_host(stack_under_test.outputs)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any, bytes]:
        """Returns status, headers and body of the response (Any: headers of http.client)."""
        certificate = self._emulator.options.certificate
        assert certificate is not None
        trust = ssl.create_default_context(cafile=str(certificate.certificate))
        address = urlsplit(self._emulator.endpoint)
        connection = http.client.HTTPSConnection(
            str(address.hostname), address.port, context=trust, timeout=30
        )
        try:
            connection.request("GET", path, headers={"host": self._host, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(stack_under_test: StackUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site with files of this test; how a file is served does not depend on its content."""
    built = tmp_path_factory.mktemp("built")
    (built / "assets").mkdir()
    (built / "index.html").write_text("<!doctype html><title>page</title>")
    (built / "assets" / "app-1a2b.js").write_text("export {}")
    put(stack_under_test, built)
    return Site(stack_under_test)


def put(stack_under_test: StackUnderTest, built: Path) -> None:
    emulator, outputs = stack_under_test.emulator, stack_under_test.outputs
    upload(
        emulator.client("s3"),
        emulator.client("cloudfront"),
        built,
        outputs["DashboardBucketName"],
        outputs["DashboardDistributionId"],
    )


@pytest.mark.parametrize("path", ["/", "/incidents/inc_1?tab=alerts", "/services/shop.web"])
def test_every_page_is_the_dashboard(site: Site, path: str) -> None:
    status, headers, body = site.get(path)
    assert (status, body) == (200, b"<!doctype html><title>page</title>")
    assert headers["cache-control"] == "public, no-cache"


def test_an_asset_is_cached_for_a_year_and_a_missing_one_is_not_found(site: Site) -> None:
    status, headers, _ = site.get("/assets/app-1a2b.js")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert site.get("/assets/app-9z9z.js")[0] in (403, 404)


def test_pages_have_security_headers(site: Site) -> None:
    _, headers, _ = site.get("/")
    assert "script-src 'self';" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_api_is_at_the_same_origin_with_its_own_errors(
    site: Site, stack_under_test: StackUnderTest
) -> None:
    assert site.get("/api/sign-in")[0] == 200
    assert site.get("/api/incidents")[0] == 401
    token = {"authorization": f"Bearer {stack_under_test.tokens['viewer']}"}
    status, headers, body = site.get("/api/incidents/inc_0", token)
    assert (status, headers["content-type"]) == (404, "application/json")
    assert b"inc_0" in body


def test_an_unchanged_response_is_not_sent_again(site: Site, stack_under_test: StackUnderTest) -> None:
    token = {"authorization": f"Bearer {stack_under_test.tokens['viewer']}"}
    _, headers, body = site.get("/api/automation", token)
    assert body
    status, _, again = site.get("/api/automation", {**token, "if-none-match": headers["etag"]})
    assert (status, again) == (304, b"")
