"""Text from others controls no display."""

import sys
import unicodedata

from cloudops.core.text import clean_line, clean_text

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
CONTROL = {
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) in ("Cc", "Zl", "Zp")
    or unicodedata.bidirectional(character) in DIRECTIONS
    or character in "\u061c\u200b\u200e\u200f\u2060\ufeff"
}
TEXT = "Prüfung 支払い עברית مرحبا 🔴 non\u00a0breaking"


def test_no_control_character_is_left_in_a_text_except_tab_and_line_feed() -> None:
    assert not (CONTROL - set("\t\n")) & set(clean_text("".join(CONTROL)))
    assert clean_text(f"{TEXT}\t\n{TEXT}") == f"{TEXT}\t\n{TEXT}"


def test_a_line_has_no_control_character_and_no_break() -> None:
    assert not CONTROL & set(clean_line("".join(CONTROL)))
    assert clean_line(f"\n{TEXT}\r\n{TEXT}\t") == f"{TEXT} {TEXT}"
