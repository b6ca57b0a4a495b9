"""What a stream of changes says of incidents."""

import msgspec

from cloudops.domain.errors import CloudOpsError
from cloudops.domain.thread import Note


class News(msgspec.Struct, frozen=True):
    """That an incident changed, and what its timeline gained."""

    incident_id: str
    notes: tuple[Note, ...] = ()


class Unread(msgspec.Struct, frozen=True):
    """A change that nobody could read: the keys of its row."""

    pk: str
    sk: str
    error: CloudOpsError
