"""Is a module passed? The one rule for it, with its reasons."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

Reason = Literal["below-pass-mark", "fatal-error"]


class Rules(Protocol):
    """What the syllabus says about passing a module."""

    @property
    def pass_mark(self) -> int:
        """Per cent of the module's points."""

    @property
    def fatal_fails(self) -> bool:
        """Whether a fatal error in a graded call fails the module, whatever the points."""


class Outcome(NamedTuple):
    """Whether a module is passed, and if not, why."""

    passed: bool
    reasons: tuple[Reason, ...]


def outcome(rules: Rules, points: float, max_points: float, fatal: Sequence[str]) -> Outcome:
    """Whether it is enough.

    Arguments:
        rules: the module's.
        points: what the gradebook holds, extra credit among them.
        max_points: what could be had, without extra credit.
        fatal: the graded calls with a fatal error.
    """
    reasons: list[Reason] = []
    if points * 100 < rules.pass_mark * max_points:
        reasons.append("below-pass-mark")
    if fatal and rules.fatal_fails:
        reasons.append("fatal-error")
    return Outcome(not reasons, tuple(reasons))
