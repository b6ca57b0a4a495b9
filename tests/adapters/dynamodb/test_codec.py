"""How records become bytes, and what becomes of values that DynamoDB would refuse."""

import math

import pytest
from msgspec.structs import replace

from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.alerts.alert import Scope
from cloudops.core.errors import BadInput, CloudOpsError
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.incidents.incident import Incident, IncidentAlert, TimelineEntry, TimelineKind
from cloudops.incidents.suggestion import ActionSuggestion
from tests.fakes.incident_factory import NOON, an_alert, an_incident

ENTRY = TimelineEntry(
    id="tl_1",
    incident_id=IncidentId("inc_1"),
    at=NOON,
    kind=TimelineKind.ACKNOWLEDGED,
    text="Acknowledged by Ädä",
    actor="Ädä",
)
ENTRY_IN_FORMAT_1 = (
    "016b03c6d292929c7843a4a85a0a64c61b0223f33c0303e3ac0d532f3180730b4a0882e379ab2392"
    "884252a5c2e19694c34b20b1bf14cc0600"
)


def test_what_was_stored_in_format_1_stays_readable() -> None:
    assert unpack(TimelineEntry, bytes.fromhex(ENTRY_IN_FORMAT_1)) == ENTRY


def test_a_record_comes_back_as_it_was() -> None:
    web = an_incident("web", scope=Scope("1", "", "eu-west-1"), merged_from=("inc_1", "inc_2"))

    assert unpack(Incident, pack(web)) == web


def test_a_later_version_s_field_is_overlooked_and_a_missing_one_has_its_default() -> None:
    alert = an_alert("cpu")

    assert unpack(TimelineEntry, pack(ENTRY)).actor == "Ädä"
    assert unpack(IncidentAlert, pack(alert)).count == 1


def test_a_lone_surrogate_is_stored_as_the_replacement_character() -> None:
    alert = an_alert("cpu", message="half of \ud83d", labels={"k\udc00": "v"})

    stored = unpack(IncidentAlert, pack(alert))

    assert (stored.alert.message, stored.alert.labels) == ("half of \ufffd", {"k\ufffd": "v"})


def test_a_pair_of_surrogates_is_the_character_that_it_stands_for() -> None:
    assert unpack(TimelineEntry, pack(replace(ENTRY, text="\ud83d\ude00 \ud800"))).text == "😀 \ufffd"


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e300, 5e-324])
def test_a_number_that_dynamodb_has_no_room_for_is_stored(value: float) -> None:
    suggestion = ActionSuggestion(
        id=SuggestionId("i.noop"),
        incident_id=IncidentId("i"),
        action=Action.NOOP,
        symptom=Symptom.OTHER,
        confidence=value,
    )

    assert unpack(ActionSuggestion, pack(suggestion)).confidence == value


def test_a_nan_is_stored() -> None:
    suggestion = ActionSuggestion(
        id=SuggestionId("i.noop"),
        incident_id=IncidentId("i"),
        action=Action.NOOP,
        symptom=Symptom.OTHER,
        confidence=math.nan,
    )

    assert math.isnan(unpack(ActionSuggestion, pack(suggestion)).confidence)


def test_an_integer_of_more_than_64_bits_is_refused() -> None:
    with pytest.raises(BadInput, match="TimelineEntry"):
        pack(replace(ENTRY, at=2**70))


@pytest.mark.parametrize("body", [b"", b"\x02abc", b"\x01", b"\x01\xff\xff", pack(ENTRY)[:-8]])
def test_bytes_that_are_not_ours_are_an_error_that_names_the_record(body: bytes) -> None:
    with pytest.raises(CloudOpsError, match="stored TimelineEntry"):
        unpack(TimelineEntry, body)
