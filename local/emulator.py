"""The AWS emulator (MiniStack): started on a loopback port, known by its own word, stopped."""

import os
import shutil
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra.cli_errors import CommandFailure, tail
from local import daemon
from local.emulator_env import install
from local.ports import identity, is_free, our_emulator

REGION = "us-east-1"
ACCOUNT = "000000000000"
TRUST = ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Where Python's and Node's AWS tools look for a certificate authority."""

START_TIMEOUT_SECONDS = 60.0
"""Until the emulator answers: half a second is usual, more after a laptop wakes from sleep."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Paths of a self-signed certificate for 127.0.0.1 and of its key, in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class EmulatorOptions:
    """`folder` is for its log and scratch files. `enforce_iam` checks every call against the caller's
    policies, as AWS does; with a certificate it speaks TLS only."""

    port: int
    folder: Path
    enforce_iam: bool = False
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator, and how to reach it."""

    pid: int
    options: EmulatorOptions

    @property
    def endpoint(self) -> str:
        return _endpoint(self.options)

    @property
    def log(self) -> Path:
        return self.options.folder / "ministack.log"

    def environment(self) -> dict[str, str]:
        """The variables that point an AWS SDK or command-line tool here, as the account's root."""
        certificate = self.options.certificate
        trust = dict.fromkeys(TRUST, str(certificate.certificate)) if certificate else {}
        return trust | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the service. Any, because boto3 types it by a literal name only."""
        certificate = self.options.certificate
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator's root, not a secret
            verify=str(certificate.certificate) if certificate else None,
        )

    def stop(self) -> None:
        daemon.stop(self.pid)


def start(options: EmulatorOptions) -> Emulator:
    """Start it and wait until it answers; CommandFailure where the port is taken or it does not come up."""
    python = install()
    if not is_free(options.port):
        raise CommandFailure(
            f"port {options.port} on this machine is taken by another program",
            "stop that program, or choose another port with CLOUDOPS_EMULATOR_PORT=<port>",
        )
    shutil.rmtree(options.folder / "tmp", ignore_errors=True)
    (options.folder / "tmp").mkdir(parents=True)
    script = f'MINISTACK_EDITION="{identity()} $$" exec "$0" -m ministack'
    command = ("/bin/sh", "-c", script, str(python))
    pid = daemon.start("ministack", command, _process_environment(options), options.folder)
    emulator = Emulator(pid, options)
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while our_emulator(emulator.endpoint, _trust(options)) != pid:
        if not daemon.is_alive(pid) or time.monotonic() > deadline:
            emulator.stop()
            raise CommandFailure(
                f"the AWS emulator did not come up on port {options.port}:\n{tail(emulator.log)}",
                "if the log does not say why, remove the folder .local and run the command again",
            )
        time.sleep(0.05)
    return emulator


def _process_environment(options: EmulatorOptions) -> dict[str, str]:
    """A clean one: the caller's own AWS variables must not leak into an emulated account."""
    variables = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(options.port),
        "TMPDIR": str(options.folder / "tmp"),
        "AUTH": str(options.enforce_iam).lower(),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
    }
    if options.certificate:
        variables |= {
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(options.certificate.certificate),
            "MINISTACK_SSL_KEY": str(options.certificate.key),
        }
    return variables


def _endpoint(options: EmulatorOptions) -> str:
    return f"{'https' if options.certificate else 'http'}://127.0.0.1:{options.port}"


def _trust(options: EmulatorOptions) -> ssl.SSLContext | None:
    certificate = options.certificate
    return ssl.create_default_context(cafile=certificate.certificate) if certificate else None
