"""Points for answers: a pure function of an activity with its key and the data that a trainee left.

It fails closed. An answer that is malformed, names something that does not exist or is far too long scores zero for its
question and says why; nothing a hand-in holds raises, and nothing but the right data gives points.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, assert_never

from msgspec import UNSET, Struct

from ccjobs_utils.activities.model import (
    QA_FORM,
    Activity,
    Call,
    Choice,
    Choices,
    Exercise,
    Grid,
    Match,
    Number,
    Order,
    QaCriterion,
    Question,
    Quiz,
    Response,
    ShortText,
)
from ccjobs_utils.activities.simulated_call import NOTE_MARKS, NotAllowed, Script, Step, script_of

State = Literal["right", "partly", "wrong", "blank", "invalid", "to-mark"]

MAX_SHORT_TEXT = 500
MAX_NUMBER = 1e15
MAX_BITS = 1000
"""Larger whole numbers do not fit a float, which they are compared as."""
MAX_RESPONSE = 20_000
TEXT = "text"
"""The item that holds a written answer."""
RETURNED = "returned"
"""The item that holds what an exercise's code gave back: case id → ``{"value": data}`` or ``{"error": text}``."""
PATH, NOTE = "path", "note"
"""The items of a call: the replies in order, and what was written down, as lists of ids."""


class ItemScore(Struct, frozen=True):
    """Points for one question, case or written answer; `problem` says what is wrong with a malformed answer."""

    points: float
    max_points: float
    state: State
    problem: str = ""


class Score(Struct, frozen=True):
    """Points for one activity, item by item."""

    items: dict[str, ItemScore]
    max_points: float

    @property
    def points(self) -> float:
        """What was scored."""
        return round(math.fsum(item.points for item in self.items.values()), 2)

    @property
    def needs_marking(self) -> bool:
        """Whether a trainer must read something before the score stands."""
        return any(item.state == "to-mark" for item in self.items.values())

    @property
    def problems(self) -> list[str]:
        """What is wrong with malformed answers, one line each."""
        return [f"{item_id}: {item.problem}" for item_id, item in self.items.items() if item.problem]


class MalformedAnswer(ValueError):
    """An answer that its question does not allow."""


def score(activity: Activity, given: Mapping[str, Any]) -> Score:
    """Score one activity.

    Arguments:
        activity: with its key.
        given: item id → the answer as data, as `answers` keeps it; missing or None is blank.

    Returns:
        the points, never more than the activity's and never negative.
    """
    match activity:
        case Quiz():
            items = {key: score_question(question, given.get(key)) for key, question in activity.questions.items()}
        case Exercise():
            items = _score_cases(activity, given.get(RETURNED))
        case Response():
            items = {TEXT: _score_response(activity, given.get(TEXT))}
        case Call():
            items = _score_call(activity, given)
    return Score(items=items, max_points=activity.points)


def score_question(question: Question, value: Any) -> ItemScore:
    """Score one question of a quiz.

    Arguments:
        question: with its key.
        value: the answer as data, in the form that the question's type documents; None is blank.

    Returns:
        its points and state; a malformed answer is ``invalid`` with the reason, zero points.
    """
    if is_blank(value):
        return ItemScore(0.0, question.points, "blank")
    try:
        share = _share(question, value)
    except MalformedAnswer as error:
        return ItemScore(0.0, question.points, "invalid", str(error))
    state: State = "right" if share == 1 else "partly" if share > 0 else "wrong"
    return ItemScore(round(question.points * share, 2), question.points, state)


def missing(activity: Activity, given: Mapping[str, Any]) -> list[str]:
    """The items that still wait for an answer, in the activity's order.

    A question with several parts (rows to match, a grid) waits until every part is decided; a written answer until it
    has the words asked for; an exercise until its code gives something back; a call until it is over and noted.
    """
    match activity:
        case Quiz():
            return [key for key, question in activity.questions.items() if not _is_complete(question, given.get(key))]
        case Exercise():
            returned = _score_cases(activity, given.get(RETURNED))
            return [] if any(item.state != "blank" for item in returned.values()) else [RETURNED]
        case Response():
            text = given.get(TEXT)
            enough = isinstance(text, str) and count_words(text) >= activity.min_words
            return [] if enough else [TEXT]
        case Call():
            return _missing_of_call(activity, given)


def is_blank(value: Any) -> bool:
    """Whether an answer says nothing: none, empty, or only spaces."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(is_blank(part) for part in value.values())
    return value is None or value == []


def count_words(text: str) -> int:
    """How many words a text has."""
    return len(re.findall(r"\w+(?:[-'’.,:/@]\w+)*", text))


def parse_number(typed: Any) -> float:
    """The number that a person typed: ``12,5``, ``12.5``, ``1 250`` or ``45 sekunder``.

    Raises:
        MalformedAnswer: if there is no number in it, or more than one.
    """
    if isinstance(typed, (int, float)) and not isinstance(typed, bool):
        typed = f"{typed:.15g}" if abs(typed) < MAX_NUMBER else ""
    if not isinstance(typed, str) or len(typed) > MAX_SHORT_TEXT:
        raise MalformedAnswer("not a number")
    tight = re.sub(r"\s+", "", typed).replace("−", "-")
    found = re.fullmatch(r"([-+]?[0-9]+(?:[.,][0-9]+)?)(?:%|[^\W\d]+\.?)?", tight)
    if not found or not math.isfinite(number := float(found[1].replace(",", "."))):
        raise MalformedAnswer("not a number")
    return number


def same_text(typed: str, accepted: str) -> bool:
    """Whether two short texts say the same: case, spacing and punctuation at the ends do not count."""
    return _plain(typed) == _plain(accepted)


def same_number(number: float, wanted: float, tolerance: float) -> bool:
    """Whether a number lies within `tolerance` of the wanted one."""
    return math.isclose(number, wanted, rel_tol=1e-9, abs_tol=tolerance)


def same_data(expected: Any, got: Any, tolerance: float) -> bool:
    """Whether returned data is what was expected.

    Arguments:
        expected: from the key; only this steers how deep the comparison goes.
        got: from the hand-in, any JSON.
        tolerance: how far a number may lie from the expected one, as a share of it.
    """
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None:
        return expected is got
    if isinstance(expected, (int, float)):
        if not isinstance(got, (int, float)) or (isinstance(got, int) and got.bit_length() > MAX_BITS):
            return False
        return math.isclose(expected, got, rel_tol=tolerance, abs_tol=tolerance)
    if isinstance(expected, str):
        return isinstance(got, str) and expected == got
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and len(expected) == len(got)
            and all(same_data(e, g, tolerance) for e, g in zip(expected, got, strict=True))
        )
    return (
        isinstance(got, dict)
        and expected.keys() == got.keys()
        and all(same_data(value, got[key], tolerance) for key, value in expected.items())
    )


def _share(question: Question, value: Any) -> float:
    """The share of a question's points that an answer earns, 0 to 1."""
    match question:
        case Choice():
            return float(question.options[_known(value, question.options)].correct)
        case Choices():
            chosen = set(_known_list(value, question.options))
            right_ones = {key for key, option in question.options.items() if option.correct}
            wrong_ones = question.options.keys() - right_ones
            if not right_ones or not wrong_ones:
                return 0.0
            # Each wrong tick takes away what it is worth, so that ticking everything earns nothing.
            return max(0.0, len(chosen & right_ones) / len(right_ones) - len(chosen & wrong_ones) / len(wrong_ones))
        case Order():
            given = _known_list(value, question.items)
            if len(given) != len(question.items):
                raise MalformedAnswer("every thing must stand in the order once")
            return _order_share(question.answer, given)
        case Match():
            rows = {row: _known(choice, question.choices) for row, choice in _known_map(value, question.rows).items()}
            return sum(rows.get(key) == row.answer for key, row in question.rows.items()) / len(question.rows)
        case Grid():
            return _grid_share(question, value)
        case Number():
            # Read first: in the trainee's copy, which has no answer, what is no number must not count as answered.
            number = parse_number(value)
            return float(question.answer is not None and same_number(number, question.answer, question.tolerance))
        case ShortText():
            if not isinstance(value, str) or len(value) > MAX_SHORT_TEXT:
                raise MalformedAnswer("not a short text")
            return float(any(same_text(value, accepted) for accepted in question.accept))
        case _:
            assert_never(question)


def _order_share(right: Sequence[str], given: Sequence[str]) -> float:
    """Agreement in pairs (Kendall's tau): a random order earns nothing on average; below zero counts as zero."""
    place = {item: position for position, item in enumerate(given)}
    pairs = [(a, b) for i, a in enumerate(right) for b in right[i + 1 :]]
    if not pairs:
        return 0.0
    agreeing = sum(place[a] < place[b] for a, b in pairs)
    return max(0.0, 2 * agreeing / len(pairs) - 1)


def _grid_share(question: Grid, value: Any) -> float:
    decided = {
        row: {column: _known(choice, question.columns[column].choices) for column, choice in cells.items()}
        for row, row_value in _known_map(value, question.rows).items()
        for cells in [_known_map(row_value, question.columns)]
    }
    cells = [(row, column) for row in question.rows for column in question.columns]
    right = sum(decided.get(row, {}).get(column, "") == question.rows[row].answers.get(column) for row, column in cells)
    return right / len(cells)


def _is_complete(question: Question, value: Any) -> bool:
    if score_question(question, value).state in ("blank", "invalid"):
        return False
    match question:
        case Match():
            return all(not is_blank(value.get(row)) for row in question.rows)
        case Grid():
            return all(
                not is_blank((value.get(row) or {}).get(column)) for row in question.rows for column in question.columns
            )
        case _:
            return True


def _score_cases(exercise: Exercise, returned: Any) -> dict[str, ItemScore]:
    returned = returned if isinstance(returned, dict) else {}
    worth = exercise.points / len(exercise.cases)
    scores = {}
    for position, (case_id, case) in enumerate(exercise.cases.items(), start=1):
        # Rounding each case by what remains keeps the sum exact: three cases of 2 points are 2 points.
        max_points = round(round(worth * position, 2) - round(worth * (position - 1), 2), 2)
        result = returned.get(case_id)
        if not isinstance(result, dict) or not result.keys() & {"value", "error"} or result == {"value": None}:
            scores[case_id] = ItemScore(0.0, max_points, "blank")
        elif (
            "value" in result
            and case.expect is not UNSET
            and same_data(case.expect, result["value"], exercise.tolerance)
        ):
            scores[case_id] = ItemScore(max_points, max_points, "right")
        else:
            scores[case_id] = ItemScore(0.0, max_points, "wrong")
    return scores


def _score_response(response: Response, text: Any) -> ItemScore:
    if is_blank(text):
        return ItemScore(0.0, response.points, "blank")
    if not isinstance(text, str) or len(text) > MAX_RESPONSE:
        return ItemScore(0.0, response.points, "invalid", f"not a text of at most {MAX_RESPONSE} characters")
    return ItemScore(0.0, response.points, "to-mark")


def played(script: Script, given: Mapping[str, Any]) -> tuple[list[Step], list[str]]:
    """A call as it was answered: its steps, and what was written down.

    Raises:
        MalformedAnswer: if the call does not allow it, saying why.
    """
    path, note = given.get(PATH), given.get(NOTE)
    if not isinstance(path, list):
        raise MalformedAnswer("not a path of replies")
    try:
        steps = list(script.follow(path))
    except NotAllowed as error:
        raise MalformedAnswer(str(error)) from error
    noted = _known_list([] if note is None else note, script.call.notes)
    if noted and not (steps and script.is_over(steps[-1].after)):
        raise MalformedAnswer("a note on a call that is not over")
    return steps, noted


def earned(script: Script, steps: Sequence[Step], note: Sequence[str]) -> dict[QaCriterion, float]:
    """The share of each criterion of the QA form that a call earned, 0 to 1; fatal errors do not count here.

    Arguments:
        script: the call, with its key.
        steps: what was said.
        note: what was written down.
    """
    marks: dict[QaCriterion, Fraction] = dict.fromkeys(QA_FORM, Fraction(0))
    for step in steps:
        for criterion, mark in step.marks.items():
            marks[criterion] += mark
    if steps and (ending := script.call.endings.get(steps[-1].after.at)):
        for criterion, mark in ending.marks.items():
            marks[criterion] += mark
    if steps:
        marks["close"] += NOTE_MARKS * script.note_share(steps[-1].after, note)
    return {key: float(mark / script.targets[key]) if script.targets[key] else 0.0 for key, mark in marks.items()}


def fatal_errors(script: Script, steps: Sequence[Step], note: Sequence[str]) -> list[str]:
    """The fatal errors of a call, in the order in which they were made."""
    made = [step.fatal for step in steps] + [script.call.notes[item].fatal for item in note]
    return list(dict.fromkeys(error for error in made if error))


def _score_call(call: Call, given: Mapping[str, Any]) -> dict[str, ItemScore]:
    worth: dict[str, float] = {criterion: round(call.points * weight / 100, 2) for criterion, weight in QA_FORM.items()}
    if is_blank(given.get(PATH)):
        return {criterion: ItemScore(0.0, points, "blank") for criterion, points in worth.items()}
    script = script_of(call)
    try:
        steps, note = played(script, given)
    except MalformedAnswer as error:
        return {PATH: ItemScore(0.0, call.points, "invalid", str(error))}
    failed = bool(fatal_errors(script, steps, note))
    scores: dict[str, ItemScore] = {}
    for criterion, share in earned(script, steps, note).items():
        state: State = "right" if share == 1 else "partly" if share > 0 else "wrong"
        points = 0.0 if failed else round(worth[criterion] * share, 2)
        scores[criterion] = ItemScore(points, worth[criterion], state)
    return scores


def _missing_of_call(call: Call, given: Mapping[str, Any]) -> list[str]:
    script = script_of(call)
    try:
        steps, _ = played(script, given)
    except MalformedAnswer:
        return [PATH]
    if not steps or not script.is_over(steps[-1].after):
        return [PATH]
    return [NOTE] if given.get(NOTE) is None else []


def _known(value: Any, known: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise MalformedAnswer(f"a {type(value).__name__} is not one of the choices")
    if value not in known:
        raise MalformedAnswer(f"{value[:60]!r} is not one of the choices")
    return value


def _known_list(value: Any, known: Mapping[str, Any]) -> list[str]:
    if not isinstance(value, list) or len(value) > len(known):
        raise MalformedAnswer("not a list of choices")
    chosen = [_known(item, known) for item in value]
    if len(set(chosen)) != len(chosen):
        raise MalformedAnswer("a choice stands twice")
    return chosen


def _known_map(value: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """The decided parts of an answer that maps row or column ids to something."""
    if not isinstance(value, dict):
        raise MalformedAnswer("not a choice for each row")
    for key in value:
        _known(key, known)
    return {key: part for key, part in value.items() if not is_blank(part)}


def _plain(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return text.strip(" .,;:!?\"'«»“”")
