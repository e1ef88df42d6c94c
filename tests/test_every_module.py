"""Every module and every attempt, in both languages, through real nbgrader: blank is zero, solved is full."""

import html
from collections.abc import Callable

import pytest

from ccjobs_utils.activities.draw import Sitting, drawn
from ccjobs_utils.activities.model import Exercise, Quiz, Response
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course
from ccjobs_utils.grading.grade import give_feedback
from ccjobs_utils.grading.release import release_module

from .conftest import ROOT
from .handins import answers_file, gradebook_rows, graded, no_progress, right_answers, submitted

ASSIGNMENTS = Course(ROOT / "course").assignments
BANKS = {
    name: key
    for name, assignment in ASSIGNMENTS.items()
    for key, activity in Course(ROOT / "course").activities(assignment.module.id).items()
    if isinstance(activity, Quiz) and activity.pick
}
"""Assignments with a bank of questions → the activity that draws from it."""


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_blank_scores_nothing_and_solved_scores_all(name: str, copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project()
    release_module(project, name)
    _, module, attempt = ASSIGNMENTS[name]
    activities = Course(project.course).activities(module.id)
    for edition in EDITIONS:
        submitted(project, f"blank-{edition}", name, edition=edition)
        trainee = f"solved-{edition}"
        folder = submitted(project, trainee, name, edition=edition, solved=True)
        mine = drawn(activities, Sitting(trainee, module.id, attempt))
        (folder / "answers.json").write_text(answers_file(name, right_answers(mine)), encoding="utf-8")
    after = graded(project, name)
    for edition in EDITIONS:
        blank, solved = after[f"blank-{edition}"], after[f"solved-{edition}"]
        assert (blank.points, blank.state, blank.remarks) == (0.0, "graded", ()), blank
        assert solved.remarks == ()
        rows = gradebook_rows(project, solved.trainee, name)
        for activity_id, activity in activities.items():
            if not activity.graded:
                assert activity_id not in rows
            elif isinstance(activity, Exercise) and activity.bonus:
                assert rows[activity_id] == {"auto": 0.0, "extra": activity.points, "manual": False}
            elif not isinstance(activity, Response):
                assert rows[activity_id]["auto"] == activity.points, activity_id


def test_the_capstones_bank_is_large(project: Project) -> None:
    exam = Course(project.course).activities("11-capstone")["capstone-exam"]
    assert isinstance(exam, Quiz)
    assert (exam.pick, exam.shuffle) == (12, True)
    assert len(exam.questions) >= 40


def test_a_hand_in_that_claims_another_draw_scores_by_the_true_one(copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project()
    name, key = next(iter(BANKS.items()))
    release_module(project, name)
    _, module, attempt = ASSIGNMENTS[name]
    activities = Course(project.course).activities(module.id)

    def exam(trainee: str, attempt: int = attempt) -> Quiz:
        found = drawn(activities, Sitting(trainee, module.id, attempt))[key]
        assert isinstance(found, Quiz)
        return found

    whole = activities[key]
    assert isinstance(whole, Quiz)
    claims = {
        "kari": exam("ola").questions,  # another trainee's
        "per": exam("per", attempt + 1).questions,  # the next attempt's
        "liv": whole.questions,  # everything
        "ada": exam("ada").questions,
    }
    for trainee, questions in claims.items():
        folder = submitted(project, trainee, name)
        claimed = {key: right_answers({key: Quiz(title=whole.title, graded=True, questions=dict(questions))})[key]}
        (folder / "answers.json").write_text(answers_file(name, claimed), encoding="utf-8")
    after = graded(project, name)
    for trainee, questions in claims.items():
        mine = exam(trainee).questions
        shared = mine.keys() & questions.keys()
        assert gradebook_rows(project, trainee, name)[key]["auto"] == sum(mine[q].points for q in shared)
        beside = len(questions.keys() - mine.keys())
        said = [remark for remark in after[trainee].remarks if f"{beside} answers are to questions" in remark]
        assert len(said) == (beside > 0), after[trainee].remarks
    assert 0 < gradebook_rows(project, "liv", name)[key]["auto"] == whole.points
    assert gradebook_rows(project, "kari", name)[key]["auto"] < whole.points

    sent, _ = give_feedback(project, [after["ada"]], no_progress)
    assert sent
    page = (project.root / "feedback" / "ada" / name / f"{name}.html").read_text(encoding="utf-8")
    place = 0
    for question in exam("ada").questions.values():
        # Later than the one before: the page has the questions in the trainee's own order.
        place = page.index(html.escape(question.text.nb.split("\n")[0], quote=False), place + 1)
