"""The Logger and the Metrics (EMF) that every Lambda function shares; docs/decisions says why there is
no Tracer."""

from aws_lambda_powertools import Logger, Metrics

SERVICE = "cloudops"

logger = Logger(service=SERVICE, serialize_stacktrace=False)
metrics = Metrics(namespace="CloudOps", service=SERVICE)
