"""Delivers an event to the rules of a bus of the emulator, as an AWS service would send it.

EventBridge refuses a `PutEvents` call whose source starts with "aws.", and so does the emulator. AWS services
send their events by another way, which the emulator lacks. The deployed rules decide here as well: their
patterns are matched by the emulator (`TestEventPattern`), and the event goes to the queues that they name.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from infra.cli_errors import CommandFailure
from local.emulator import ACCOUNT, REGION, Emulator

_SQS: Final = "arn:aws:sqs:"


def send_as_aws(emulator: Emulator, event: Mapping[str, Any], bus: str = "default") -> None:
    """Sends the event to the targets of each enabled rule that matches it.

    Args:
        emulator: The emulator with the deployed rules.
        event: The event with `source`, `detail-type` and `detail`; absent fields of the envelope are added.
        bus: The name of the event bus.

    Raises:
        CommandFailure: No rule matches, or a target is no queue.
    """
    events, sqs = emulator.client("events"), emulator.client("sqs")
    envelope = {
        "version": "0",
        "id": str(uuid4()),
        "account": ACCOUNT,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "region": REGION,
        "resources": [],
    }
    body = json.dumps({**envelope, **event})
    delivered = 0
    for rule in events.list_rules(EventBusName=bus)["Rules"]:
        pattern = rule.get("EventPattern")
        if rule["State"] != "ENABLED" or not pattern:
            continue
        if not events.test_event_pattern(EventPattern=pattern, Event=body)["Result"]:
            continue
        for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]:
            if not target["Arn"].startswith(_SQS):
                raise CommandFailure(f"rule {rule['Name']}: {target['Arn']} is no queue", "check the stack")
            url = sqs.get_queue_url(QueueName=target["Arn"].rpartition(":")[2])["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=body)
            delivered += 1
    if not delivered:
        kind = f"{event['detail-type']!r} from {event['source']!r}"
        raise CommandFailure(f"no rule of the bus {bus} takes {kind}", "check the rules of the stack")
