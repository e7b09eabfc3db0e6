"""The passphrase of the master key: from the environment, or asked for once at a terminal.

It is handed on to the processes of this machine by the environment they inherit, never by a command line, a
configuration or Ray's own records, which others may read.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from agent.config import JournalConfig
from journal.keyfile import KeyFile, is_locked
from serving.artifacts import data_folder

VARIABLE = "DISCOVERY_PASSPHRASE"


def key_path(config: JournalConfig) -> Path:
    """Where the key file of a configuration lies."""
    return config.key_file or data_folder() / "master.key"


def given() -> str | None:
    """The passphrase, if there is one."""
    return os.environ.get(VARIABLE) or None


def ask(key_file: Path) -> None:
    """Asks for the passphrase where the key file needs one, nobody has given it and somebody sits at a terminal; then
    tries it. Raises `ConfigError` where it does not open the key."""
    if not is_locked(key_file):
        return
    if given() is None and sys.stdin.isatty():
        os.environ[VARIABLE] = getpass.getpass("Passphrase of the journal's key: ")
    KeyFile(key_file, given()).read()
