"""A round of grading: hand-ins in, points into the gradebook, feedback out; each hand-in on its own."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from nbgrader.api import Gradebook, MissingEntry

from ccjobs_utils.activities.answers import ANSWERS, read_hand_in
from ccjobs_utils.activities.model import Call
from ccjobs_utils.activities.score import MalformedAnswer, fatal_errors, played
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.course.outcome import Outcome, outcome
from ccjobs_utils.course.project import EDITIONS, NbGraderRefused, Project
from ccjobs_utils.course.syllabus import Assignment, Course
from ccjobs_utils.nbgrader_front import (
    autograde,
    collect,
    generate_feedback,
    release_feedback,
    settings,
)

State = Literal["graded", "needs-marking", "failed"]


@dataclass(frozen=True)
class HandIn:
    """One trainee's hand-in of one module after a round.

    Attributes:
        trainee, module: whose and what.
        state: graded; waits for a trainer; or not graded.
        points, max_points: what the gradebook holds; None if it failed.
        late_s: seconds after the deadline; 0 if in time.
        remarks: what was wrong with it, one line each.
        outcome: whether the module is passed, and why not; None as long as it is not fully graded.
    """

    trainee: str
    module: str
    state: State
    points: float | None
    max_points: float | None
    late_s: float
    remarks: tuple[str, ...]
    outcome: Outcome | None = None


FATAL = "a fatal error failed this call"
"""The remark on such a call."""
Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, how many there are)."""


def grade_round(project: Project, module_ids: list[str], progress: Progress) -> list[HandIn]:
    """Collect the newest hand-ins of both editions and grade every one that is new.

    Arguments:
        project: the trainer's project.
        module_ids: which modules.
        progress: told of every step.

    Returns:
        every hand-in of these modules, by module and trainee. One that cannot be graded costs only itself.
    """
    failed: dict[tuple[str, str], tuple[str, ...]] = {}
    remarks: dict[tuple[str, str], tuple[str, ...]] = {}
    for position, module_id in enumerate(module_ids):
        progress(f"collect {module_id}", position, len(module_ids))
        for edition in EDITIONS:
            if (project.exchange / EDITIONS[edition] / "inbound").is_dir():
                collect(project, edition, module_id)
    waiting = [key for module_id in module_ids for key in _ungraded(project, module_id)]
    for position, (module_id, trainee) in enumerate(waiting):
        progress(f"{module_id} · {trainee}", position, len(waiting))
        try:
            log = autograde(project, module_id, trainee)
            remarks[module_id, trainee] = _remarks(log, f"{trainee}/{module_id}")
        except NbGraderRefused as error:
            failed[module_id, trainee] = (_reason(str(error)),)
    course = Course(project.course)
    return [
        _standing(
            project, course, module_id, trainee, failed.get((module_id, trainee)), remarks.get((module_id, trainee), ())
        )
        for module_id in module_ids
        for trainee in _trainees(project, module_id)
    ]


def give_feedback(project: Project, hand_ins: list[HandIn], progress: Progress) -> tuple[list[HandIn], list[HandIn]]:
    """Make the feedback page of each fully graded hand-in and put it where the trainee can fetch it.

    Returns:
        the hand-ins that got their feedback, and those whose feedback could not be released, with the reason as a
        remark. Hand-ins that wait for marking are in neither.
    """
    sent: list[HandIn] = []
    refused: list[HandIn] = []
    ready = [hand_in for hand_in in hand_ins if hand_in.state == "graded"]
    for position, hand_in in enumerate(ready):
        progress(f"{hand_in.module} · {hand_in.trainee}", position, len(ready))
        try:
            generate_feedback(project, hand_in.module, hand_in.trainee)
            for edition in EDITIONS:
                release_feedback(project, edition, hand_in.module, hand_in.trainee)
            sent.append(hand_in)
        except NbGraderRefused as error:
            refused.append(replace(hand_in, remarks=(_reason(str(error)),)))
    return sent, refused


def _trainees(project: Project, module_id: str) -> list[str]:
    return sorted(path.parent.name for path in (project.root / "submitted").glob(f"*/{module_id}") if path.is_dir())


def _ungraded(project: Project, module_id: str) -> list[tuple[str, str]]:
    """Hand-ins that were never graded, or handed in again since."""
    found = []
    for trainee in _trainees(project, module_id):
        submitted = project.root / "submitted" / trainee / module_id
        graded = project.root / "autograded" / trainee / module_id
        if not (graded / f"{module_id}.ipynb").is_file() or _timestamp(submitted) != _timestamp(graded):
            found.append((module_id, trainee))
    return found


def _timestamp(folder: Path) -> str:
    path = folder / "timestamp.txt"
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""


def _standing(
    project: Project,
    course: Course,
    module_id: str,
    trainee: str,
    failed: tuple[str, ...] | None,
    remarks: tuple[str, ...],
) -> HandIn:
    db_url = settings(project, "nb").CourseDirectory.db_url
    with Gradebook(db_url) as gradebook:
        try:
            submission = gradebook.find_submission(module_id, trainee)
        except MissingEntry:
            return HandIn(trainee, module_id, "failed", None, None, 0.0, failed or ())
        late = float(submission.total_seconds_late)
        if failed:
            return HandIn(trainee, module_id, "failed", None, None, late, failed)
        points, max_points = submission.score, submission.max_score
        if submission.needs_manual_grade:
            return HandIn(trainee, module_id, "needs-marking", points, max_points, late, remarks)
        assignment = course.assignments[module_id]
        fatal = _fatal_calls(project, course, assignment, trainee)
        decided = outcome(assignment.module, points, max_points, fatal)
        remarks += tuple(f"{call_id}: {FATAL}" for call_id in fatal)
        return HandIn(trainee, module_id, "graded", points, max_points, late, remarks, decided)


def _fatal_calls(project: Project, course: Course, assignment: Assignment, trainee: str) -> list[str]:
    """The graded calls of a hand-in that a fatal error failed."""
    folder = project.root / "submitted" / trainee / assignment.id
    answers, _ = read_hand_in(folder / ANSWERS, assignment.id)
    found = []
    for call_id, call in course.activities(assignment.module.id).items():
        if isinstance(call, Call) and call.graded:
            script = script_of(call)
            with suppress(MalformedAnswer):
                if fatal_errors(script, *played(script, answers.get(call_id, {}))):
                    found.append(call_id)
    return found


def _remarks(log: str, about: str) -> tuple[str, ...]:
    """What `ScoreActivities` wrote about this hand-in."""
    return tuple(
        line.split(f"{about}", 1)[1].lstrip("/: ") for line in log.splitlines() if about in line and "WARNING" in line
    )


def _reason(log: str) -> str:
    """The line of nbgrader's log that says why: the last exception that is not nbgrader's own report of it."""
    raised = re.findall(
        r"^\s*((?!nbgrader\.converters)[\w.]+(?:Error|Exception|Timeout|Entry)\b.*)$", log, re.MULTILINE
    )
    lines = raised or [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
