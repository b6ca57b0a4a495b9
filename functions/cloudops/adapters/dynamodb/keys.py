"""Builds the partition and sort key of each kind of row, and its position in the lists."""

from collections.abc import Callable
from typing import Final, NamedTuple

from cloudops.adapters.dynamodb import table
from cloudops.alerts.alert import Scope
from cloudops.confidence.observations import CellKey
from cloudops.core.errors import BadInput, NotFound
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId, stable_id
from cloudops.core.pagination import decode_cursor
from cloudops.core.time import EpochMillis
from cloudops.incidents.suggestion import incident_of_suggestion
from cloudops.remediation.autonomy import PolicyKey
from cloudops.remediation.execution import incident_of_execution

INCIDENT: Final = table.INCIDENT
RECORD: Final = "RECORD"
LOG: Final = "LOG#"
TIMELINE: Final = "TIME#"
VOTE: Final = "VOTE#"
OUTCOME: Final = "OUTCOME"
EXECUTION: Final = "EXEC#"
REJECTION: Final = "REJECT#"
ITEM: Final = "ITEM"
STATE: Final = "STATE"
PARKED_ALERT: Final = "ALERT#"
PARKED_INCIDENT: Final = "PARKED#"
PARKED_COUNTS: Final = "PARKED"
"""The partition of the scopes that have parked incidents."""

CELLS: Final = "CELL"
"""The partition of every learning cell."""

CONFIDENCE: Final = "CONFIDENCE"
HISTORY: Final = "HISTORY"

CATALOG: Final = "CATALOG"
"""The partition of the declared catalog, the discovery snapshots, and the services that report changes."""
DECLARATION: Final = "DECLARATION"
DISCOVERY: Final = "DISCOVERY#"
SOURCES_PARTITION: Final = "SOURCES"

SILENCES: Final = "SILENCE"
"""The partition of every silence."""

PEOPLE: Final = "PEOPLE"
"""The partition of every person who has signed in."""

POLICIES: Final = "POLICY"
"""The partition of every autonomy policy."""
AUTOMATION: Final = "AUTOMATION"

SENT: Final = "SENT"
NOTE: Final = "NOTE#"
LEASE: Final = "LEASE"
ACTED: Final = "ACTED"
"""Partition of the changes that executions made to any target, by time; one more for each target."""
OUTBOX_ENTRY: Final = "OUTBOX#"

INCIDENTS: Final = "INCIDENT"
EXECUTIONS: Final = "EXECUTION"
QUARANTINE: Final = "QUARANTINE"
VOTES: Final = "VOTE"
OUTCOMES: Final = "OUTCOME"
PENDING: Final = "PENDING"
IMPORTED: Final = "IMPORTED"
"""Partitions of the feed index: votes, outcomes with a verdict and without, and imported sums."""
CHANGES: Final = "CHANGE"
"""Partition of the feed index: the states of changes."""

MAX_ID: Final = 128
"""Characters of an id. Generated ids have 20; DynamoDB refuses a key of more than 2 kB."""


class Key(NamedTuple):
    pk: str
    sk: str


def scope(key: Scope) -> Key:
    """By digest: an account or environment from an alert's text can have any content and length."""
    return Key("SCOPE#" + stable_id(key.account, key.environment, key.region), STATE)


def parked(key: Scope) -> str:
    """Partition of what is parked beside a scope."""
    return "BESIDE#" + scope(key).pk


def parked_alert(key: Scope, fingerprint: str) -> Key:
    return Key(parked(key), PARKED_ALERT + _known("alert", fingerprint))


def parked_incident(key: Scope, incident_id: IncidentId) -> Key:
    return Key(parked(key), PARKED_INCIDENT + _known("incident", incident_id))


def parked_count(key: Scope) -> Key:
    return Key(PARKED_COUNTS, scope(key).pk)


def incident(incident_id: IncidentId) -> Key:
    return Key(INCIDENT + _known("incident", incident_id), RECORD)


def log(incident_id: IncidentId, version: int, part: int) -> Key:
    """Key of the rows that one commit adds to an incident.

    A version of a scope is written once, so it identifies the commit.
    """
    return Key(incident(incident_id).pk, f"{LOG}{version:012d}#{part:02d}")


def timeline(incident_id: IncidentId, at: EpochMillis, entry_id: str) -> Key:
    return Key(incident(incident_id).pk, f"{TIMELINE}{at:013d}#{entry_id}")


def vote(incident_id: IncidentId, feedback_id: str) -> Key:
    return Key(incident(incident_id).pk, VOTE + _known("vote", feedback_id))


def cell(key: CellKey) -> Key:
    """By digest: a service from an alert's text can have any length."""
    return Key(CELLS, stable_id(*key))


def person(who: str, key: CellKey) -> Key:
    """Key of one person's sum in one cell."""
    return Key("PERSON#" + stable_id(who), stable_id(*key))


def outcomes(incident_id: IncidentId) -> Key:
    """Key of the outcomes of one incident."""
    return Key(incident(incident_id).pk, OUTCOME)


def imported(batch: str, cell_digest: str) -> Key:
    return Key("IMPORT#" + stable_id(batch), cell_digest)


def confidence(mark: str = "", part: int = 0) -> Key:
    """Key of the head of the published confidence snapshot (part 0), or of a further part."""
    return Key(CONFIDENCE, f"PART#{mark}#{part:04d}" if part else "HEAD")


def day(date: str) -> Key:
    return Key(HISTORY, date)


def declaration() -> Key:
    return Key(CATALOG, DECLARATION)


def discovery(place: tuple[str, str, str], part: int = 0) -> Key:
    """Key of a part of the discovery snapshot of one source, account and region."""
    return Key(CATALOG, f"{DISCOVERY}{stable_id(*place)}#{part:02d}")


def change_source(service: str) -> Key:
    return Key(CATALOG, "CHANGE_SOURCE#" + stable_id(service))


def change(change_id: str, state: str) -> Key:
    """By digest: a pipeline chooses the id of its change, in any form."""
    return Key("CHG#" + stable_id(change_id), state)


def source(name: str) -> Key:
    return Key(SOURCES_PARTITION, _known("source", name))


def silence(silence_id: str) -> Key:
    return Key(SILENCES, _known("silence", silence_id))


def known_person(subject: str) -> Key:
    """By digest: an issuer chooses the subject, in any length."""
    return Key(PEOPLE, stable_id(subject))


def execution(execution_id: ExecutionId) -> Key:
    """In the partition of its incident, so that one query reads both."""
    known = _known("execution", execution_id)
    return Key(incident(incident_of_execution(execution_id)).pk, EXECUTION + known)


def acted(place: tuple[str, ...], at: EpochMillis, execution_id: str = "") -> Key:
    """Key of a change that an execution made at a time: on the target of this place, or on any if it is
    ()."""
    partition = f"{ACTED}#{stable_id(*place)}" if place else ACTED
    return Key(partition, opened(at, execution_id))


def rejection(suggestion_id: SuggestionId) -> Key:
    known = _known("suggestion", suggestion_id)
    return Key(incident(incident_of_suggestion(suggestion_id)).pk, REJECTION + known)


def lock(name: str) -> Key:
    return Key("LOCK#" + name, STATE)


def policy(key: PolicyKey) -> Key:
    return Key(POLICIES, key.id)


def notification(incident_id: IncidentId) -> Key:
    """Key of an incident's notification, outside the incident's partition.

    The stream consumer enqueues a notification for every change in an incident's partition.
    """
    return Key("NOTIFICATION#" + _known("incident", incident_id), SENT)


def note(incident_id: IncidentId, entry_id: str) -> Key:
    return Key(notification(incident_id).pk, NOTE + entry_id)


def lease(channel: str) -> Key:
    return Key("CHANNEL#" + channel, LEASE)


def outbox_entry(channel: str, incident_id: IncidentId) -> Key:
    return Key(lease(channel).pk, OUTBOX_ENTRY + incident_id)


def idempotency(what: str) -> Key:
    """By digest: an idempotency key can be long."""
    return Key("ONCE#" + stable_id(what), STATE)


def audit_entry(sequence: int) -> Key:
    return Key(table.AUDIT, f"{sequence:012d}")


def audit_target(target: str) -> str:
    """Partition of the feed index: the entries of one target."""
    return "TARGET#" + stable_id(target)


def audit_actor(actor: str) -> str:
    """Partition of the live index: the entries of one actor."""
    return "ACTOR#" + stable_id(actor)


def automation() -> Key:
    return Key(AUTOMATION, STATE)


def quarantined(item_id: str) -> Key:
    return Key("QUA#" + _known("quarantine item", item_id), ITEM)


def opened(at: EpochMillis, name: str) -> str:
    """Returns the position in a list: by time, then by id."""
    return f"{max(at, 0):013d}#{name}"


def after(
    cursor: str | None, index: table.Index, partition: str, key_of: Callable[[str], Key]
) -> dict[str, dict[str, str]] | None:
    """Returns the exclusive start key of a list that continues after the cursor, or None without a cursor.

    Raises:
        BadInput: The cursor is invalid.
    """
    if cursor is None:
        return None
    at, name = decode_cursor(cursor, tuple[int, str])
    try:
        key = key_of(name)
    except NotFound as error:
        raise BadInput("cursor: invalid", field="cursor") from error
    return {
        table.PARTITION_KEY: {"S": key.pk},
        table.SORT_KEY: {"S": key.sk},
        index.partition_key: {"S": partition},
        index.sort_key: {"S": opened(at, name)},
    }


def _known(kind: str, name: str) -> str:
    """Returns the id. Raises NotFound for a form that no stored id has and that DynamoDB refuses."""
    if not (0 < len(name) <= MAX_ID and name.isascii() and name.isprintable()):
        raise NotFound(f"{kind} {name[:MAX_ID]!r}: not found")
    return name
