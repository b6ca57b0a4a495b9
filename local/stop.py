"""`make stop`: ends what `make run` started. Standard library only, for a checkout without its .venv."""

import os

from local import daemon
from local.ports import our_process
from local.state import State

DEFAULT_PORTS = {"CLOUDOPS_PORT": "4000", "CLOUDOPS_EMULATOR_PORT": "4566", "CLOUDOPS_ISSUER_PORT": "4001"}


def stop_ours(*ports: int) -> list[str]:
    """End the processes of this checkout that answer on these ports; others are left alone."""
    stopped = []
    for port in dict.fromkeys(filter(None, ports)):
        pid = our_process(port)
        if pid is not None:
            daemon.stop(pid)
            stopped.append(f"stopped process {pid} on port {port}")
    return stopped


def main() -> None:
    state = State.load()
    chosen = (int(os.environ.get(name) or default) for name, default in DEFAULT_PORTS.items())
    stopped = stop_ours(state.proxy_port, state.issuer_port, state.emulator_port, *chosen)
    print("\n".join(stopped) or "nothing of this checkout was running")
    state.forget()
    state.save()


if __name__ == "__main__":
    main()
