"""`cloudops rules check`: validates a rule file."""

import argparse
from pathlib import Path

from cloudops.analysis.rules import RuleSet, default_rules, extend_default_rules
from cloudops.cli.verbs import verbs_of
from cloudops.core.errors import BadInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    check = verbs_of(parser)("check", "Validate a rule file. The exit code is 2 if it is invalid.")
    check.add_argument("file", metavar="FILE", help="TOML file that extends the packaged rules")


def run(options: argparse.Namespace) -> None:
    """Prints how many rules and decisions apply with the file. Raises as `loaded` does."""
    rules = loaded(options.file)
    counts = f"{len(rules.rules)} rules and {len(rules.decisions)} decisions"
    print(f"{options.file} is valid: {counts}, including the packaged ones")


def loaded(file: str | None) -> RuleSet:
    """Returns the packaged rules, extended by those of `file` unless it is None.

    Raises:
        BadInput: The file is invalid; the message names file, line, rule and field.
        OSError: The file cannot be read.
    """
    if file is None:
        return default_rules()
    try:
        text = Path(file).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not UTF-8: {error}") from error
    return extend_default_rules(text, file)
