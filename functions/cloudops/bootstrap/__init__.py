"""Builds adapters and flows, once a container; a module a function, so that each imports what it needs."""
