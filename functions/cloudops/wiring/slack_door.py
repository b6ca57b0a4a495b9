"""What Slack's requests are checked and taken by."""

import time
from functools import cache

from cloudops.adapters.aws import open_client
from cloudops.adapters.queue import Queue
from cloudops.adapters.secrets import SecretDocument
from cloudops.adapters.slack.asked import challenge_of
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.signature import SlackSignatures
from cloudops.flows.chat_door import ChatDoor
from cloudops.settings import Settings

__all__ = ("challenge_of", "door")


@cache
def door() -> ChatDoor:
    settings = Settings.from_env()
    secrets = open_client("secretsmanager", settings.region)
    secret = SlackSecret(SecretDocument(secrets, settings.slack_secret, time.monotonic))
    queue = Queue(open_client("sqs", settings.region), settings.slack_queue)
    return ChatDoor(SlackSignatures(secret.credentials), queue.send)
