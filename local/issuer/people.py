"""Who can sign in on this machine: one person a role."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str

    @property
    def id(self) -> str:
        """What tokens call them."""
        return self.name.lower()

    @property
    def email(self) -> str:
        """The address, which counts as verified."""
        return f"{self.id}@example.com"


PEOPLE: Final = {
    person.id: person
    for person in (Person("Ada", "admin"), Person("Grace", "operator"), Person("Linus", "viewer"))
}
