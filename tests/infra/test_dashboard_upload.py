"""Upload of the dashboard: files, order and cache headers."""

from pathlib import Path
from typing import Any

import pytest

from infra.dashboard_upload import ASK, FOREVER, empty, upload
from local.emulator import Emulator

pytestmark = pytest.mark.emulator


class InvalidationRecorder:
    """Fake of CloudFront that records invalidated paths."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def create_invalidation(self, *, InvalidationBatch: Any, **_: object) -> None:  # noqa: N803
        self.paths += InvalidationBatch["Paths"]["Items"]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in ("index.html", "favicon.svg", "assets/app-1.js", "assets/app-1.css", ".vite/manifest.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.fixture
def s3(emulator: Emulator) -> Any:
    client = emulator.client("s3")
    client.create_bucket(Bucket="site-files")
    empty(client, "site-files")
    return client


def put_in_order(s3: Any) -> list[str]:
    names: list[str] = []
    s3.meta.events.register(
        "before-parameter-build.s3.PutObject", lambda params, **_: names.append(params["Key"])
    )
    return names


def test_the_page_is_uploaded_after_the_files_that_it_loads(s3: Any, built: Path) -> None:
    names, cloudfront = put_in_order(s3), InvalidationRecorder()
    assert upload(s3, cloudfront, built, "site-files", "E1") == 4
    assert names == ["assets/app-1.css", "assets/app-1.js", "favicon.svg", "index.html"]
    assert cloudfront.paths == ["/index.html"]


def test_files_with_a_digest_in_their_name_are_cached_and_pages_revalidated(s3: Any, built: Path) -> None:
    upload(s3, InvalidationRecorder(), built, "site-files", "E1")
    objects = {
        name: s3.head_object(Bucket="site-files", Key=name) for name in ("assets/app-1.js", "index.html")
    }
    assert {name: one["CacheControl"] for name, one in objects.items()} == {
        "assets/app-1.js": FOREVER,
        "index.html": ASK,
    }
    assert objects["index.html"]["ContentType"] == "text/html; charset=utf-8"


def test_files_of_an_older_build_are_removed(s3: Any, built: Path) -> None:
    upload(s3, InvalidationRecorder(), built, "site-files", "E1")
    (built / "assets/app-1.js").rename(built / "assets/app-2.js")
    upload(s3, InvalidationRecorder(), built, "site-files", "E1")
    found = {one["Key"] for one in s3.list_objects_v2(Bucket="site-files")["Contents"]}
    assert found == {"assets/app-1.css", "assets/app-2.js", "favicon.svg", "index.html"}
    empty(s3, "site-files")
    assert "Contents" not in s3.list_objects_v2(Bucket="site-files")
