"""Routes of the sources that are asked: how each does, and asking one now."""

from cloudops.api.application import ApplicationFactory
from cloudops.api.schemas import Id, Timestamp, View, at
from cloudops.sources.health import SourceKind, SourceState


class SourceView(View):
    """`counts` are of the last success, `failures` how often on end it failed since; `state` says whether it
    works, fails, refuses our key, or was given none."""

    name: str = at("health", "name")
    kind: SourceKind
    state: SourceState = at("health", "state")
    asked_at: Timestamp | None = at("health", "asked_at")
    succeeded_at: Timestamp | None = at("health", "succeeded_at")
    failed_at: Timestamp | None = at("health", "failed_at")
    error: str = at("health", "error")
    failures: int = at("health", "failures")
    counts: dict[str, int] = at("health", "counts")


class SourcesView(View):
    sources: tuple[SourceView, ...]


class AskedView(View):
    """`finished` is false where it goes on longer than a caller can wait: look at the sources again."""

    source: SourceView
    finished: bool
    incident_ids: tuple[str, ...]


class SourceRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def page(self) -> SourcesView:
        """Every source: when it last answered, what of, and why it does not."""
        return SourcesView.model_validate({"sources": self._application().sources.all()})

    def sync(self, name: Id) -> AskedView:
        """Asks the source now and takes in what was missed."""
        application = self._application()
        return AskedView.model_validate(application.sources.sync(name, application.now()))
