"""Slack: parses its requests, renders messages and dialogs, and calls its Web API."""
