"""`ScoreActivities`: where a hand-in gets its points, inside nbgrader's autograde."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from ccjobs_utils.activities.answers import ANSWERS, Answers, read_hand_in
from ccjobs_utils.activities.draw import Sitting, drawn
from ccjobs_utils.activities.model import LANGUAGES, Activity, Exercise, Quiz
from ccjobs_utils.activities.notebook import RETURNED_MIME
from ccjobs_utils.activities.score import RETURNED, Score, score
from ccjobs_utils.course.build import build_notebook
from ccjobs_utils.course.project import Project
from ccjobs_utils.course.syllabus import Course
from ccjobs_utils.grading.feedback_page import feedback_html

SAFE_OUTPUT = ("text/plain", "image/png")
"""What may stay of a trainee's own output: it is shown in the trainer's browser, where markup could act."""


class ScoreActivities(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is untyped
    """Scores the trainee's data against `course/`, and makes the graded notebook safe to look at.

    It stands right before SaveAutoGrades. The output of each graded cell becomes one number, which nbgrader reads as
    the score, and the review that the feedback page shows. Where a key is missing or an answer malformed, the score
    is zero and the log says why. A written answer is left for a trainer unless it is blank. Points for a bonus are
    entered as extra credit. What else a hand-in shows is cut down to text and pictures.

    An assignment that is no module of this course passes through unchanged.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the executed hand-in, scored."""
        ours = resources["nbgrader"]
        coursedir = CourseDirectory(config=self.config)
        project = Project(Path(coursedir.root))
        course = Course(project.course)
        if ours["assignment"] not in course.assignments:
            return nb, resources
        assignment, module, attempt = course.assignments[ours["assignment"]]
        whole = course.activities(module.id)
        activities = drawn(whole, Sitting(ours["student"], module.id, attempt))
        hand_in = Path(coursedir.format_path(coursedir.submitted_directory, ours["student"], assignment))
        answers, problems = read_hand_in(project.root / hand_in / ANSWERS, assignment)
        problems += [f"{activity_id}: {said}" for activity_id, said in _not_drawn(whole, activities, answers)]
        for problem in problems:
            self.log.warning("%s/%s: %s", ours["student"], assignment, problem)

        language = _language(nb)
        with Gradebook(ours["db_url"]) as gradebook:
            for cell in nb.cells:
                if not utils.is_grade(cell):
                    continue
                grade_id = cell.metadata.nbgrader.grade_id
                activity = activities.get(grade_id)
                if activity is None:
                    self.log.warning("%s: cell %s has no activity in course/; it scores 0", assignment, grade_id)
                    cell.outputs = [_number(0.0)]
                    continue
                given = _given(activity, grade_id, cell, answers)
                scored = score(activity, given)
                for problem in scored.problems:
                    self.log.warning("%s/%s/%s: %s", ours["student"], assignment, grade_id, problem)
                points = scored.points
                if isinstance(activity, Exercise) and activity.bonus:
                    grade = gradebook.find_grade(grade_id, ours["notebook"], assignment, ours["student"])
                    grade.extra_credit, points = points, 0.0
                _show(cell, scored, points, feedback_html(activity, given, scored, language))
            gradebook.db.commit()
        _make_safe(nb, _prose(course, module.id))
        return nb, resources


def _not_drawn(
    whole: dict[str, Activity], activities: dict[str, Activity], answers: Answers
) -> Iterator[tuple[str, str]]:
    """Answers to questions that this trainee was not given: another draw was claimed, or another's file handed in."""
    for activity_id, activity in activities.items():
        everything = whole[activity_id]
        if isinstance(activity, Quiz) and isinstance(everything, Quiz):
            beside = answers.get(activity_id, {}).keys() & (everything.questions.keys() - activity.questions.keys())
            if beside:
                yield activity_id, f"{len(beside)} answers are to questions that were not drawn here; they do not count"


def _given(
    activity: Activity, activity_id: str, cell: NotebookNode, answers: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """What the trainee answered; for an exercise, what the code gave back in this very run."""
    if not isinstance(activity, Exercise):
        return answers.get(activity_id, {})
    for output in cell.get("outputs", []):
        sent = output.get("data", {}).get(RETURNED_MIME)
        if isinstance(sent, dict) and sent.get("activity") == activity_id:
            return {RETURNED: sent.get("returned")}
    return {}


def _show(cell: NotebookNode, scored: Score, points: float, review: str) -> None:
    """Leave in a graded cell its points and its review, and nothing that the trainee's code wrote there."""
    if scored.needs_marking:
        # nbgrader leaves a solution cell to a trainer, with a field for a comment, once it differs from the release.
        cell.metadata.nbgrader.update(solution=True, locked=False)
        cell.metadata.nbgrader.pop("checksum", None)
    cell.outputs = [_number(points, review)]


def _number(points: float, review: str = "") -> NotebookNode:
    data = {"text/plain": repr(points)} | ({"text/html": review} if review else {})
    return nbformat.v4.new_output("execute_result", data=data, execution_count=1)


def _make_safe(nb: NotebookNode, prose: set[str]) -> None:
    """Cut a hand-in down to what cannot act in a browser: own prose and raw cells become plain text."""
    nb.metadata = nbformat.from_dict(
        {"kernelspec": nb.metadata.get("kernelspec", {}), "ccjobs": {"edition": _language(nb)}}
    )
    for cell in nb.cells:
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            if not utils.is_grade(cell):
                cell.outputs = [output for output in cell.outputs if _is_safe(output)]
        elif cell.source not in prose:
            cell.cell_type = "markdown"
            cell.source = f"<pre>{html.escape(cell.source)}</pre>"


def _is_safe(output: NotebookNode) -> bool:
    if output.output_type in ("stream", "error"):
        return True
    output.data = {mime: data for mime, data in output.data.items() if mime in SAFE_OUTPUT}
    output.metadata = {}
    return bool(output.data)


def _prose(course: Course, module_id: str) -> set[str]:
    """The module's own prose, in every language: what a hand-in may show as markup."""
    notebooks = [build_notebook(course, module_id, language) for language in LANGUAGES]
    return {cell.source for notebook in notebooks for cell in notebook.cells if cell.cell_type == "markdown"}


def _language(nb: NotebookNode) -> str:
    ours = nb.metadata.get("ccjobs")
    edition = ours.get("edition") if isinstance(ours, dict) else None
    return edition if edition in LANGUAGES else "nb"
