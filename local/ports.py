"""Who listens on a port of this machine. Standard library only: `make stop` works in a bare checkout too."""

import hashlib
import json
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 3.0
"""Seconds. A process on this machine that needs longer to say who it is, is not ours."""

ROOT = Path(__file__).resolve().parent.parent


def identity() -> str:
    """What processes of this checkout call themselves, so that they are known when their records are gone."""
    return "cloudops-" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def our_process(port: int) -> int | None:
    """The process id of an emulator or proxy of this checkout that answers on the port, or None.

    The proxy says who it is in the Via header of every answer, the emulator in its health record.
    """
    return _ours(_via(port)) or our_emulator(f"http://127.0.0.1:{port}")


def our_emulator(endpoint: str, trust: ssl.SSLContext | None = None) -> int | None:
    """The process id of an emulator of this checkout that answers at the endpoint, or None."""
    return _ours(str(health(endpoint, trust).get("edition", "")))


def _ours(said: str) -> int | None:
    """The process id in "<identity> <pid>", where the identity is this checkout's."""
    name, _, pid = said.rpartition(" ")
    return int(pid) if name == identity() and pid.isdigit() else None


def health(endpoint: str, trust: ssl.SSLContext | None = None) -> dict[str, object]:
    """What an emulator says of itself; empty where none answers."""
    try:
        url = f"{endpoint}/_ministack/health"
        with urllib.request.urlopen(url, timeout=PATIENCE, context=trust) as answer:
            record = json.load(answer)
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def free_port() -> int:
    """Returns a loopback port that nothing listens on, and that the kernel gives to no one else for a minute.

    A connection that the port's side closed first stays in TIME_WAIT: the kernel then skips the port where a
    program asks for any, and grants it to a server that asks for it by number, with SO_REUSEADDR.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        address: tuple[str, int] = server.getsockname()
        with socket.create_connection(address):
            accepted, _ = server.accept()
            accepted.close()
        return address[1]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _via(port: int) -> str:
    """`1.1 <identity> (<pid>)` of the proxy, which comes last, as "<identity> <pid>"."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            via = answer.headers.get("via", "")
    except urllib.error.HTTPError as error:
        via = error.headers.get("via", "")
    except (OSError, ValueError):
        return ""
    return str(via).rpartition(", ")[2].removeprefix("1.1 ").replace("(", "").replace(")", "")
