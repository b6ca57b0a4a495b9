"""The settings and the table, for every function that uses the table."""

from functools import cache

from cloudops.adapters.dynamodb.row import Rows, bind
from cloudops.settings import Settings


@cache
def settings() -> Settings:
    return Settings.from_env()


@cache
def rows() -> Rows:
    return bind(settings().table_name, settings().region)
