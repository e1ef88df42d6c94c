"""An exam drawn from a bank, in a real JupyterLab: the trainee sees what the trainer will score."""

import shutil

import pytest
from playwright.sync_api import Page, expect

from ccjobs_utils.activities.draw import Sitting, drawn
from ccjobs_utils.activities.model import Choice, Choices, Quiz, assignment_id
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course

from ..handins import right_answers
from .answering import answer, question, shown
from .conftest import Lab, answers_on_disk, open_notebook, run_all, saved

pytestmark = pytest.mark.xdist_group("browser")

MODULE, EXAM = "11-capstone", "capstone-exam"


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_trainee_is_asked_what_the_trainer_draws(page: Page, lab: Lab, project: Project, attempt: int) -> None:
    name = assignment_id(MODULE, attempt)
    folder = lab.root / f"exam-{attempt}" / EDITIONS["nb"] / name
    shutil.copytree(project.release("nb") / name, folder)
    (folder.parents[1] / "nbgrader_config.py").write_text(
        "get_config().CourseDirectory.student_id = 'kari'\n", encoding="utf-8"
    )
    activities = drawn(Course(project.course).activities(MODULE), Sitting("kari", MODULE, attempt))
    exam = activities[EXAM]
    assert isinstance(exam, Quiz)
    open_notebook(page, lab, str((folder / f"{name}.ipynb").relative_to(lab.root)))
    run_all(page)
    expect(shown(page, EXAM).locator("[data-question]")).to_have_count(len(exam.questions))
    asked = shown(page, EXAM).locator("[data-question]").evaluate_all("all => all.map(one => one.dataset.question)")
    assert asked == list(exam.questions)
    right = right_answers(activities)[EXAM]
    for key, one in exam.questions.items():
        if isinstance(one, Choice | Choices):
            options = question(page, EXAM, key).locator("input").evaluate_all("all => all.map(one => one.value)")
            assert options == list(one.options)
        answer(question(page, EXAM, key), one, right[key])
    saved(page, EXAM)
    assert answers_on_disk(folder, EXAM) == right
