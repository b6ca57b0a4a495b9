"""Shows the catalogue that stands, and lets an admin put another in its place."""

from cloudops.domain.alert import Instant
from cloudops.domain.catalogue import parse_catalogue
from cloudops.domain.estate_ports import EstateStore, KeptCatalogue
from cloudops.flows.estate import EstateReader, EstateView


class CatalogueDesk:
    def __init__(self, store: EstateStore, reader: EstateReader) -> None:
        self._store = store
        self._reader = reader

    def show(self) -> EstateView:
        return self._reader.fresh()

    def put(self, tree: object, person: str, now: Instant) -> EstateView:
        """BadInput tells the paths of what is wrong, and then nothing is kept."""
        kept = KeptCatalogue(
            catalogue=parse_catalogue(tree), person=person, at=now, over=self._reader.deployed_mark
        )
        self._store.keep_catalogue(kept)
        return self._reader.fresh()
