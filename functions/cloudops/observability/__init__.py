"""The Logger and the Metrics (EMF) that every Lambda function shares; docs/decisions says why there is
no Tracer."""

import os

from aws_lambda_powertools import Logger, Metrics

SERVICE = "cloudops"

logger = Logger(service=SERVICE, serialize_stacktrace=False)
METRICS_NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "CloudOps")  # noqa: TID251 - read once, at import
"""The name of the stack: two stacks of one account count separately."""
metrics = Metrics(namespace=METRICS_NAMESPACE, service=SERVICE)
