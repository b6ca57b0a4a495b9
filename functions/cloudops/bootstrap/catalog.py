"""What is known of the estate and of its changes, for whoever places alerts or answers people."""

import time
from functools import cache
from importlib.resources import files

import msgspec

from cloudops.adapters.dynamodb.catalog import DynamoEstateStore
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.bootstrap.database import rows
from cloudops.catalog.declaration import parse_catalogue
from cloudops.catalog.service import CachedInventory, Deployed
from cloudops.changes.service import RecentChanges, RecordChanges
from cloudops.core.ids import stable_id
from cloudops.incidents.context import InventoryContext

CATALOGUE = "catalogue.json"
"""In the package, where the deployment was given a catalogue; infra/bundle.py puts it there."""


@cache
def estate() -> CachedInventory:
    return CachedInventory(DynamoEstateStore(rows()), deployed(), time.monotonic)


def deployed() -> Deployed:
    """The catalogue that this code was deployed with."""
    file = files("cloudops") / CATALOGUE
    if not file.is_file():
        return Deployed()
    text = file.read_bytes()
    return Deployed(parse_catalogue(msgspec.json.decode(text)), stable_id(text.decode()))


@cache
def changes_before() -> RecentChanges:
    return RecentChanges(DynamoChangeStore(rows()), estate(), time.monotonic)


@cache
def take_changes() -> RecordChanges:
    return RecordChanges(DynamoChangeStore(rows()), estate(), changes_before())


@cache
def surroundings() -> InventoryContext:
    return InventoryContext(estate(), changes_before())
