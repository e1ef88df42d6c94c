"""Why an answer is right or wrong, in one language: what practice shows at once and the feedback page after grading."""

from collections.abc import Mapping
from typing import Any, assert_never

from msgspec import Struct

from ccjobs_utils.activities.model import (
    Choice,
    Choices,
    Grid,
    Match,
    Mistake,
    Number,
    Order,
    Question,
    ShortText,
    Text,
)
from ccjobs_utils.activities.score import (
    ItemScore,
    MalformedAnswer,
    is_blank,
    parse_number,
    same_number,
    same_text,
    score_question,
)


class Line(Struct, frozen=True):
    """One part of an answer, judged.

    Attributes:
        part: the id of the option, item or row.
        label: the option, item or row in words.
        given: what was decided, in words; empty if nothing was.
        right: what would be right, in words; empty while the answer is not revealed.
        ok: whether what was decided is right; None where nothing was decided and nothing should have been.
        feedback: why.
    """

    part: str
    label: str
    given: str
    right: str
    ok: bool | None
    feedback: str


class Review(Struct, frozen=True):
    """One question, judged: its score, its parts line by line, and the reason for the whole."""

    score: ItemScore
    lines: list[Line]
    feedback: str


def review(question: Question, value: Any, language: str, *, reveal: bool) -> Review:
    """Judge one answer.

    Arguments:
        question: with its key.
        value: the answer as data.
        language: ``nb`` or ``en``.
        reveal: whether to tell the right answer too (after grading, or when a trainee asks for it), not only what is
            right and wrong about what was answered.

    Returns:
        the judged answer; a malformed one has no lines unless revealed.
    """
    scored = score_question(question, value)
    usable = None if scored.state in ("blank", "invalid") else value
    lines = _lines(question, usable, language)
    if not reveal:
        lines = [_hidden(line) for line in lines if line.given]
    told = reveal or (
        usable is not None and not (isinstance(question, (Number, ShortText)) and scored.state != "right")
    )
    feedback = question.feedback.to(language) if question.feedback and told else ""
    return Review(score=scored, lines=lines, feedback=feedback)


def _hidden(line: Line) -> Line:
    return Line(line.part, line.label, line.given, "", line.ok, line.feedback)


def _lines(question: Question, value: Any, language: str) -> list[Line]:
    match question:
        case Choice() | Choices():
            chosen = [] if value is None else [value] if isinstance(value, str) else value
            return [
                _option_line(key, option.text.to(language), key in chosen, option.correct, option.feedback, language)
                for key, option in question.options.items()
            ]
        case Order():
            return _order_lines(question, value, language)
        case Match():
            rows: Mapping[str, Any] = value or {}
            return [
                _row_line(
                    key,
                    row.text.to(language),
                    question.choices[rows[key]].to(language) if not is_blank(rows.get(key)) else "",
                    question.choices[row.answer].to(language),
                    row.feedback,
                    language,
                )
                for key, row in question.rows.items()
            ]
        case Grid():
            return _grid_lines(question, value or {}, language)
        case Number():
            unit = f" {question.unit.to(language)}" if question.unit else ""
            right = f"{_number(question.answer, language)}{unit}"
            return [_typed_line(question, value, right, question.mistakes, language)]
        case ShortText():
            return [_typed_line(question, value, question.accept[0], question.mistakes, language)]
        case _:
            assert_never(question)


def _option_line(key: str, label: str, chosen: bool, correct: bool, feedback: Text | None, language: str) -> Line:
    why = feedback.to(language) if feedback else ""
    given, right = ("✓" if chosen else ""), ("✓" if correct else "")
    return Line(key, label, given, right, chosen == correct if chosen or correct else None, why)


def _order_lines(question: Order, value: list[str] | None, language: str) -> list[Line]:
    place = {item: position for position, item in enumerate(value or [], start=1)}
    return [
        Line(
            part=item,
            label=question.items[item].text.to(language),
            given=str(place.get(item, "")),
            right=str(position),
            ok=place.get(item) == position,
            feedback="",
        )
        for position, item in enumerate(question.answer, start=1)
    ]


def _grid_lines(question: Grid, value: Mapping[str, Mapping[str, str]], language: str) -> list[Line]:
    def words(row: Mapping[str, str]) -> str:
        return " · ".join(
            column.choices[row[key]].to(language)
            for key, column in question.columns.items()
            if not is_blank(row.get(key))
        )

    return [
        _row_line(key, row.text.to(language), words(value.get(key) or {}), words(row.answers), row.feedback, language)
        for key, row in question.rows.items()
    ]


def _row_line(key: str, label: str, given: str, right: str, feedback: Text | None, language: str) -> Line:
    return Line(key, label, given, right, given == right, feedback.to(language) if feedback else "")


def _typed_line(question: Number | ShortText, value: Any, right: str, mistakes: list[Mistake], language: str) -> Line:
    ok = score_question(question, value).state == "right"
    feedback = next((mistake.feedback.to(language) for mistake in mistakes if _made(mistake, value)), "")
    return Line(TYPED, question.text.to(language), "" if value is None else str(value), right, ok, feedback)


TYPED = "typed"
"""The only part of an answer that is typed."""


def _made(mistake: Mistake, value: Any) -> bool:
    if isinstance(mistake.value, str):
        return isinstance(value, str) and same_text(value, mistake.value)
    try:
        return same_number(parse_number(value), mistake.value, 1e-6)
    except MalformedAnswer:
        return False


def _number(number: float | None, language: str) -> str:
    if number is None:
        return ""
    text = f"{number:.10g}"
    return text.replace(".", ",") if language == "nb" else text
