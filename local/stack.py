"""The stack on the emulator: the real template, deployed by the real CDK command line."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra import bundle, cdk_cli, dashboard_build, dashboard_upload
from infra.cli_errors import CommandFailure, tail
from local.emulator import ACCOUNT, REGION, Emulator
from local.ports import ROOT

STACK = "CloudOps"


def deploy(emulator: Emulator, folder: Path, context: Mapping[str, str]) -> dict[str, str]:
    """Synthesize for this machine and deploy; gives the stack's outputs. Logs and assembly go to `folder`."""
    cdk_cli.install()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "cdk.out", ignore_errors=True)
    assembly, outputs = folder / "cdk.out", folder / "outputs.json"
    with ThreadPoolExecutor() as pool:
        # Bootstrapping needs no app, and finds none in a folder without cdk.json.
        target = f"aws://{ACCOUNT}/{REGION}"
        bootstrap = pool.submit(_cdk, emulator, folder, "bootstrap", target, place=folder)
        packages = pool.submit(bundle.dependencies, bundle.Target.this_machine())
        _synthesize(folder, {**context, "local": "true", "emulator": emulator.endpoint}, assembly)
        packages.result()
        bootstrap.result()
    arguments = ("--app", str(assembly), "--require-approval=never", f"--outputs-file={outputs}")
    _cdk(emulator, folder, "deploy", *arguments, place=ROOT)
    deployed: dict[str, str] = json.loads(outputs.read_text())[STACK]
    return deployed


def fingerprint(context: Mapping[str, str]) -> str:
    """Of everything that a deployment to the emulator is made from."""
    content = hashlib.sha256(bundle.fingerprint(bundle.Recipe(bundle.Target.this_machine())).encode())
    content.update(json.dumps(dict(context), sort_keys=True).encode())
    files = (*(ROOT / "infra").glob("*.py"), ROOT / "cdk.json", ROOT / "package-lock.json")
    for path in (*sorted(files), *(Path(value) for value in context.values() if Path(value).is_file())):
        content.update(path.read_bytes())
    return content.hexdigest()


def api_url(emulator: Emulator, outputs: Mapping[str, str]) -> str:
    """Where the emulator serves the HTTP API, by path: not everything resolves names below .localhost."""
    api_id = outputs["ApiUrl"].split("/")[2].partition(".")[0]
    return f"{emulator.endpoint}/_aws/execute-api/{api_id}/%24default"


def site_host(outputs: Mapping[str, str]) -> str:
    """The name by which the emulator's CloudFront knows the dashboard."""
    return outputs["DashboardUrl"].removeprefix("https://")


def upload_site(emulator: Emulator, outputs: Mapping[str, str]) -> None:
    """Build the dashboard where it has changed, and put it where CloudFront reads it."""
    dashboard_upload.upload(
        emulator.client("s3"),
        emulator.client("cloudfront"),
        dashboard_build.build(),
        outputs["DashboardBucketName"],
        outputs["DashboardDistributionId"],
    )


def environment(emulator: Emulator) -> dict[str, str]:
    """The caller's environment, with its AWS variables replaced by the emulator's."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return own | emulator.environment()


def _synthesize(folder: Path, context: Mapping[str, str], assembly: Path) -> None:
    """As the CDK command line has it done, but without the validation of the template: the tests of infra/
    validate the same one."""
    settings = json.loads((ROOT / "cdk.json").read_text())["context"]
    inputs = {
        "CDK_OUTDIR": str(assembly),
        "CDK_CONTEXT_JSON": json.dumps({**settings, **context}),
        "CDK_VALIDATION": "false",
    }
    _run("synthesis", (sys.executable, "app.py"), {**os.environ, **inputs}, ROOT, folder)


def _cdk(emulator: Emulator, folder: Path, action: str, *arguments: str, place: Path) -> None:
    silence = {"CDK_DISABLE_CLI_TELEMETRY": "true"}
    command = (*cdk_cli.COMMAND, action, "--no-notices", *arguments)
    _run(f"cdk {action}", command, cdk_cli.environ(environment(emulator) | silence), place, folder)


def _run(name: str, command: Sequence[str], variables: Mapping[str, str], place: Path, logs: Path) -> None:
    log = logs / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            cwd=place,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise CommandFailure(f"{name} failed:\n{tail(log)}", f"the whole log is {log}")


def messages_in(sqs: Any, queue: str) -> int:
    """Those that wait in the queue and those that are being worked on, as a client of SQS sees them."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    return sum(map(int, answer["Attributes"].values()))
