"""Endpoints of alert sources: the health of each, and the sync of one."""

from cloudops.api.audit_words import Audited, in_path
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, Unrestricted, command, query
from cloudops.api.schemas import Id, Timestamp, View, at
from cloudops.core.errors import NotFound
from cloudops.identity.access import Role
from cloudops.sources.health import SourceKind, SourceState


class SourceView(View):
    """`counts` are those of the last success; `failures` counts the failed polls since then. `state` says
    whether the source works, fails, refuses the credentials, or has none; `stale` means that the polls after
    a success did not happen."""

    name: str = at("health", "name")
    kind: SourceKind
    state: SourceState = at("health", "state")
    polled_at: Timestamp | None = at("health", "polled_at")
    succeeded_at: Timestamp | None = at("health", "succeeded_at")
    failed_at: Timestamp | None = at("health", "failed_at")
    error: str = at("health", "error")
    failures: int = at("health", "failures")
    counts: dict[str, int] = at("health", "counts")


class SourcesView(View):
    sources: tuple[SourceView, ...]


class SourceSyncView(View):
    """`finished` is false where the sync takes longer than a caller can wait: list the sources again."""

    source: SourceView
    finished: bool
    incident_ids: tuple[str, ...]


@query("/api/sources", Role.VIEWER)
def list_sources(context: Context) -> SourcesView:
    """List sources.

    When each was polled, what it returned, and why it fails.
    """
    return SourcesView.model_validate({"sources": context.application.sources.all(context.now)})


@command(
    "POST",
    "/api/sources/{name}/sync",
    Role.OPERATOR,
    audit=Audited("sync source", in_path("name")),
    restriction=Unrestricted("the schedule does the same"),
    errors=(NotFound,),
)
def sync_source(context: Context, name: Id) -> SourceSyncView:
    """Sync a source.

    Polls the source now and ingests the alerts that push delivery missed.
    """
    return SourceSyncView.model_validate(context.application.sources.sync(name, context.now))


ENDPOINTS: tuple[Endpoint, ...] = (list_sources, sync_source)
