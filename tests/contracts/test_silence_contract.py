"""Contract of silence stores."""

import pytest
from msgspec.structs import replace

from cloudops.core.errors import NotFound
from cloudops.core.time import HOUR, MINUTE
from cloudops.silences.service import SilenceStore
from cloudops.silences.silence import Matcher, Operator, Silence, SilenceKind
from tests.fakes.incident_factory import NOON

SILENCE = Silence(
    id="sil_1",
    matchers=(
        Matcher("service", Operator.MATCHES, "check.*"),
        Matcher("label.team", Operator.EQUAL, "Straße"),
    ),
    starts_at=NOON,
    ends_at=NOON + HOUR,
    comment="moving <b>the</b> database",
    author="Ada",
    created_at=NOON - HOUR,
    kind=SilenceKind.MAINTENANCE,
)


def test_a_silence_is_stored_as_put(silences: SilenceStore) -> None:
    silences.put(SILENCE)
    assert silences.get("sil_1") == SILENCE


def test_all_silences_are_read_whether_they_end_or_repeat(silences: SilenceStore) -> None:
    nightly = replace(SILENCE, id="sil_2", repeats_every=24 * HOUR)
    silences.put(SILENCE)
    silences.put(nightly)
    assert sorted(silences.all(), key=lambda one: one.id) == [SILENCE, nightly]


def test_a_second_put_replaces_the_silence(silences: SilenceStore) -> None:
    silences.put(SILENCE)
    silences.put(SILENCE.ended(NOON + MINUTE))
    (over,) = silences.all()
    assert (over.ends_at, over.is_over(NOON + MINUTE)) == (NOON + MINUTE, True)


def test_an_empty_store_has_no_silences(silences: SilenceStore) -> None:
    assert silences.all() == ()


@pytest.mark.parametrize("name", ["sil_9", "", "\ud800", "x" * 3000])
def test_an_unknown_silence_of_any_form_is_not_found(silences: SilenceStore, name: str) -> None:
    with pytest.raises(NotFound):
        silences.get(name)
