"""Runs a command in the place of this process, and ends its process group when its parent ends.

`python -I -S lifeline.py COMMAND...`: standard input is the reading end of a pipe, and the parent holds the
writing end. The kernel closes that end for a parent that is killed, so no signal is needed, and every POSIX
system will do. The command keeps the process id. A watcher beside it, in a session of its own, waits for:

- the pipe closes: the parent ended, and the watcher kills the command's process group;
- `KEEP` comes through the pipe: the command may outlive its parent;
- the command ends: the watcher kills what the command left in its process group, such as its workers.

Standard library only, and nothing of this project, for it is run by its path.
"""

import os
import select
import signal
import sys
from contextlib import suppress

KEEP = b"k"


def main(command: list[str]) -> None:
    """Replaces this process, the leader of its group, by the command."""
    lifeline = os.dup(0)
    ended, running = os.pipe()
    leader = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(running)
        os.setsid()
        if os.fork() == 0:
            watch(leader, lifeline, ended)
        os._exit(0)
    os.waitpid(child, 0)
    os.set_inheritable(running, True)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


def watch(leader: int, lifeline: int, ended: int) -> None:
    """Waits for the end of the parent or of the group's leader, and kills the group.

    Args:
        leader: The process id of the group's leader.
        lifeline: The reading end of the pipe that the parent holds.
        ended: A reading end that closes when the leader ends. A worker that inherited the other end, as those
            of Python do not, keeps it open.
    """
    watched = [lifeline, ended]
    while True:
        ready, _, _ = select.select(watched, [], [])
        if lifeline in ready and os.read(lifeline, 1) == KEEP:
            watched.remove(lifeline)
            continue
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
        return


if __name__ == "__main__":
    main(sys.argv[1:])
