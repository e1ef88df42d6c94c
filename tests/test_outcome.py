"""The rule for passing, at its limits."""

from types import SimpleNamespace

import pytest

from ccjobs_utils.course.outcome import outcome


def rules(*, fatal_fails: bool = False) -> SimpleNamespace:
    return SimpleNamespace(pass_mark=80, fatal_fails=fatal_fails)


@pytest.mark.parametrize(
    ("points", "passed"), [(80.0, True), (79.99, False), (100.0, True), (105.0, True), (0.0, False)]
)
def test_the_pass_mark_is_a_limit(points: float, passed: bool) -> None:
    assert outcome(rules(), points, 100.0, []) == (passed, () if passed else ("below-pass-mark",))


def test_a_fatal_error_fails_only_where_the_syllabus_says_so() -> None:
    assert outcome(rules(), 90.0, 100.0, ["a-call"]).passed
    assert outcome(rules(fatal_fails=True), 90.0, 100.0, ["a-call"]) == (False, ("fatal-error",))
    assert outcome(rules(fatal_fails=True), 90.0, 100.0, []).passed


def test_every_reason_is_given() -> None:
    assert outcome(rules(fatal_fails=True), 10.0, 100.0, ["a-call"]).reasons == ("below-pass-mark", "fatal-error")
