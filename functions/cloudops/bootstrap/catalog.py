"""What is known of the inventory and of its changes, for whoever places alerts or answers people."""

import time
from functools import cache
from importlib.resources import files

import msgspec

from cloudops.adapters.dynamodb.catalog import DynamoCatalogStore
from cloudops.adapters.dynamodb.changes import DynamoChangeStore
from cloudops.bootstrap.database import rows
from cloudops.catalog.declaration import parse_catalog
from cloudops.catalog.service import CachedInventory, Deployed
from cloudops.changes.service import RecentChanges, RecordChanges
from cloudops.core.ids import stable_id
from cloudops.incidents.context import InventoryContext

CATALOG = "catalog.json"
"""In the package, where the deployment was given a catalog; infra/bundle.py puts it there."""


@cache
def inventory() -> CachedInventory:
    return CachedInventory(DynamoCatalogStore(rows()), deployed(), time.monotonic)


def deployed() -> Deployed:
    """The catalog that this code was deployed with."""
    file = files("cloudops") / CATALOG
    if not file.is_file():
        return Deployed()
    text = file.read_bytes()
    return Deployed(parse_catalog(msgspec.json.decode(text)), stable_id(text.decode()))


@cache
def changes_before() -> RecentChanges:
    return RecentChanges(DynamoChangeStore(rows()), inventory(), time.monotonic)


@cache
def take_changes() -> RecordChanges:
    return RecordChanges(DynamoChangeStore(rows()), inventory(), changes_before())


@cache
def surroundings() -> InventoryContext:
    return InventoryContext(inventory().current, changes_before())
