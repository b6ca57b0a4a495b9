"""What the environment says: the only reader of os.environ."""

import os
from dataclasses import dataclass
from typing import Self

from cloudops.domain.errors import BadInput


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty strings mean that the function was not given that resource.

    `topology` is the service graph as JSON: service -> the services that it calls.
    """

    table_name: str = ""
    region: str = ""
    use_mock_adapters: bool = False
    api_tokens_secret: str = ""
    webhook_secret: str = ""
    event_bus: str = ""
    topology: str = "{}"

    @classmethod
    def from_env(cls) -> Self:
        """Raises BadInput, naming the variable, where a value is not one of those allowed."""
        get = os.environ.get
        return cls(
            table_name=get("TABLE_NAME", ""),
            region=get("AWS_REGION", ""),
            use_mock_adapters=_flag("USE_MOCK_ADAPTERS"),
            api_tokens_secret=get("API_TOKENS_SECRET", ""),
            webhook_secret=get("WEBHOOK_SECRET", ""),
            event_bus=get("EVENT_BUS", ""),
            topology=get("TOPOLOGY", "") or "{}",
        )


def _flag(name: str) -> bool:
    match os.environ.get(name, "false").strip().lower():
        case "true" | "1":
            return True
        case "false" | "0" | "":
            return False
        case other:
            raise BadInput(f"{name} must be true or false, not {other!r}", field=name)
