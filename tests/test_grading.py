"""Grading with real nbgrader: blank is zero, solved is full, and a hostile hand-in costs only itself."""

import html
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from ccjobs_utils.activities.model import Call, Quiz, Response
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.activities.way import FATAL_MARK
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course
from ccjobs_utils.grading.grade import FATAL, give_feedback, grade_round
from ccjobs_utils.grading.release import is_released, release_module

from .handins import (
    answers_file,
    cell_of,
    change_notebook,
    gradebook_rows,
    graded,
    no_progress,
    right_answers,
    submitted,
)

pytestmark = pytest.mark.xdist_group("grading")

MODULE = "02-call-handling"
WRITTEN = "Kunden ringte om faktura. Jeg forklarte beløpet og avtalte at vi ringer tilbake i morgen klokka ti."


@pytest.fixture
def classroom(copy_of_project: Callable[..., Project]) -> Project:
    """A project with a module released."""
    project = copy_of_project()
    release_module(project, MODULE)
    return project


def test_a_written_answer_waits_for_a_trainer(classroom: Project) -> None:
    folder = submitted(classroom, "kari", MODULE)
    note = next(
        k for k, a in Course(classroom.course).activities(MODULE).items() if isinstance(a, Response) and a.graded
    )
    (folder / "answers.json").write_text(answers_file(MODULE, {note: {"text": WRITTEN}}), encoding="utf-8")
    assert graded(classroom, MODULE)["kari"].state == "needs-marking"
    assert gradebook_rows(classroom, "kari", MODULE)[note] == {"auto": None, "extra": None, "manual": True}


Break = Callable[[Path], None]


def write_answers(text: str | bytes) -> Break:
    def change(folder: Path) -> None:
        (folder / "answers.json").write_bytes(text if isinstance(text, bytes) else text.encode())

    return change


def all_right(folder: Path) -> None:
    activities = Course(Project(folder.parents[2]).course).activities(MODULE)
    (folder / "answers.json").write_text(answers_file(MODULE, right_answers(activities)), encoding="utf-8")


def linked_answers(folder: Path) -> None:
    target = folder.parents[2] / "elsewhere.json"
    all_right(folder)
    (folder / "answers.json").rename(target)
    (folder / "answers.json").symlink_to(target)


NOTHING: dict[str, Break] = {
    "truncated": write_answers('{"format": 1, "module": "02-call-handling", "answers": {"module-quiz": {'),
    "another-module": write_answers(answers_file("07-upselling", {"module-quiz": {"x": "y"}})),
    "another-program": write_answers(json.dumps({"version": 3, "cells": []})),
    "deeply-nested": write_answers("[" * 200_000),
    "not-utf8": write_answers(b"\xff\xfe\x00"),
    "fifty-megabytes": write_answers(b'{"format": 1, "answers": {"x": "' + b"a" * 50_000_000 + b'"}}'),
    "symlink": linked_answers,
    "unknown-options": write_answers(
        answers_file(MODULE, {"module-quiz": {"nonexistent": "x"}, "nonexistent": {"a": "b"}, "case-note": {}})
    ),
}


def test_answers_that_cannot_be_used_score_nothing_and_the_rest_is_graded(classroom: Project) -> None:
    for name, change in NOTHING.items():
        change(submitted(classroom, name, MODULE))
    all_right(submitted(classroom, "honest", MODULE))
    after = graded(classroom, MODULE)
    quizzes = [a for a in Course(classroom.course).activities(MODULE).values() if isinstance(a, Quiz) and a.graded]
    assert after["honest"].points == sum(quiz.points for quiz in quizzes)
    for name in NOTHING:
        assert (after[name].points, after[name].state) == (0.0, "graded"), after[name]
        assert after[name].remarks or name == "unknown-options", name


def test_an_option_that_does_not_exist_is_zero_for_its_question_and_said(classroom: Project) -> None:
    activities = Course(classroom.course).activities(MODULE)
    answers = right_answers(activities)
    quiz = activities["module-quiz"]
    assert isinstance(quiz, Quiz)
    question = next(iter(quiz.questions))
    answers["module-quiz"][question] = "no-such-option"
    folder = submitted(classroom, "kari", MODULE)
    (folder / "answers.json").write_text(answers_file(MODULE, answers), encoding="utf-8")
    after = graded(classroom, MODULE)["kari"]
    assert after.points == quiz.points - quiz.questions[question].points
    assert any(question in remark and "no-such-option" in remark for remark in after.remarks)


def broken_notebook(folder: Path) -> None:
    next(folder.glob("*.ipynb")).write_text('{"cells": [', encoding="utf-8")


def no_notebook(folder: Path) -> None:
    next(folder.glob("*.ipynb")).unlink()


@pytest.mark.parametrize("damage", [broken_notebook, no_notebook])
def test_a_broken_notebook_costs_only_itself_and_can_be_handed_in_again(classroom: Project, damage: Break) -> None:
    damage(submitted(classroom, "unlucky", MODULE))
    all_right(submitted(classroom, "honest", MODULE))
    after = graded(classroom, MODULE)
    assert after["unlucky"].state == "failed"
    assert after["unlucky"].remarks
    assert after["honest"].state == "graded"
    folder = classroom.root / "submitted" / "unlucky" / MODULE
    notebook = classroom.release("nb") / MODULE / f"{MODULE}.ipynb"
    (folder / notebook.name).write_bytes(notebook.read_bytes())
    assert graded(classroom, MODULE)["unlucky"].state == "graded"


def code_cells(folder: Path, sources: dict[str, str]) -> None:
    def change(notebook: Any) -> None:
        for grade_id, source in sources.items():
            cell_of(notebook, grade_id).source = source

    change_notebook(folder, change)


EQUAL_TO_ALL = """
class Everything(float):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __len__(self): return 1
handle_time_s = Everything(1)
longest_hold_s = Everything(1)
def hold_update_due(*a): return Everything(1)
def hold_share(*a): return Everything(1)
"""

TRICKS: dict[str, Callable[[Any], None]] = {}


def trick(change: Callable[[Any], None]) -> Callable[[Any], None]:
    TRICKS[change.__name__.replace("_", "-")] = change
    return change


def solutions(notebook: Any) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))


@trick
def object_equal_to_everything(notebook: Any) -> None:
    next(solutions(notebook)).source = EQUAL_TO_ALL


@trick
def prints_numbers(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "100.0"


@trick
def own_activity_function(notebook: Any) -> None:
    next(
        solutions(notebook)
    ).source = "activity = lambda name: 1000.0\nimport builtins\nbuiltins.float = lambda x: 99.0"


@trick
def more_points(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = 1000


@trick
def flipped_solution_flags(notebook: Any) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.solution = not cell.metadata.nbgrader.solution


@trick
def graded_cells_deleted(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]


@trick
def graded_cells_doubled(notebook: Any) -> None:
    notebook.cells += [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


@trick
def graded_cells_turned_to_prose(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]


@trick
def nonsense_metadata(notebook: Any) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] = ["nonsense"]
    notebook.metadata["ccjobs"] = "nonsense"


@trick
def exits_the_kernel(notebook: Any) -> None:
    next(solutions(notebook)).source = "import os\nos._exit(1)"


def test_tricks_score_nothing_and_stop_nobody(classroom: Project) -> None:
    for name, change in TRICKS.items():
        change_notebook(submitted(classroom, name, MODULE), change)
    all_right(submitted(classroom, "zz-honest", MODULE))
    after = graded(classroom, MODULE)
    assert after["zz-honest"].state == "graded"
    for name in TRICKS:
        assert (after[name].points or 0.0) == 0.0, after[name]
        if name != "exits-the-kernel":
            assert after[name].state == "graded", after[name]


def test_a_deleted_graded_cell_still_scores_what_was_answered(classroom: Project) -> None:
    folder = submitted(classroom, "kari", MODULE)
    all_right(folder)
    change_notebook(folder, graded_cells_deleted)
    quizzes = [a for a in Course(classroom.course).activities(MODULE).values() if isinstance(a, Quiz) and a.graded]
    assert graded(classroom, MODULE)["kari"].points == sum(quiz.points for quiz in quizzes)


MARK = "<script>alert('owned')</script>"
IMAGE = "<img src=x onerror=alert(1)>"


def test_nothing_of_a_hand_in_acts_in_the_trainers_browser(classroom: Project) -> None:
    def hostile(notebook: Any) -> None:
        notebook.cells[0].source = f"# Hei\n{IMAGE}"
        notebook.cells.insert(1, nbformat.v4.new_raw_cell(MARK, metadata={"raw_mimetype": "text/html"}))
        notebook.cells.append(nbformat.v4.new_markdown_cell(MARK, attachments={"a.svg": {"image/svg+xml": MARK}}))
        code = f"from IPython.display import HTML, SVG, Javascript, display\ndisplay(HTML({MARK!r}))\ndisplay(Javascript('alert(2)'))"
        notebook.cells.append(nbformat.v4.new_code_cell(code))
        notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": MARK}}}
        notebook.metadata["title"] = MARK

    folder = submitted(classroom, "mallory", MODULE)
    change_notebook(folder, hostile)
    note = f"{WRITTEN} {MARK} {IMAGE}"
    quiz_text = answers_file(MODULE, {"case-note": {"text": note}, "module-quiz": {"x": MARK}})
    (folder / "answers.json").write_text(quiz_text, encoding="utf-8")
    assert graded(classroom, MODULE)["mallory"].state == "needs-marking"
    with Gradebook(f"sqlite:///{classroom.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("case-note", MODULE, MODULE, "mallory")
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    hand_ins = grade_round(classroom, [MODULE], no_progress)
    sent, refused = give_feedback(classroom, hand_ins, no_progress)
    assert ([hand_in.trainee for hand_in in sent], refused) == (["mallory"], [])
    page = (classroom.root / "feedback" / "mallory" / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
    assert "owned" in page
    for markup in ("<script>alert", "<img src=x", "application/javascript", "widget-state+json"):
        assert markup not in page


def test_feedback_tells_why_an_answer_was_wrong(classroom: Project) -> None:
    activities = Course(classroom.course).activities(MODULE)
    quiz = activities["module-quiz"]
    assert isinstance(quiz, Quiz)
    question_id, question = next((k, q) for k, q in quiz.questions.items() if q.__struct_config__.tag == "choice")
    wrong_id, wrong = next((k, o) for k, o in question.options.items() if not o.correct)  # type: ignore[union-attr]
    for edition in EDITIONS:
        folder = submitted(classroom, edition, MODULE, edition=edition)
        (folder / "answers.json").write_text(
            answers_file(MODULE, {"module-quiz": {question_id: wrong_id}}), encoding="utf-8"
        )
    give_feedback(classroom, grade_round(classroom, [MODULE], no_progress), no_progress)
    for edition in EDITIONS:
        page = (classroom.root / "feedback" / edition / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
        plain = page.replace("&#39;", "'").replace("&quot;", '"').replace("&amp;", "&")
        assert wrong.feedback is not None
        assert wrong.feedback.to(edition).split("**")[0][:60] in plain


CALL_MODULE, CALL = "06-complaints", "third-reminder"


def graded_call(project: Project) -> Call:
    """The call that these tests play, its module released."""
    release_module(project, CALL_MODULE)
    call = Course(project.course).activities(CALL_MODULE)[CALL]
    assert isinstance(call, Call)
    return call


def test_a_path_that_the_call_does_not_have_scores_nothing_and_is_said(classroom: Project) -> None:
    script = script_of(graded_call(classroom))
    best = [step.reply_id for step in script.best_path()]
    bent = {
        "skips": best[:1] + best[2:],
        "goes-on": [*best, best[-1]],
        "note-too-soon": best[:-1],
        "scores-inside": [{"reply": reply_id, "points": 20} for reply_id in best],
    }
    for name, path in bent.items():
        folder = submitted(classroom, name, CALL_MODULE)
        answers = {CALL: {"path": path, "note": script.best_note}}
        (folder / "answers.json").write_text(answers_file(CALL_MODULE, answers), encoding="utf-8")
    after = graded(classroom, CALL_MODULE)
    for name in bent:
        assert after[name].points == 0, after[name]
        assert any(CALL in remark for remark in after[name].remarks), after[name]


def test_feedback_goes_through_a_call_turn_by_turn(classroom: Project) -> None:
    call = graded_call(classroom)
    script = script_of(call)
    steps, fatal = [], ""
    while not steps or not script.is_over(steps[-1].after):
        now = steps[-1].after if steps else script.start()
        best = script.best_from(now)
        wrong = [key for key in script.offered(now) if script.step(now, key).fatal and not fatal]
        steps.append(script.step(now, wrong[0] if wrong else best[1] if best else next(iter(script.offered(now)))))
        fatal = fatal or steps[-1].fatal
    assert fatal
    answers = {CALL: {"path": [step.reply_id for step in steps], "note": script.belongs(steps[-1].after)}}
    for edition in EDITIONS:
        folder = submitted(classroom, edition, CALL_MODULE, edition=edition)
        (folder / "answers.json").write_text(answers_file(CALL_MODULE, answers), encoding="utf-8")
    hand_ins = grade_round(classroom, [CALL_MODULE], no_progress)
    assert [hand_in.points for hand_in in hand_ins] == [0, 0]
    for hand_in in hand_ins:
        assert f"{CALL}: {FATAL}" in hand_in.remarks
        assert hand_in.outcome == (False, ("below-pass-mark",))
    give_feedback(classroom, hand_ins, no_progress)
    for edition in EDITIONS:
        page = (classroom.root / "feedback" / edition / CALL_MODULE / f"{CALL_MODULE}.html").read_text(encoding="utf-8")
        assert FATAL_MARK in page
        told = html.unescape(page)
        assert call.fatal[fatal].to(edition) in told
        for step in steps:
            assert step.reply.feedback is not None
            assert step.reply.text.to(edition) in told
            assert step.reply.feedback.to(edition) in told
        for item in call.notes.values():
            assert item.text.to(edition) in told


def test_a_released_module_is_known_as_such_until_it_changes(classroom: Project) -> None:
    assert is_released(classroom, MODULE)
    path = classroom.release("nb") / MODULE / "activities.json"
    path.write_bytes(path.read_bytes() + b"\n")
    assert not is_released(classroom, MODULE)


def test_a_machine_where_jupyter_has_never_run_can_grade(classroom: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    # A short name: sockets in files have short paths.
    with tempfile.TemporaryDirectory(prefix="ccj") as folder:
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(Path(folder) / "share" / "runtime"))
        submitted(classroom, "kari", MODULE)
        assert graded(classroom, MODULE)["kari"].state == "graded"


def test_a_second_round_grades_only_what_is_new(classroom: Project) -> None:
    all_right(submitted(classroom, "kari", MODULE))
    graded(classroom, MODULE)
    notebook = classroom.root / "autograded" / "kari" / MODULE / f"{MODULE}.ipynb"
    first = notebook.stat().st_mtime_ns
    submitted(classroom, "ola", MODULE)
    after = graded(classroom, MODULE)
    assert set(after) == {"kari", "ola"}
    assert notebook.stat().st_mtime_ns == first


def test_feedback_that_cannot_be_released_costs_only_itself(classroom: Project) -> None:
    (submitted(classroom, "kari", MODULE) / "submission_secret.txt").unlink()
    submitted(classroom, "ola", MODULE)
    sent, refused = give_feedback(classroom, grade_round(classroom, [MODULE], no_progress), no_progress)
    assert [hand_in.trainee for hand_in in sent] == ["ola"]
    assert [hand_in.trainee for hand_in in refused] == ["kari"]
    assert "submission_secret.txt" in refused[0].remarks[0]
