"""``progress()``: a trainee's way through the course, as a picture, from what lies in their own folder.

Read are each module's handout and answers, the feedback that was fetched, and nbgrader's copies of what was handed in.
It is for the trainee's eye; what counts is the gradebook.
"""

import math
import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import jinja2
import msgspec
from markupsafe import Markup
from msgspec import Struct

from ccjobs_utils.activities.answers import ANSWERS, read_hand_in
from ccjobs_utils.activities.model import Activity, Exercise, Quiz, assignment_id
from ccjobs_utils.activities.notebook import NotReady, handout_in, is_preview
from ccjobs_utils.activities.score import missing
from ccjobs_utils.activities.trainee import handed_in, settings, time_of
from ccjobs_utils.activities.words import WORDS
from ccjobs_utils.course.outcome import outcome
from ccjobs_utils.course.project import EDITIONS

if TYPE_CHECKING:
    from IPython.display import HTML

OUTLINE = "course.json"
STATIC = Path(__file__).parent / "static"
FATAL_MARK = 'data-fatal="true"'
"""What the feedback page has where a call was failed by a fatal error."""
_SCORE = re.compile(r"<h4>[^<]*\(Score: (\d+(?:\.\d+)?) / (\d+(?:\.\d+)?)\)</h4>")
_HOUR = 60

State = Literal["not-fetched", "not-begun", "begun", "complete", "failed", "handed-in", "passed"]
_FURTHEST = get_args(State)
"""The states in order: of one attempt in two languages, the later one counts."""


class Stop(Struct, frozen=True):
    """One module on the way.

    Attributes:
        id, title, minutes, pass_mark, attempts, fatal_fails: as the syllabus has them, the title in one language.
        items: how much there is to answer.
    """

    id: str
    title: str
    minutes: int
    pass_mark: int
    attempts: int
    fatal_fails: bool
    items: int


class Outline(Struct, frozen=True):
    """``course.json``: the course as its first page draws it, in one language."""

    edition: str
    stops: list[Stop]


class Grade(Struct, frozen=True):
    """What a feedback page says: points, and whether a call was failed by a fatal error."""

    points: float
    max_points: float
    fatal: bool


class Standing(Struct, frozen=True):
    """Where a trainee is with one module.

    Attributes:
        stop: the module.
        assignment: the attempt that counts now.
        page: its page, as seen from the first one.
        state: how far it is.
        answered, items: how much of it is answered, and how much there is.
        handed_in: when, if it was.
        grade: what the newest feedback says, if there is one for what was handed in last.
    """

    stop: Stop
    assignment: str
    state: State
    page: str = ""
    answered: int = 0
    items: int = 0
    handed_in: datetime | None = None
    grade: Grade | None = None

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return 1.0 if self.state in ("handed-in", "passed", "failed") else self.answered / max(1, self.items)


def progress() -> "HTML | None":
    """Show the way through the course as far as this trainee has come.

    Returns:
        the picture; nothing while nbgrader runs the notebook.

    Raises:
        NotReady: if the module's files are not here.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return None
    from IPython.display import HTML

    folder = Path.cwd()
    handout = handout_in(folder)
    try:
        outline = msgspec.json.decode((folder / OUTLINE).read_bytes(), type=Outline)
    except (OSError, msgspec.DecodeError) as error:
        raise NotReady(WORDS[handout.edition]["way-missing"]) from error
    return HTML(picture(outline, standings(outline, folder.parent, preview=is_preview(folder))))


def count_items(activities: dict[str, Activity]) -> int:
    """How much there is to answer in a module: each question, call, text and exercise; extra credit is beside it."""
    return sum(one.asked if isinstance(one, Quiz) else 1 for one in _needed(activities).values())


def standings(outline: Outline, folder: Path, *, preview: bool = False) -> list[Standing]:
    """Where the trainee is with each module.

    Arguments:
        outline: the course.
        folder: the trainee's folder of the course, which holds the modules.
        preview: whether it is no trainee's folder; then nothing is begun.
    """
    if preview:
        return [Standing(stop, stop.id, "not-begun", items=stop.items) for stop in outline.stops]
    # Both editions lead to one gradebook, and a trainee may use both.
    editions = [folder.parent / name for name in EDITIONS.values() if name != folder.name]
    found = settings(folder.parent)
    places = [(place, handed_in(found, place.name)) for place in (folder, *editions) if place.is_dir()]
    return [_standing(stop, places) for stop in outline.stops]


def picture(outline: Outline, found: list[Standing]) -> str:
    """The way as HTML, in the outline's language: stations, the next step, and the table behind them."""
    language = outline.edition
    words = WORDS[language]
    left = sum(one.stop.minutes * (1 - one.share) for one in found if one.state != "passed")
    values: dict[str, Any] = {
        "style": Markup((STATIC / "activity.css").read_text(encoding="utf-8")),  # noqa: S704 - our own
        "language": language,
        "w": words,
        "standings": found,
        "said": [_said(one, language) for one in found],
        "passed": sum(one.state == "passed" for one in found),
        "left": _duration(left, words),
        "next": _next_step(found, words),
        "percent": lambda grade: _percent(grade, language),
        "day": lambda time: _day(time, language),
    }
    return _template.render(values)


def _needed(activities: dict[str, Activity]) -> dict[str, Activity]:
    return {key: one for key, one in activities.items() if not (isinstance(one, Exercise) and one.bonus)}


def _standing(stop: Stop, places: list[tuple[Path, dict[str, datetime]]]) -> Standing:
    """Where it stands: a passed attempt counts; otherwise the latest, in the language in which it is furthest."""
    attempts = [assignment_id(stop.id, attempt) for attempt in range(stop.attempts, 0, -1)]
    found = [
        [_attempt(stop, name, place, times) for place, times in places if (place / name).is_dir() or name in times]
        for name in attempts
    ]
    for one in (one for same in found for one in same):
        if one.state == "passed":
            return one
    latest = next((same for same in found if same), [])
    return max(
        latest,
        key=lambda one: _FURTHEST.index(one.state),
        default=Standing(stop, stop.id, "not-fetched", items=stop.items),
    )


def _attempt(stop: Stop, assignment: str, place: Path, times: dict[str, datetime]) -> Standing:
    folder = place / assignment
    try:
        activities = _needed(handout_in(folder).activities)
    except NotReady:
        activities = {}
    answers, _ = read_hand_in(folder / ANSWERS, assignment)
    waiting = {key: len(missing(one, answers.get(key, {}))) for key, one in activities.items()}
    items = count_items(activities)
    answered = items - sum(waiting.values())
    time = times.get(assignment)
    grade = _newest_grade(folder, time)
    state: State
    if grade:
        fatal = [assignment] if grade.fatal else []
        state = "passed" if outcome(stop, grade.points, grade.max_points, fatal).passed else "failed"
    elif time:
        state = "handed-in"
    elif activities and not any(waiting[key] for key, one in activities.items() if one.graded):
        state = "complete"
    else:
        state = "begun" if answered else "not-begun"
    page = f"../../{place.name}/{assignment}/{assignment}.ipynb"
    return Standing(stop, assignment, state, page, answered, items or stop.items, time, grade)


def _newest_grade(folder: Path, since: datetime | None) -> Grade | None:
    """What the newest fetched feedback says; none if something newer has been handed in since, or it is damaged."""
    pages = folder.glob(f"feedback/*/{folder.name}.html")
    found = {time: page for page in pages if (time := time_of(page.parent.name))}
    if not found or (since and max(found) < since):
        return None
    try:
        page = found[max(found)].read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    score = _SCORE.search(page)
    return Grade(float(score[1]), float(score[2]), FATAL_MARK in page) if score else None


def _next_step(found: list[Standing], words: dict[str, str]) -> dict[str, str | int]:
    """What to do now: how to say it, the page to go to, and the place on the way."""
    for place, one in enumerate(found):
        if one.state in ("passed", "handed-in"):
            continue
        said = words[f"way-next-{one.state}"].format(title=one.stop.title, n=one.items - one.answered)
        return {"said": said, "link": one.page, "place": place}
    waits = any(one.state == "handed-in" for one in found)
    return {"said": words["way-next-wait" if waits else "way-next-done"], "link": "", "place": -1}


def _said(one: Standing, language: str) -> str:
    return WORDS[language][f"way-{one.state}"].format(
        done=one.answered, all=one.items, day=_day(one.handed_in, language), percent=_percent(one.grade, language)
    )


def _percent(grade: Grade | None, language: str) -> str:
    if grade is None or not grade.max_points:
        return ""
    # Rounded down: 79.9 per cent is not 80.
    share = int(100 * grade.points / grade.max_points + 1e-9)
    return f"{share} %" if language == "nb" else f"{share}%"


def _day(time: datetime | None, language: str) -> str:
    if time is None:
        return ""
    local = time.astimezone()
    months = WORDS[language]["months"].split()
    return f"{local.day}{'.' if language == 'nb' else ''} {months[local.month - 1]}"


def _duration(minutes: float, words: dict[str, str]) -> str:
    # From an hour and a half on, it is two hours or more when rounded.
    if minutes < 1.5 * _HOUR:
        return words["way-minutes"].format(n=round(minutes))
    return words["way-hours"].format(n=math.floor(minutes / _HOUR + 0.5))


_template = jinja2.Environment(
    autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.FileSystemLoader(STATIC), trim_blocks=True
).get_template("way.html")
