"""What is known of the estate and of its changes, for whoever places alerts or answers people."""

import time
from functools import cache
from importlib.resources import files

import msgspec

from cloudops.adapters.dynamodb.catalog import DynamoEstateStore
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.bootstrap.database import rows
from cloudops.catalog.declaration import parse_catalogue
from cloudops.catalog.service import Deployed, EstateReader
from cloudops.changes.service import ChangesBefore, TakeChanges
from cloudops.core.ids import digest
from cloudops.incidents.context import Surveyed

CATALOGUE = "catalogue.json"
"""In the package, where the deployment was given a catalogue; infra/bundle.py puts it there."""


@cache
def estate() -> EstateReader:
    return EstateReader(DynamoEstateStore(rows()), deployed(), time.monotonic)


def deployed() -> Deployed:
    """The catalogue that this code was deployed with."""
    file = files("cloudops") / CATALOGUE
    if not file.is_file():
        return Deployed()
    text = file.read_bytes()
    return Deployed(parse_catalogue(msgspec.json.decode(text)), digest(text.decode()))


@cache
def changes_before() -> ChangesBefore:
    return ChangesBefore(DynamoChangeStore(rows()), estate(), time.monotonic)


@cache
def take_changes() -> TakeChanges:
    return TakeChanges(DynamoChangeStore(rows()), estate(), changes_before())


@cache
def surroundings() -> Surveyed:
    return Surveyed(estate(), changes_before())
