"""What `make run` keeps between two runs, in .local/run: the processes, what is deployed, the token."""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Self

from local.ports import ROOT

FOLDER = ROOT / ".local" / "run"
FILE = FOLDER / "state.json"


@dataclass(slots=True)
class State:
    """Zero and empty mean: not yet. `deployed` is the fingerprint of what was deployed last."""

    emulator_pid: int = 0
    emulator_port: int = 0
    proxy_pid: int = 0
    proxy_port: int = 0
    proxy_target: str = ""
    issuer_pid: int = 0
    issuer_port: int = 0
    deployed: str = ""
    uploaded: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    token: str = ""
    replayed: str = ""
    slack: str = ""
    """A digest of the keys that it was connected with last."""

    @classmethod
    def load(cls) -> Self:
        """An empty one where there is none, or one of another version."""
        try:
            return cls(**json.loads(FILE.read_text()))
        except (OSError, ValueError, TypeError):
            return cls()

    def forget(self) -> None:
        for name, nothing in asdict(State()).items():
            setattr(self, name, nothing)

    def save(self) -> None:
        """Readable by its owner alone, for it holds the token."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        draft = FILE.with_suffix(".draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(FILE)
