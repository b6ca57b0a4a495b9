"""`cloudops rules check`: whether a rule file can be used, and where not, why."""

import argparse
from pathlib import Path

from cloudops.analysis.rules import RuleSet, default_rules, extend_default_rules
from cloudops.core.errors import BadInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="Check a rule file; exits 2 and names what is at fault.")
    check.add_argument("file", metavar="FILE", help="a TOML file as a deployment would add it")


def run(options: argparse.Namespace) -> None:
    rules = loaded(options.file)
    counts = f"{len(rules.rules)} rules and {len(rules.decisions)} decisions"
    print(f"{options.file}: ok; {counts} with the packaged ones")


def loaded(file: str | None) -> RuleSet:
    """The packaged rules, with the file's on top where one is given. BadInput names file, rule and field."""
    if file is None:
        return default_rules()
    try:
        text = Path(file).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not UTF-8: {error}") from error
    return extend_default_rules(text, file)
