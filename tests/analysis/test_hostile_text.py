"""Hostile text is cut, cleaned and read in linear time."""

import pytest

from tests.analysis.cases import described, read

LONG = 2_000_000


@pytest.mark.parametrize(
    "filler", ["a", "(", "[triggered ", "a.", "{{", "\x00", "\ud800", "x" * 50 + " ", "错误"]
)
def test_text_beyond_the_bound_is_not_read(filler: str) -> None:
    long = filler * (LONG // len(filler))
    analysis = read(
        described(f"disk full {long} OOMKilled", f"{long} OOMKilled", query=f"{long} > 5", metric=long)
    )
    assert analysis.symptom != "oom"
    assert len(analysis.title) <= 160


def test_a_title_shows_no_control_or_direction_characters() -> None:
    assert read(described("disk\x1b[31m\u202e full\r\non db")).title == "disk [31m full on db"


def test_thousands_of_labels_are_read_to_a_bound() -> None:
    labels = {f"key{number}": "value" for number in range(50_000)} | {"pod": "late"}
    assert read(described("High memory", labels=labels)).component == "unknown"


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "%%%", "...", "\\n", "🔥" * 10])
def test_text_without_words_has_no_symptom(text: str) -> None:
    assert read(described(text, text, query=text, metric=text)).symptom == "other"
