"""The deployed bundle: complete, built for its platform, and rebuilt after a change."""

import json
import os
import struct
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra import bundle
from infra.bundle import SOURCES, Bundle, Recipe, Target, build, fingerprint
from tests.fakes.http_server import Answer, Asked, vendor

HANDLERS = sorted(path.stem for path in (SOURCES / "cloudops" / "handlers").glob("[!_]*.py"))
MAX_UNPACKED_BYTES, MAX_PACKED_BYTES = 40_000_000, 13_000_000
"""The cold start of a function loads the archive."""
PROVIDED = ("boto3", "botocore", "s3transfer")
"""Packages that the Lambda runtime provides."""

AARCH64 = 183
"""e_machine of an ELF file for 64-bit Arm."""


@pytest.fixture(scope="session")
def host_bundle() -> Bundle:
    return build(Recipe(Target.this_machine()))


@pytest.fixture(scope="session")
def lambda_bundle() -> Bundle:
    return build(Recipe(Target.lambda_arm64()))


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with only the packages that the Lambda runtime provides."""
    folder = tmp_path_factory.mktemp("runtime")
    installed = Path(sysconfig.get_paths()["purelib"])
    for package in PROVIDED:
        (folder / package).symlink_to(installed / package)
    return folder


@pytest.fixture
def isolated(host_bundle: Bundle, runtime: Path) -> Callable[[str], str]:
    """Runs a program with nothing to import but the bundle and the runtime, and returns what it prints."""

    def run(program: str) -> str:
        head = f"import sys; sys.path[:0] = [{str(host_bundle.folder)!r}, {str(runtime)!r}]\n"
        bare = [sys.executable, "-I", "-S", "-c", head + program]
        variables = {"AWS_REGION": "eu-central-1", "AWS_LAMBDA_FUNCTION_NAME": "under-test"}
        done = subprocess.run(bare, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_handler_starts_with_only_the_bundle_and_the_runtime(
    handler: str, host_bundle: Bundle, isolated: Callable[[str], str]
) -> None:
    printed = isolated(f"""
from cloudops.handlers.{handler} import handler
assert callable(handler)
print(sys.modules["cloudops"].__file__)
""")
    assert printed.startswith(str(host_bundle.folder))


def test_every_call_of_datadog_works_with_the_pruned_client(
    isolated: Callable[[str], str],
) -> None:
    def respond(asked: Asked) -> Answer:
        return Answer({"path": asked.path})

    with vendor(respond) as server:
        printed = isolated(f"""
from cloudops.adapters.datadog.client import DatadogApi
from cloudops.adapters.datadog.credentials import Keys
api = DatadogApi(lambda: Keys("api", "app", "datadoghq.eu", {server.url!r}), print)
for answer in (api.monitors(0), api.groups(0), api.dependencies("prod")):
    print(answer["path"])
""")
    assert printed.split() == [
        "/api/v1/monitor/search",
        "/api/v1/monitor/groups/search",
        "/api/v1/service_dependencies",
    ]


def test_a_bundle_for_lambda_holds_arm_code_only(lambda_bundle: Bundle) -> None:
    libraries = list(lambda_bundle.folder.rglob("*.so*"))
    assert libraries
    for library in libraries:
        with library.open("rb") as file:
            assert struct.unpack_from("<H", file.read(20), 18) == (AARCH64,), library.name


def test_a_bundle_has_all_packages_but_those_of_the_runtime(
    lambda_bundle: Bundle,
) -> None:
    names = {path.name for path in lambda_bundle.folder.iterdir()}
    assert {"cloudops", "aws_lambda_powertools", "pynamodb", "msgspec", "re2", "pydantic"} <= names
    assert not names & {*PROVIDED, "moto", "pytest", "aws_cdk"}
    assert (lambda_bundle.folder / "cloudops" / "analysis" / "rules.toml").is_file()


def test_a_bundle_stays_small(lambda_bundle: Bundle) -> None:
    unpacked = sum(path.stat().st_size for path in lambda_bundle.folder.rglob("*") if path.is_file())
    assert unpacked < MAX_UNPACKED_BYTES
    assert lambda_bundle.archive.stat().st_size < MAX_PACKED_BYTES


def test_an_archive_holds_exactly_the_files_of_the_folder(host_bundle: Bundle) -> None:
    folder = host_bundle.folder
    with zipfile.ZipFile(host_bundle.archive) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    files = (path for path in folder.rglob("*") if path.is_file())
    assert names == [path.relative_to(folder).as_posix() for path in sorted(files)]


def test_equal_content_gives_an_equal_archive_at_any_time(tmp_path: Path) -> None:
    archives = []
    for moment in (0, 1_000_000_000):
        folder = tmp_path / f"written-at-{moment}"
        folder.mkdir()
        (folder / "handler.py").write_text("pass\n")
        os.utime(folder / "handler.py", (moment, moment))
        bundle.pack(folder, tmp_path / f"{moment}.zip", compress=True)
        archives.append((tmp_path / f"{moment}.zip").read_bytes())
    assert archives[0] == archives[1]


def test_a_bundle_is_compiled_if_an_interpreter_of_its_version_exists(host_bundle: Bundle) -> None:
    compiled = host_bundle.folder / "cloudops" / "handlers" / "__pycache__"
    assert list(compiled.glob(f"api.{sys.implementation.cache_tag}.pyc"))


def test_the_digest_depends_on_lock_sources_target_and_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, sources = tmp_path / "requirements-runtime.lock", tmp_path / "functions"
    sources.mkdir()
    lock.write_text("one==1\n")
    (sources / "handler.py").write_text("old")
    monkeypatch.setattr(bundle, "SOURCES", sources)
    monkeypatch.setattr(bundle, "LOCK", lock)
    arm, host = Recipe(Target("3.13", "aarch64-manylinux_2_28", None)), Recipe(Target("3.13", None, None))
    digests = [fingerprint(arm), fingerprint(host), fingerprint(replace(arm, catalog="{}"))]
    lock.write_text("one==2\n")
    digests.append(fingerprint(arm))
    (sources / "handler.py").write_text("new")
    digests.append(fingerprint(arm))
    (sources / "__pycache__").mkdir()
    (sources / "__pycache__" / "handler.pyc").write_text("compiled")
    assert fingerprint(arm) == digests[-1]
    assert len(set(digests)) == len(digests)


def test_a_catalog_is_in_the_bundle_at_the_expected_path() -> None:
    catalog = json.dumps({"services": {"checkout": {}}})
    built = build(Recipe(Target.this_machine(), catalog=catalog))
    program = """
from cloudops.bootstrap.catalog import deployed_catalog
print(*deployed_catalog().catalog.services)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=built.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "checkout\n"
