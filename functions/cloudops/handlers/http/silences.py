"""Routes of silences: which alerts nobody is to be told of, by whom, and until when."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.request import Request

from cloudops.domain.alert import Instant
from cloudops.domain.errors import BadInput
from cloudops.domain.silence import Matcher, Silence
from cloudops.flows.services import ServicesOf
from cloudops.handlers.http.access import caller_of
from cloudops.handlers.http.bodies import Id
from cloudops.handlers.http.silence_views import SilenceBody, SilencesView, SilenceView, instant, seen


class SilenceRoutes:
    def __init__(self, services: ServicesOf) -> None:
        self._services = services

    def page(
        self, ended: Annotated[bool, Query(description="Also those that are over.")] = False
    ) -> SilencesView:
        """Those that hold or will, newest first."""
        services = self._services()
        now = services.now()
        found = services.silences.page(now, ended=ended)
        return SilencesView(silences=tuple(seen(one, now) for one in found))

    def add(self, body: Annotated[SilenceBody, Body()], request: Request) -> SilenceView:
        """Mutes the alerts that meet every matcher, as the holder of the token; they are kept and counted."""
        services, person = self._services(), caller_of(request.resolved_event.raw_event).name
        now = services.now()
        starts_at = now if body.starts_at is None else instant(body.starts_at)
        draft = Silence(
            id="",
            matchers=tuple(Matcher(one.field, one.operator, one.value) for one in body.matchers),
            starts_at=starts_at,
            ends_at=_end(body, starts_at),
            comment=body.comment.strip(),
            author=person,
            created_at=now,
            kind=body.kind,
            repeats_every=(body.repeats_every_seconds or 0) * 1000,
        )
        return seen(services.silences.add(draft), now)

    def end(self, silence_id: Id) -> SilenceView:
        """Ends it now."""
        services = self._services()
        now = services.now()
        return seen(services.silences.end(silence_id, now), now)


def _end(body: SilenceBody, starts_at: Instant) -> Instant:
    match body.ends_at, body.duration_seconds:
        case None, None:
            raise BadInput("say when it ends: endsAt or durationSeconds", field="endsAt")
        case None, int() as seconds:
            return starts_at + seconds * 1000
        case datetime() as moment, None:
            return instant(moment)
        case _:
            raise BadInput("say endsAt or durationSeconds, not both", field="durationSeconds")
