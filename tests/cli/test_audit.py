"""`cloudops audit verify`, on moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloudops.adapters.dynamodb.audit_trail import DynamoAuditStore
from cloudops.adapters.dynamodb.codec import pack
from cloudops.adapters.dynamodb.keys import audit_entry
from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.audit.trail import AuditTrail, IntegrityViolation
from cloudops.cli.main import EXIT_BROKEN_TRAIL, EXIT_ERROR, main
from tests.fakes.dynamodb import create_table

TABLE = "incidents"


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    """A table whose audit trail has three entries by Ada."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    with mock_aws():
        create_table(boto3.client("dynamodb", region_name="eu-central-1"), TABLE)
        rows = bind(TABLE, "eu-central-1")
        trail = AuditTrail(DynamoAuditStore(rows), lambda attempt: None)
        for number in range(3):
            trail.append("ada", "approve", f"exe_{number}", 1_767_225_600_000)
        yield rows


def verify(*arguments: str) -> int:
    return main(["audit", "--table", TABLE, "verify", *arguments])


@pytest.mark.usefixtures("rows")
def test_an_intact_trail_passes_and_its_head_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify() == 0
    output = capsys.readouterr().out
    assert output.startswith("3 entries verified.")
    assert verify("--noted", output.split()[-1]) == 0


def test_an_altered_entry_is_named(rows: Rows, capsys: pytest.CaptureFixture[str]) -> None:
    (_, second, _) = DynamoAuditStore(rows).entries()
    rows(*audit_entry(2), body=pack(replace(second, actor="eve"))).save()
    with pytest.raises(SystemExit) as ended:
        verify()
    assert ended.value.code == EXIT_BROKEN_TRAIL
    assert capsys.readouterr().out == f"Entry 2 is broken: {IntegrityViolation.ALTERED}.\n"


def test_a_truncated_trail_is_detected_by_an_earlier_head(
    rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    verify()
    noted = capsys.readouterr().out.split()[-1]
    rows(*audit_entry(3), body=b"").delete()
    with pytest.raises(SystemExit):
        verify("--noted", noted)
    assert f"Entry 3 is broken: {IntegrityViolation.CUT_OFF}." in capsys.readouterr().out


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("noted", ["3", "x:" + "0" * 64, "3:ab", "³:" + "0" * 64])
def test_a_malformed_head_is_refused_in_one_line(noted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("--noted", noted) == EXIT_ERROR
    assert capsys.readouterr().err.startswith(f"cloudops audit: --noted {noted!r} is not SEQUENCE:HASH")
