"""`make run`: the stack on this machine, with a morning of alerts in it. It returns; the stack stays up."""

import os
import sys
import time
import webbrowser
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from infra import bundle, cdk_cli, dashboard_build
from infra.cli_errors import CommandFailure, failures_end_the_command
from local import daemon, seed_workloads, slack, stack
from local.credentials import create_token, webhook_secret
from local.emulator import Emulator
from local.http import Http
from local.issuer.signing import AUDIENCE, CLIENT
from local.processes import check_port, ensure_emulator, ensure_issuer, ensure_proxy
from local.progress import step
from local.replay import CATALOG, MORNING, EntryPoints, recording
from local.state import FOLDER, State
from local.stop import DEFAULT_PORTS
from local.summary import grouped, received, to_try

SETTLE_TIMEOUT_SECONDS = 120.0
"""Until the queue is empty; a few seconds are usual."""


def run(api_port: int, emulator_port: int, issuer_port: int) -> None:
    started = time.monotonic()
    state = State.load()
    check_port(api_port, "CLOUDOPS_PORT")
    check_port(emulator_port, "CLOUDOPS_EMULATOR_PORT")
    check_port(issuer_port, "CLOUDOPS_ISSUER_PORT")
    with ThreadPoolExecutor() as pool:
        # What needs no emulator is built while it starts.
        site = pool.submit(dashboard_build.build)
        pool.submit(cdk_cli.install)
        pool.submit(bundle.dependencies, bundle.Target.this_machine())
        emulator = ensure_emulator(state, emulator_port)
        issuer = ensure_issuer(state, issuer_port)
        _ensure_deployed(state, emulator, issuer, f"http://localhost:{api_port}")
        _ensure_slack(state, emulator)
        _ensure_uploaded(state, emulator, site)
    ensure_proxy(
        state,
        api_port,
        emulator.endpoint,
        stack.site_host(state.outputs),
        stack.api_url(emulator, state.outputs),
    )
    _ensure_token(state, emulator)
    _ensure_replayed(state, emulator)
    _print_summary(state)
    daemon.keep()
    _show(f"http://localhost:{api_port}")
    print(f"\nThis took {time.monotonic() - started:.0f} s.")


def _ensure_deployed(state: State, emulator: Emulator, issuer: str, address: str) -> None:
    context = {
        "oidcIssuer": issuer,
        "oidcAudience": AUDIENCE,
        "oidcClientId": CLIENT,
        "catalog": str(CATALOG),
        "useMockAdapters": os.environ.get("USE_MOCK_ADAPTERS") or "true",
        **slack.context(os.environ, address),
    }
    wanted = stack.fingerprint(context)
    if state.deployed == wanted:
        print("The stack is deployed and unchanged")
        return
    with step("Deploying the stack"):
        state.outputs = stack.deploy(emulator, FOLDER, context)
    state.deployed = wanted
    state.save()


def _ensure_slack(state: State, emulator: Emulator) -> None:
    keys = slack.keys_in(os.environ)
    if keys in ("", state.slack):
        return
    with step("Connecting Slack"):
        slack.run_command(emulator, state.outputs, os.environ, "connect")
    state.slack = keys
    state.save()


def _ensure_uploaded(state: State, emulator: Emulator, site: "Future[Path]") -> None:
    if state.uploaded == dashboard_build.digest():
        return
    with step("Building the dashboard and uploading it"):
        site.result()
        stack.upload_site(emulator, state.outputs)
    state.uploaded = dashboard_build.digest()
    state.save()


def _ensure_token(state: State, emulator: Emulator) -> None:
    if not state.token:
        with step("Making an operator's token"):
            state.token = create_token(emulator, state.outputs, "local operator", "operator")
        state.save()


def _ensure_replayed(state: State, emulator: Emulator) -> None:
    """Once an emulator: a second morning at another time would be a second set of alerts."""
    if state.replayed:
        return
    url, secret = stack.api_url(emulator, state.outputs), webhook_secret(emulator, state.outputs)
    entries = EntryPoints(emulator, state.outputs, url, secret)
    recorded = recording(MORNING, ending=datetime.now(UTC))
    with step("Replaying a morning of alerts"):
        seed_workloads.make(emulator)
        for _, minute in groupby(recorded, key=lambda one: one.minute):
            for one in minute:
                entries.send(one)
            # What lay minutes apart must not overtake each other within a second.
            _wait_until_ingested(emulator, state.outputs["AlertQueueUrl"])
    state.replayed = received(recorded)
    state.save()


def _wait_until_ingested(emulator: Emulator, queue: str) -> None:
    deadline = time.monotonic() + SETTLE_TIMEOUT_SECONDS
    sqs = emulator.client("sqs")
    while stack.messages_in(sqs, queue):
        if time.monotonic() > deadline:
            raise CommandFailure(
                "the alerts are still in the queue: the ingest function fails or hangs",
                f"look for its error in {emulator.log}",
            )
        time.sleep(0.02)


def _print_summary(state: State) -> None:
    api = Http(f"http://127.0.0.1:{state.proxy_port}", {"authorization": f"Bearer {state.token}"})
    incidents = api.get("/api/incidents?limit=50")["incidents"]
    quarantined = len(api.get("/api/quarantine")["items"])
    suggestion = next(each["id"] for incident in incidents for each in incident["suggestions"])
    for text in (
        state.replayed,
        grouped(incidents, quarantined),
        to_try(state.proxy_port, state.token, suggestion),
    ):
        print(f"\n{text}")


def _show(url: str) -> None:
    """In the person's browser, where there is a person and a screen."""
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if has_screen and sys.stdout.isatty():
        webbrowser.open(url)


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise CommandFailure(f"{name}={value} is not a port", f"{name}={default} is the default")
    return int(value)


if __name__ == "__main__":
    with failures_end_the_command():
        run(*(_port(name, int(default)) for name, default in DEFAULT_PORTS.items()))
