"""`cloudops audit verify` as a person runs it, on moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from cloudops.adapters.dynamodb.audit_trail import DynamoAuditStore
from cloudops.adapters.dynamodb.codec import pack
from cloudops.adapters.dynamodb.keys import audited
from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.audit.trail import AuditTrail
from cloudops.cli.main import BROKEN, UNUSABLE, main
from tests.fakes.dynamodb import create_table

TABLE = "incidents"


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    """Three acts of Ada's."""
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
def test_a_whole_trail_holds_and_its_head_is_printed_for_later(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify() == 0
    said = capsys.readouterr().out
    assert said.startswith("3 entries hold.")
    assert verify("--noted", said.split()[-1]) == 0


def test_an_entry_that_somebody_changed_is_named(rows: Rows, capsys: pytest.CaptureFixture[str]) -> None:
    (_, second, _) = DynamoAuditStore(rows).entries()
    rows(*audited(2), body=pack(replace(second, actor="eve"))).save()
    with pytest.raises(SystemExit) as ended:
        verify()
    assert ended.value.code == BROKEN
    assert capsys.readouterr().out == "entry 2 does not hold: its words do not make its hash\n"


def test_a_trail_that_was_cut_off_is_told_by_what_was_noted(
    rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    verify()
    noted = capsys.readouterr().out.split()[-1]
    rows(*audited(3), body=b"").delete()
    with pytest.raises(SystemExit):
        verify("--noted", noted)
    assert "entry 3 does not hold: the trail ends before" in capsys.readouterr().out


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("noted", ["3", "x:" + "0" * 64, "3:ab", "³:" + "0" * 64])
def test_what_is_no_head_is_said_in_one_line(noted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("--noted", noted) == UNUSABLE
    assert capsys.readouterr().err.startswith("cloudops audit: --noted is SEQUENCE:HASH")
