"""The gate holds what the suites say: their exit code and their words."""

from __future__ import annotations

import sys

from eval.gate import safety_gate


def test_a_suite_that_misses_closes_the_gate_with_its_words() -> None:
    told = safety_gate((sys.executable, "-c", "print('below target: x'); raise SystemExit(1)"))
    assert told == {"passed": False, "said": ["below target: x"]}


def test_a_suite_that_holds_opens_it() -> None:
    assert safety_gate((sys.executable, "-c", "print('every target is met')"))["passed"]
