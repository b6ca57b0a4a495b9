"""Builds the service inventory and its changes, for correlation and for queries."""

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

CATALOG_FILE = "catalog.json"
"""In the package of a deployment that has a catalog; infra/bundle.py puts it there."""


@cache
def inventory() -> CachedInventory:
    return CachedInventory(DynamoCatalogStore(rows()), deployed_catalog(), time.monotonic)


def deployed_catalog() -> Deployed:
    """Returns the catalog in this package; an empty one if the deployment has none."""
    file = files("cloudops") / CATALOG_FILE
    if not file.is_file():
        return Deployed()
    text = file.read_bytes()
    return Deployed(parse_catalog(msgspec.json.decode(text)), stable_id(text.decode()))


@cache
def recent_changes() -> RecentChanges:
    return RecentChanges(DynamoChangeStore(rows()), inventory(), time.monotonic)


@cache
def record_changes() -> RecordChanges:
    return RecordChanges(DynamoChangeStore(rows()), inventory(), recent_changes())


@cache
def inventory_context() -> InventoryContext:
    return InventoryContext(inventory().current, recent_changes())
