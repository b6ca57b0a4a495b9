"""The form of a commit message, and where it is checked."""

from pathlib import Path

import pytest

from tools.commit_messages import MAX_SUBJECT, areas, main, problems, without_comments

KNOWN = frozenset({"correlation", "docs"})


@pytest.mark.parametrize(
    "message",
    [
        "correlation: cap the services of a merged incident",
        "docs: name the field\n\nBecause readers search for it.",
        "docs: " + "x" * (MAX_SUBJECT - len("docs: ")),
        "Merge branch 'main' into topic",
        "fixup! docs: name the field",
    ],
)
def test_a_message_of_the_form_has_no_problem(message: str) -> None:
    assert problems(message, KNOWN) == []


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("Fix things", "not `area: what`"),
        ("docs:", "not `area: what`"),
        ("", "not `area: what`"),
        ("everything: fix", "'everything' is no area; the areas are correlation, docs"),
        ("docs: " + "x" * (MAX_SUBJECT - len("docs: ") + 1), "73 characters, at most 72"),
        ("docs: name the field.", "ends with a period"),
        ("docs: name the field\nand say why", "a blank line is missing"),
    ],
)
def test_a_message_of_another_form_has_its_problem_named(message: str, problem: str) -> None:
    (found,) = problems(message, KNOWN)
    assert problem in found


def test_every_package_is_an_area() -> None:
    assert {"core", "correlation", "remediation", "adapters", "infra", "build"} <= areas()
    assert "__pycache__" not in areas()


def test_comments_and_the_verbose_diff_are_no_part_of_a_message() -> None:
    text = "docs: a\n# Please enter\n# ------------------------ >8 ------------------------\ndiff --git"
    assert without_comments(text) == "docs: a"


def test_the_hook_fails_a_bad_message_and_passes_a_good_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text("Fixed it\n")
    assert main(["--file", str(file)]) == 1
    assert "Fixed it: the subject is not `area: what`" in capsys.readouterr().err
    file.write_text("build: fix the hook\n\n# a comment\n")
    assert main(["--file", str(file)]) == 0
