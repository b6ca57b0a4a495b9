"""Measures the import of each Lambda function, and of libraries that the functions leave out.

    python -m benchmarks.imports

CPU milliseconds of the import in a fresh interpreter, the least of nine, and the number of modules it loads.
"""

import subprocess
import sys
from pathlib import Path

FUNCTIONS = Path(__file__).parents[1] / "functions"
RUNS = 9

HANDLERS = {
    "authorizer": "import cloudops.handlers.authorizer",
    "webhook": "import cloudops.handlers.webhook",
    "ingest": "import cloudops.handlers.ingest",
    "api": "import cloudops.handlers.api",
    "slack_webhook": "import cloudops.handlers.slack_webhook",
    "slack_worker": "import cloudops.handlers.slack_worker",
    "enqueue_notifications": "import cloudops.handlers.enqueue_notifications",
    "dispatch_notifications": "import cloudops.handlers.dispatch_notifications",
}
LIBRARIES = {
    "botocore": "import botocore.session",
    "boto3": "import boto3",
    "Powertools Logger and Metrics": "import aws_lambda_powertools",
    "Powertools Logger, parameters.SecretsProvider": (
        "import aws_lambda_powertools; from aws_lambda_powertools.utilities.parameters import SecretsProvider"
    ),
    "Powertools Logger, BatchProcessor": (
        "import aws_lambda_powertools; from aws_lambda_powertools.utilities.batch import BatchProcessor"
    ),
    "X-Ray SDK, as Tracer loads it": "import aws_xray_sdk.core, aws_xray_sdk.ext.botocore.patch",
}

SCRIPT = """
import sys, time
before, start = len(sys.modules), time.process_time()
{statement}
print((time.process_time() - start) * 1000, len(sys.modules) - before)
"""


def measure(statement: str, runs: int = RUNS) -> tuple[float, int] | None:
    """Returns CPU milliseconds and modules, or None if the import fails: a library is not installed."""
    found = []
    for _ in range(runs):
        command = [sys.executable, "-c", SCRIPT.format(statement=statement)]
        done = subprocess.run(command, cwd=FUNCTIONS, capture_output=True, text=True, check=False)
        if done.returncode:
            return None
        spent, modules = done.stdout.split()
        found.append((float(spent), int(modules)))
    return min(found)


if __name__ == "__main__":
    for name, statement in (HANDLERS | LIBRARIES).items():
        cost = measure(statement)
        print(f"{name:48}", "not installed" if cost is None else f"{cost[0]:6.0f} ms {cost[1]:5} modules")
