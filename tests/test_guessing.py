"""Who has not learnt it does not pass: neither the longest answer every time, nor the first, nor chance."""

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ccjobs_utils.activities.model import (
    LANGUAGES,
    Activity,
    Call,
    Choice,
    Choices,
    Grid,
    Match,
    Order,
    Question,
    Quiz,
    Text,
    public,
)
from ccjobs_utils.activities.score import score
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.course.syllabus import Course

COURSE = Course(Path(__file__).parents[1] / "course")
MODULES = [module.id for module in COURSE.modules]
CALLS = COURSE.calls
PLAYS = 10_000

Pick = Callable[[Mapping[str, Text]], str]
"""Takes one of the options by how they look."""


def by_length(rank: int, language: str) -> Pick:
    """The option at a rank of length: 0 is the longest, -1 the shortest."""

    def pick(options: Mapping[str, Text]) -> str:
        ordered = sorted(options, key=lambda key: -len(options[key].to(language)))
        return ordered[min(rank, len(ordered) - 1)]

    return pick


def guesses() -> Iterator[tuple[str, Pick]]:
    yield "first", lambda options: next(iter(options))
    yield "second", lambda options: list(options)[min(1, len(options) - 1)]
    yield "last", lambda options: list(options)[-1]
    for language in LANGUAGES:
        for rank, name in ((0, "longest"), (1, "second longest"), (-1, "shortest")):
            yield f"{name} {language}", by_length(rank, language)


def talked(call: Call, pick: Pick) -> dict[str, Any]:
    """The call of someone who picks replies like that and then, out of kindness, writes the right note."""
    script = script_of(call)
    moment, path = script.start(), []
    while not script.is_over(moment):
        path.append(pick({key: reply.text for key, reply in script.offered(moment).items()}))
        moment = script.step(moment, path[-1]).after
    return {"path": path, "note": script.belongs(moment)}


def answered(question: Question, pick: Pick) -> Any:
    match question:
        case Choice():
            return pick({key: option.text for key, option in question.options.items()})
        case Choices():
            return [pick({key: option.text for key, option in question.options.items()})]
        case Order():
            return list(question.items)
        case Match():
            return {row: pick(question.choices) for row in question.rows}
        case Grid():
            return {row: {key: pick(one.choices) for key, one in question.columns.items()} for row in question.rows}
        case _:
            return None


def share(activities: Mapping[str, Activity], pick: Pick) -> float:
    """The part of the points for quizzes and calls that someone gets who picks like that."""
    points = most = 0.0
    shown = public(dict(activities))
    for activity_id, activity in activities.items():
        given: dict[str, Any]
        if isinstance(activity, Quiz):
            seen = shown[activity_id]
            assert isinstance(seen, Quiz)
            given = {key: answered(question, pick) for key, question in seen.questions.items()}
        elif isinstance(activity, Call):
            given = talked(activity, pick)
        else:
            continue
        points += score(activity, given).points
        most += activity.points
    return points / most


def graded(module_id: str) -> dict[str, Activity]:
    """What counts in a module; of a bank every question, whichever are drawn."""
    counting = {key: one for key, one in COURSE.activities(module_id).items() if one.graded}
    return {key: replace(one, pick=None) if isinstance(one, Quiz) else one for key, one in counting.items()}


@pytest.mark.parametrize("module_id", MODULES)
class TestAModule:
    def test_picking_by_form_fails(self, module_id: str) -> None:
        pass_mark = COURSE.module(module_id).pass_mark / 100
        shares = {name: share(graded(module_id), pick) for name, pick in guesses()}
        assert {name: got for name, got in shares.items() if got >= pass_mark} == {}

    def test_picking_by_chance_fails(self, module_id: str) -> None:
        activities, pass_mark, dice = graded(module_id), COURSE.module(module_id).pass_mark / 100, random.Random(7)
        passed = sum(share(activities, lambda options: dice.choice(list(options))) >= pass_mark for _ in range(1_000))
        assert passed == 0


@pytest.mark.parametrize("call_id", CALLS)
class TestACall:
    def test_picking_by_form_fails(self, call_id: str) -> None:
        shares = {name: share({call_id: CALLS[call_id]}, pick) for name, pick in guesses()}
        assert {name: got for name, got in shares.items() if got >= 0.6} == {}

    def test_picking_by_chance_fails(self, call_id: str) -> None:
        call, dice = CALLS[call_id], random.Random(call_id)
        passed = 0
        for _ in range(PLAYS):
            given = talked(call, lambda options: dice.choice(list(options)))
            given["note"] = [item for item in call.notes if dice.random() < 0.5]
            passed += score(call, given).points >= 0.8 * call.points
        assert passed < PLAYS / 1_000
