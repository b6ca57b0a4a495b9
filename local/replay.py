"""Sends a recorded morning of alerts to the entry points of the stack."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from local.aws_events import send_as_aws
from local.emulator import Emulator
from local.http import Http
from local.ports import ROOT

MORNING: Final = ROOT / "local" / "replay" / "morning.jsonl"
CATALOG: Final = ROOT / "local" / "replay" / "catalog.yaml"

_TIME = re.compile(r"<(iso|millis) (-?\d+)>")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of a recording. `entry` is a webhook's path, "default bus" or "alarm topic"."""

    minute: int
    entry: str
    payload: dict[str, Any]


def recording(path: Path, ending: datetime) -> list[Recorded]:
    """The recording, moved so that its last minute is `ending`.

    A payload writes a time as `<iso 42>` or `<millis 42>`: minute 42 of the recording.
    """
    text = path.read_text()
    start = ending - timedelta(minutes=max(json.loads(line)["minute"] for line in text.splitlines()))

    def moment(match: re.Match[str]) -> str:
        at = start + timedelta(minutes=int(match[2]))
        return at.isoformat(timespec="seconds") if match[1] == "iso" else str(int(at.timestamp() * 1000))

    return [Recorded(**json.loads(_TIME.sub(moment, line))) for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class EntryPoints:
    """Where alerts enter the stack: `url` is the HTTP API's, `secret` the webhooks'."""

    emulator: Emulator
    outputs: Mapping[str, str]
    url: str
    secret: str

    def send(self, recorded: Recorded) -> None:
        match recorded.entry:
            case "default bus":
                send_as_aws(self.emulator, recorded.payload)
            case "alarm topic":
                topic, message = self.outputs["AlarmTopicArn"], json.dumps(recorded.payload)
                self.emulator.client("sns").publish(TopicArn=topic, Message=message)
            case webhook:
                headers = {"x-cloudops-secret": self.secret}
                Http(self.url, headers).post(webhook, recorded.payload)
