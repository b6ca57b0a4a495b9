"""The one Logger and the one Metrics (EMF) of every function; no Tracer, docs/decisions says why."""

from aws_lambda_powertools import Logger, Metrics

SERVICE = "cloudops"

logger = Logger(service=SERVICE, serialize_stacktrace=False)
metrics = Metrics(namespace="CloudOps", service=SERVICE)
