"""Composition root: builds adapters and use cases, once per container.

Each Lambda function has a module of its own, so that it imports only what it needs.
"""
