"""What a terminal obeys never reaches it from data."""

import json
import sys
import unicodedata
from pathlib import Path

import pytest

from cloudops.cli.main import main
from cloudops.cli.terminal import escape_json, escape_text

CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"
"""OSC 52: a terminal puts the Base64 text into the clipboard."""
OBEYED = {
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) in ("Cc", "Zl", "Zp")
    or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    or character in "\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
} - set("\t\n")


def test_every_character_that_a_terminal_obeys_is_escaped() -> None:
    for character in sorted(OBEYED):
        assert character not in escape_text(f"a{character}b")


def test_letters_of_every_script_stay_as_they_are() -> None:
    text = "Prüfung 支払い עברית مرحبا 🔴 tab\tline\n"
    assert escape_text(text) == text


def test_json_stays_the_same_value_and_holds_no_obeyed_character() -> None:
    value = {"service": "".join(sorted(OBEYED)) + "\t\né🔴"}
    line = escape_json(json.dumps(value, ensure_ascii=False).encode())
    assert json.loads(line) == value
    assert not OBEYED & set(line.decode())


@pytest.mark.parametrize("options", [["--summary"], []])
@pytest.mark.parametrize("field", ["service", "title", "env", "severity", "message", "fingerprint"])
def test_no_field_of_an_alert_reaches_the_terminal_unescaped(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], field: str, options: list[str]
) -> None:
    alert = {"title": "p99 latency", "service": "checkout", "env": "prod", "status": "firing"}
    alert[field] = f"{alert.get(field, 'x')}{CLIPBOARD}\r\x9b2J\u202ey"
    recording = tmp_path / "recording.jsonl"
    recording.write_text(json.dumps({"received_at": "2026-03-01T10:00:00Z", "event": alert}) + "\n")
    assert main(["backtest", str(recording), *options]) == 0
    printed = capsysbinary.readouterr().out.decode()
    assert "p99 latency" in printed
    assert not OBEYED & set(printed)


def test_an_error_message_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", f"no-such-file{CLIPBOARD}"]) == 2
    assert "no-such-file\\x1b]52;c;" in capsys.readouterr().err
