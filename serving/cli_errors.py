"""How the command line fails: one line on standard error and an exit code that a script can act on."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Any

from typer import Abort, TyperException
from typer.core import TyperGroup

from agent.errors import ConfigError, DiscoveryError, Invalid
from serving.cli_text import one_line

FAILED, BAD_USE = 1, 2
"""Exit codes: what should have worked did not; what was asked for cannot be done."""

_REFUSED = frozenset({400, 413, 415, 422})
"""HTTP statuses by which the API says that the request itself is wrong."""

_TAKES_TEXT = frozenset({"say", "search", "classify"})


class OneLine(TyperGroup):
    """A group of commands that ends every failure in one line and never in a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the command line and exits. A command returns its exit code, or None for 0."""
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a letter gets a question mark, not a crash.
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except Abort:
            sys.exit(_tell("Stopped.", FAILED))
        except TyperException as error:
            sys.exit(_tell(_usage(error), error.exit_code))
        except DiscoveryError as error:
            sys.exit(_tell(str(error), exit_code(error)))
        except Exception as error:
            if os.environ.get("DISCOVERY_TRACEBACK"):
                raise
            # Its message may hold a person's words, so only its type is told.
            what = f"This went wrong inside Discovery ({type(error).__name__})."
            sys.exit(_tell(f"{what} With DISCOVERY_TRACEBACK=1 set, the same command shows where.", FAILED))
        sys.exit(code or 0)


def exit_code(error: DiscoveryError) -> int:
    """2 for what the person can only mend by asking differently, else 1."""
    refused = isinstance(error, Invalid | ConfigError) or getattr(error, "status", 0) in _REFUSED
    return BAD_USE if refused else FAILED


def _usage(error: TyperException) -> str:
    """What was wrong with the command line, and where its right use stands."""
    context = getattr(error, "ctx", None)
    said = error.format_message().rstrip(".")
    if context is None:
        return f"{said}."
    dashed = context.info_name in _TAKES_TEXT and said.startswith("No such option")
    hint = " Put -- before a text that begins with a dash." if dashed else ""
    return f"{said}.{hint} `{context.command_path} --help` shows how."


def _tell(sentence: str, code: int) -> int:
    print(one_line(sentence), file=sys.stderr)
    return code
