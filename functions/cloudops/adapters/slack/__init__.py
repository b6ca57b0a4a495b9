"""Slack: what it shows, what it is asked, and what it sends."""
