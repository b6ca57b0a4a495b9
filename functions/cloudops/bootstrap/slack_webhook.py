"""Builds the receiver of Slack's requests."""

import time
from functools import cache

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.messaging import Queue
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.request_parser import challenge_of
from cloudops.adapters.slack.signature import SlackSignatures
from cloudops.chatops.receiver import ChatReceiver
from cloudops.settings import Settings

__all__ = ("challenge_of", "chat_receiver")


@cache
def chat_receiver() -> ChatReceiver:
    settings = Settings.from_env()
    secrets = open_client("secretsmanager", settings.region)
    secret = SlackSecret(SecretDocument(secrets, settings.slack_secret, time.monotonic))
    queue = Queue(open_client("sqs", settings.region), settings.slack_request_queue)
    return ChatReceiver(SlackSignatures(secret.credentials), queue.send)
