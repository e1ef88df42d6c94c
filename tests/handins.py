"""Making hand-ins for tests: the right answers of a module, and hand-ins as nbgrader would collect them."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook

from ccjobs_utils.activities.model import (
    Activity,
    Call,
    Choice,
    Choices,
    Grid,
    Match,
    Number,
    Order,
    Question,
    Quiz,
    Response,
    ShortText,
    Text,
    load,
)
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.course.project import Project
from ccjobs_utils.grading.grade import HandIn, grade_round

SAMPLE = Path(__file__).parent / "browser" / "sample" / "activities.yaml"


def sample_activities() -> dict[str, Activity]:
    """Activities of every kind, small enough for tests; the simulated call for practice and graded."""
    activities = load(SAMPLE)
    title = Text(nb="Pakken som ble borte, prøve", en="The lost parcel, test")
    return activities | {"exam-call": msgspec.structs.replace(activities["practice-call"], graded=True, title=title)}


def right_answer(question: Question) -> Any:
    """What a trainee who knows everything answers."""
    match question:
        case Choice():
            return next(key for key, option in question.options.items() if option.correct)
        case Choices():
            return [key for key, option in question.options.items() if option.correct]
        case Order():
            return question.answer
        case Match():
            return {key: row.answer for key, row in question.rows.items()}
        case Grid():
            return {key: row.answers for key, row in question.rows.items()}
        case Number():
            return f"{question.answer:g}".replace(".", ",")
        case ShortText():
            return question.accept[0]


def right_answers(activities: dict[str, Activity], written: str = "") -> dict[str, dict[str, Any]]:
    """Activity id → item id → the right answer; `written` is handed in for every written answer."""
    answers: dict[str, dict[str, Any]] = {}
    for activity_id, activity in activities.items():
        if isinstance(activity, Quiz):
            answers[activity_id] = {key: right_answer(question) for key, question in activity.questions.items()}
        elif isinstance(activity, Response) and written:
            answers[activity_id] = {"text": written}
        elif isinstance(activity, Call):
            script = script_of(activity)
            answers[activity_id] = {"path": [step.reply_id for step in script.best_path()], "note": script.best_note}
    return answers


def answers_file(module_id: str, answers: dict[str, dict[str, Any]]) -> str:
    """An ``answers.json`` as the course writes it."""
    stamp = "2026-11-23T10:00:00+00:00"
    kept = {
        activity_id: {
            item: {"value": value, "first": stamp, "last": stamp, "changes": 1} for item, value in items.items()
        }
        for activity_id, items in answers.items()
    }
    return json.dumps({"format": 1, "module": module_id, "answers": kept}, ensure_ascii=False)


def submitted(project: Project, trainee: str, module_id: str, *, edition: str = "nb", solved: bool = False) -> Path:
    """A hand-in as collected: the released module, or the source notebook when `solved`; returns its folder."""
    folder = project.root / "submitted" / trainee / module_id
    shutil.copytree(project.release(edition) / module_id, folder)
    if solved:
        shutil.copy(project.source(edition) / module_id / f"{module_id}.ipynb", folder)
    (folder / "submission_secret.txt").write_text(f"secret of {trainee}", encoding="utf-8")
    (folder / "timestamp.txt").write_text("2026-11-23 10:00:00.000000 UTC", encoding="utf-8")
    return folder


def change_notebook(folder: Path, change: Any) -> None:
    """Rewrite a hand-in's notebook after `change(notebook)`."""
    path = next(folder.glob("*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The cell with that grade id."""
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Says nothing."""


def graded(project: Project, module_id: str) -> dict[str, HandIn]:
    """Grade what is handed in of a module; trainee → hand-in."""
    return {hand_in.trainee: hand_in for hand_in in grade_round(project, [module_id], no_progress)}


def gradebook_rows(project: Project, trainee: str, module_id: str) -> dict[str, Any]:
    """What the gradebook holds of one hand-in; graded cell → its scores."""
    with Gradebook(f"sqlite:///{project.root}/gradebook.db") as gradebook:
        submission = gradebook.find_submission_notebook(module_id, module_id, trainee)
        return {
            grade.name: {"auto": grade.auto_score, "extra": grade.extra_credit, "manual": grade.needs_manual_grade}
            for grade in submission.grades
        }
