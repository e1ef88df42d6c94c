"""How long a module takes, measured on its own content, to hold the syllabus' minutes against.

The paces are this course's assumptions for a trainee who is new to the trade and tired after a day of it. Silent
reading of non-fiction is 238 words a minute on average (Brysbaert 2019, doi:10.1016/j.jml.2019.104047); what is
studied is read more slowly, and what is looked over again, such as options and feedback, faster.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from ccjobs_utils.activities.model import Activity, Call, Exercise, Grid, Match, Order, Question, Quiz, Response
from ccjobs_utils.activities.score import count_words
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.activities.yaml_source import texts_in
from ccjobs_utils.course.lesson import Prose
from ccjobs_utils.course.syllabus import Course

STUDY_WPM, SCAN_WPM = 200, 300
"""Words a minute: of a lesson; of questions, replies and feedback."""
DECIDE_S = {"one": 15, "row": 8, "reply": 10}
"""Seconds to decide: a question; each row of a table to fill in; a reply in a call."""
NOTE_S, DEBRIEF_S = 60, 180
"""Seconds for a call's note, and for going through a practice call afterwards."""
EXERCISE_MIN = 6
"""Minutes for a few lines of code, by someone who has not written any."""
TYPING_WPM = 12
"""Words a minute of a text that is thought about while it is written."""
AROUND_MIN = 8
"""Minutes to fetch a module, find one's way in it, validate, hand in, and read the feedback afterwards."""
WITHIN = 0.3
"""How far the syllabus may be from what is measured, as a share of it."""


class Minutes(NamedTuple):
    """Minutes of a trainee's time."""

    reading: float
    questions: float
    calls: float
    code: float
    writing: float
    around: float = AROUND_MIN

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self)


def read_text(course: Course, module_id: str, language: str) -> str:
    """A module's prose in one language, its values filled in.

    Raises:
        InvalidFile: if the lesson cannot be read.
        ValueError: if a value cannot be filled in.
    """
    fill = course.filler(module_id)
    prose = (piece.text[language] for piece in course.lesson(module_id) if isinstance(piece, Prose))
    return "\n\n".join(fill.text(text, language) for text in prose)


def measured(prose: str, activities: Mapping[str, Activity], language: str) -> Minutes:
    """How long one module takes in one language; extra credit is beside it.

    Arguments:
        prose: what is read, as `read_text` gives it.
        activities: what is to be answered.
        language: ``nb`` or ``en``.
    """
    questions = calls = code = writing = 0.0
    for activity in activities.values():
        match activity:
            case Quiz():
                all_s = sum(
                    _question_s(question, language, feedback=not activity.graded)
                    for question in activity.questions.values()
                )
                questions += all_s / len(activity.questions) * activity.asked / 60
            case Call():
                calls += _call_s(activity, language) / 60
            case Exercise() if not activity.bonus:
                code += EXERCISE_MIN
            case Response():
                writing += _words(activity.text, language) / STUDY_WPM + activity.min_words / TYPING_WPM
    return Minutes(count_words(_plain(prose)) / STUDY_WPM, questions, calls, code, writing)


def _question_s(question: Question, language: str, *, feedback: bool) -> float:
    """Seconds for one question; half of its feedback is shown in practice, that of what was chosen."""
    said = told = 0
    for where, text_language, text in texts_in(msgspec.to_builtins(question)):
        if text_language == language:
            words = count_words(text)
            said, told = (said, told + words) if "feedback" in where else (said + words, told)
    match question:
        case Grid():
            parts = len(question.rows) * len(question.columns)
        case Match():
            parts = len(question.rows)
        case Order():
            parts = len(question.items)
        case _:
            parts = 0
    read = (said + (told / 2 if feedback else 0)) * 60 / SCAN_WPM
    return read + DECIDE_S["one"] + parts * DECIDE_S["row"]


def _call_s(call: Call, language: str) -> float:
    """Seconds for a call along its best path: the replies offered are read, one is chosen, the caller answers."""
    script = script_of(call)
    steps = script.best_path()
    words = sum(_words(text, language) for text in (call.intro, call.policy))
    for step in steps:
        replies = [reply.text for reply in script.offered(step.before).values()]
        said = [script.line(step.before), step.reply.reaction, *replies]
        words += sum(_words(text, language) for text in said if text)
    return words * 60 / SCAN_WPM + len(steps) * DECIDE_S["reply"] + NOTE_S + (0 if call.graded else DEBRIEF_S)


def _words(text: Any, language: str) -> int:
    return count_words(text.to(language))


def _plain(markdown: str) -> str:
    """Markdown without what is not read: links' targets, rules and table lines."""
    return re.sub(r"\]\([^)]*\)|[|#*`>-]", " ", markdown)
