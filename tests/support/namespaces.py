"""Rooms of their own that the system gives a process: a network, or disks, that nobody else sees."""

from __future__ import annotations

import subprocess

import pytest


def own(flags: str) -> list[str]:
    """The command that gives what is behind it namespaces of its own (`unshare`); fails loudly where that is not
    allowed."""
    command = ["unshare", flags]
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.fail(
            f"unshare {flags} is not allowed here ({tried.stderr.strip()}), so this is untested. Run the tests as "
            "root, or allow it: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    return command
