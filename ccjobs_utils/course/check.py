"""Is the course as it should be? Every rule of its content that a machine can hold, each fault with file and line."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from ccjobs_utils.activities.answers import ANSWERS
from ccjobs_utils.activities.model import (
    CALLS,
    Activity,
    Call,
    Exercise,
    Quiz,
    assignment_id,
    load_handout,
    public,
    sources,
)
from ccjobs_utils.activities.notebook import HANDOUT
from ccjobs_utils.activities.yaml_source import InvalidFile, Problem, Where, YamlSource
from ccjobs_utils.course.build import build_notebook
from ccjobs_utils.course.call_check import call_faults
from ccjobs_utils.course.lesson import SOLUTION, Code, Lesson, Prose
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.prose_check import card_faults, minutes_faults, repeated_paragraphs, term_faults
from ccjobs_utils.course.syllabus import Course, Module

DOCUMENT = "source-document.md"

_TYPED_POINTS = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:poeng|points?)\b", re.IGNORECASE)
_TYPED_MINUTES = re.compile(r"\b(\d+)\s*(?:min\b|minutt\w*|minutes?)", re.IGNORECASE)
_TIME_LABEL = re.compile(
    r"\b(?:tid|tidsbruk|varighet|time|duration)\b\W{0,8}(?:ca\.?|about|omtrent)?\s*\d+\s*min", re.IGNORECASE
)
_LEAST_SECRET = 12
"""A text shorter than this many characters could stand in a trainee's copy for other reasons."""


def check_course(project: Project, step: Callable[[str], None]) -> list[Problem]:
    """Every fault of a project's `course/`, and every key in its `release/`.

    Arguments:
        project: what to check.
        step: called with what is being checked now.

    Returns:
        the faults; none for a course in order.
    """
    try:
        course = Course(project.course)
    except InvalidFile as error:
        return error.problems
    step("syllabus")
    problems = [*_syllabus_faults(course), *_document_faults(course), *_read_faults(course)]
    owners: dict[str, str] = {}
    for module in course.modules:
        step(module.id)
        problems += _module_faults(course, module, owners)
    problems += [*term_faults(course), *repeated_paragraphs(course)]
    step("release")
    problems += _left_answers(project)
    problems += _released_keys(project, course)
    return problems


def headings(document: Path) -> dict[str, int]:
    """The headings and bold lead terms of the source document, each with its first line."""
    found: dict[str, int] = {}
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        if match := re.match(r"#{1,6}\s+(.+?)\s*$|\s*(?:(?:[-*•]|\d+\.)\s+)?\*\*(.+?)\*\*", line):
            found.setdefault((match[1] or match[2]).strip(), number)
    return found


def _syllabus_faults(course: Course) -> Iterator[Problem]:
    source = course.syllabus_source
    seen: set[str] = set()
    later = {
        assignment_id(module.id, attempt) for module in course.modules for attempt in range(2, module.attempts + 1)
    }
    for position, module in enumerate(course.modules):
        where = ("modules", position)
        if module.id in seen:
            yield source.problem((*where, "id"), f"{module.id}: stands twice; ids are used once")
        if module.id in later:
            yield source.problem((*where, "id"), f"{module.id}: is also the id of an attempt at another module")
        seen.add(module.id)
        for name in module.data:
            for path in (course.folder / "data" / f"{name}.csv", course.folder / "data" / f"{name}.md"):
                if not path.is_file():
                    yield source.problem((*where, "data"), f"{path.name} is missing in course/data/")
    for path in sorted(course.folder.glob("[0-9][0-9]-*/")):
        if path.name not in seen:
            yield Problem(path, 1, "this module is not in syllabus.yaml")


def _document_faults(course: Course) -> Iterator[Problem]:
    document = course.folder / DOCUMENT
    if not document.is_file():
        yield Problem(document, 1, "the source document is missing")
        return
    known = headings(document)
    source = course.syllabus_source
    listed: set[str] = set()
    for position, module in enumerate(course.modules):
        for place, heading in enumerate(module.teaches):
            listed.add(heading)
            if heading not in known:
                yield source.problem(
                    ("modules", position, "teaches", place), f"{heading!r} is no heading of {DOCUMENT}"
                )
    for place, left_out in enumerate(course.syllabus.not_taught):
        listed.add(left_out.heading)
        if left_out.heading not in known:
            yield source.problem(("not_taught", place), f"{left_out.heading!r} is no heading of {DOCUMENT}")
    for heading, line in known.items():
        if heading not in listed:
            yield Problem(document, line, f"{heading!r} is neither taught by a module nor listed under not_taught")


def _read_faults(course: Course) -> Iterator[Problem]:
    """Facts, glossary, policy and tables: readable, and each fact dated."""
    for name in ("facts", "glossary", "policy", "tables"):
        try:
            getattr(course, name)
        except InvalidFile as error:
            yield from error.problems
            return
        except FileNotFoundError as error:
            yield Problem(Path(str(error.filename)), 1, "this file is missing")
            return
    source = YamlSource(course.folder / "facts.yaml")
    for fact_id, fact in course.facts.items():
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", fact.checked):
            yield source.problem((fact_id, "checked"), f"{fact_id}: checked is a day, as YYYY-MM-DD")
        if not fact.source.strip():
            yield source.problem((fact_id, "source"), f"{fact_id}: a fact needs its source")


def _module_faults(course: Course, module: Module, owners: dict[str, str]) -> list[Problem]:
    path = course.activities_path(module.id)
    problems: list[Problem] = []
    activities: dict[str, Activity] = {}
    lesson: Lesson = []
    missing = [name for name in ("lesson.md", "activities.yaml", "design.md") if not (path.parent / name).is_file()]
    if missing:
        return [Problem(path.parent / name, 1, f"this file of module {module.id} is missing") for name in missing]
    try:
        activities = course.activities(module.id)
    except InvalidFile as error:
        problems += error.problems
    try:
        lesson = course.lesson(module.id)
    except InvalidFile as error:
        problems += error.problems
    problems += _typed_twice(course, module)
    if not activities or not lesson:
        return problems

    places = _places(path)
    for activity_id, activity in activities.items():
        for used in (activity_id, f"{activity_id}-code") if isinstance(activity, Exercise) else (activity_id,):
            if used in owners:
                said = f"{used}: is an id of {owners[used]} already; ids are used once"
                problems.append(places(activity_id, (), said))
            owners[used] = module.id
        if isinstance(activity, Call):
            faults = call_faults(activity)
            problems += [places(activity_id, where, f"{activity_id}: {said}") for where, said in faults]
    problems += _lesson_faults(course, module, lesson, activities)
    problems += [*card_faults(course, module, lesson), *minutes_faults(course, module, activities)]
    try:
        for edition in EDITIONS:
            build_notebook(course, module.id, edition)
    except InvalidFile as error:
        problems += [problem for problem in error.problems if problem not in problems]
    return problems


def _lesson_faults(
    course: Course, module: Module, lesson: Lesson, activities: dict[str, Activity]
) -> Iterator[Problem]:
    path = course.lesson_path(module.id)
    codes = [piece for piece in lesson if isinstance(piece, Code)]
    if not codes or not codes[0].is_setup:
        yield Problem(
            path, codes[0].line if codes else 1, "the first code cell imports what the lesson uses, and nothing else"
        )
    for prose in (piece for piece in lesson if isinstance(piece, Prose)):
        levels = {language: re.findall(r"^#+", text, re.MULTILINE) for language, text in prose.text.items()}
        if levels["nb"] != levels["en"]:
            yield Problem(path, prose.line["nb"], "the twins have different headings")
    shown: dict[str, int] = {}
    for position, piece in enumerate(lesson):
        if not isinstance(piece, Code):
            continue
        if piece.has_solution:
            after = lesson[position + 1] if position + 1 < len(lesson) else None
            exercise = activities.get((after.activity_id or "") if isinstance(after, Code) else "")
            if not isinstance(exercise, Exercise):
                yield Problem(path, piece.line, "a cell with a solution is followed by activity() of its exercise")
        if (activity_id := piece.activity_id) is None:
            continue
        if activity_id not in activities:
            yield Problem(path, piece.line, f"there is no activity {activity_id} in activities.yaml")
        if activity_id in shown:
            yield Problem(path, piece.line, f"{activity_id} is shown already on line {shown[activity_id]}")
        shown.setdefault(activity_id, piece.line)
        before = lesson[position - 1] if position else None
        if isinstance(activities.get(activity_id), Exercise) and not (isinstance(before, Code) and before.has_solution):
            yield Problem(path, piece.line, f"exercise {activity_id} needs a code cell with {SOLUTION} right before it")
    places = _places(course.activities_path(module.id))
    for activity_id in activities:
        if activity_id not in shown:
            yield places(activity_id, (), f"{activity_id}: no cell of lesson.md shows this activity")


def _places(path: Path) -> Callable[[str, Where, str], Problem]:
    """Makes problems of a module's activities: (activity id, where in it, what is wrong) → with file and line."""

    def problem(activity_id: str, where: Where, message: str) -> Problem:
        # Read only now: most modules have no problem.
        main, *calls = sources(path)
        for call in calls:
            if call.path.stem == activity_id:
                return call.problem(where, message)
        return main.problem((activity_id, *where), message)

    return problem


def _typed_twice(course: Course, module: Module) -> Iterator[Problem]:
    folder = course.folder / module.id
    for path in sorted([*folder.iterdir(), *folder.joinpath(CALLS).glob("*")]):
        if path.suffix not in (".md", ".yaml"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if found := _TYPED_POINTS.search(line):
                yield Problem(
                    path, number, f'{found[0]!r}: points stand in activities.yaml only; write {{{{ points("id") }}}}'
                )
            minutes = [found for found in _TYPED_MINUTES.finditer(line) if int(found[1]) == module.minutes]
            if minutes or _TIME_LABEL.search(line):
                yield Problem(path, number, "minutes stand in syllabus.yaml only; write {{ module.minutes }}")


def _left_answers(project: Project) -> Iterator[Problem]:
    for folder in ("source", "release"):
        for path in sorted((project.root / folder).rglob(ANSWERS)):
            yield Problem(
                path, 1, "answers never lie here: nbgrader would give them to every trainee. Delete this file"
            )


def _released_keys(project: Project, course: Course) -> Iterator[Problem]:
    """What a trainee must not receive, found in `release/`."""
    for edition in EDITIONS:
        for assignment, module, _ in course.assignments.values():
            folder = project.release(edition) / assignment
            try:
                activities = course.activities(module.id)
                secrets = _secrets(activities, course.lesson(module.id))
            except (InvalidFile, FileNotFoundError):
                continue  # told already
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                if path.name == HANDOUT:
                    yield from _handout_keys(path)
                text = _whole_text(path)
                for secret, owner in secrets.items():
                    if secret in text:
                        place = next(
                            (
                                i
                                for i, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
                                if secret[:40] in line
                            ),
                            1,
                        )
                        yield Problem(path, place, f"a released file contains the key of {owner}: “{secret[:60]}”")
                        break


def _handout_keys(path: Path) -> Iterator[Problem]:
    try:
        handout = load_handout(path)
    except ValueError as error:
        yield Problem(path, 1, str(error))
        return
    for activity_id, activity in handout.activities.items():
        if activity.graded and _bare(activity_id, activity) != activity:
            yield Problem(path, 1, f"a released file contains the key of {activity_id}")


def _bare(activity_id: str, activity: Activity) -> Activity:
    """The activity without its key, its things to order left where they stand."""
    bare = public({activity_id: activity})[activity_id]
    if isinstance(activity, Quiz) and isinstance(bare, Quiz):
        items = {key: getattr(question, "items", None) for key, question in activity.questions.items()}
        questions = {
            key: msgspec.structs.replace(question, items=items[key]) if items[key] else question
            for key, question in bare.questions.items()
        }
        return msgspec.structs.replace(bare, questions=questions)
    return bare


def _secrets(activities: dict[str, Activity], lesson: Lesson) -> dict[str, str]:
    """Texts that only the trainer's side may have → the activity they belong to.

    What is given out on purpose, such as a hint that shows the solution's line, is no secret.
    """
    given_out = "\n".join(_all_strings(msgspec.to_builtins(public(activities))))
    secrets = {
        text: activity_id
        for activity_id, activity in activities.items()
        if activity.graded
        for text in _texts(msgspec.to_builtins(activity))
    }
    for code, after in pairwise(lesson):
        if isinstance(code, Code) and isinstance(after, Code) and after.activity_id:
            for solution in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", code.source, re.DOTALL):
                lines = (line.strip() for line in solution.splitlines())
                secrets |= {line: after.activity_id for line in lines if len(line) >= _LEAST_SECRET}
    return {secret: owner for secret, owner in secrets.items() if secret not in given_out}


def _texts(data: Any) -> set[str]:
    if isinstance(data, str):
        return {data} if len(data) >= _LEAST_SECRET else set()
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return set().union(*(_texts(part) for part in parts))


def _whole_text(path: Path) -> str:
    """A file's text, with the strings of a JSON file as they read when decoded."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".json", ".ipynb"):
        try:
            return "\n".join(_all_strings(json.loads(text)))
        except (ValueError, RecursionError):
            return text
    return text


def _all_strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _all_strings(value)
    elif isinstance(data, list):
        if data and all(isinstance(part, str) for part in data):
            yield "".join(data)  # a notebook keeps a cell's lines apart
        else:
            for part in data:
                yield from _all_strings(part)
