"""Adds the verbs of a command, such as `verify` of `cloudops audit`, to its argument parser."""

import argparse
from collections.abc import Callable

AddVerb = Callable[[str, str], argparse.ArgumentParser]
"""Adds a verb by its name and its help, which is one line in the imperative, and returns its parser."""


def verbs_of(parser: argparse.ArgumentParser) -> AddVerb:
    """Requires a verb after the command. Its name is then `options.verb`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def add_verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text)

    return add_verb
