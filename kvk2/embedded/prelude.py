"""Become another program, after arranging what only the process itself can arrange.

Run by path with ``python -I -S``, so that it starts in milliseconds and needs nothing of the project:

    prelude.py [--die-with-parent SIGNAL PARENT_PID] [--user-namespace] PROGRAM ARGUMENT…

A program of its own instead of Popen's ``preexec_fn``, which is unsafe in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
INNER_ID = 65534  # "nobody": any number but 0 will do, since that is what PostgreSQL refuses


def die_with_parent(signal_number: int, parent: int) -> None:
    """Receive the signal when the parent ends, however it ends; Linux only, elsewhere nothing."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it ended before the line above
        sys.exit(1)


def enter_user_namespace() -> None:
    """Show this account as `INNER_ID` to the program; files stay what they are, no account is needed."""
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, value in (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_ID} {user} 1"),
        ("gid_map", f"{INNER_ID} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(value)


def main(arguments: list[str]) -> None:
    if arguments[0] == "--die-with-parent":
        die_with_parent(int(arguments[1]), int(arguments[2]))
        arguments = arguments[3:]
    if arguments[0] == "--user-namespace":
        enter_user_namespace()
        arguments = arguments[1:]
    os.execvp(arguments[0], arguments)  # noqa: S606 - becoming the program is the purpose


if __name__ == "__main__":
    main(sys.argv[1:])
