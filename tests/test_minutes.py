"""Minutes measured on a module's own content, and the README's table."""

from pathlib import Path

import msgspec
import pytest

from ccjobs_utils.course.contents import END, START, contents_table, with_contents
from ccjobs_utils.course.minutes import AROUND_MIN, EXERCISE_MIN, STUDY_WPM, WITHIN, measured, read_text
from ccjobs_utils.course.project import Project
from ccjobs_utils.course.syllabus import Course

from .handins import sample_activities


def test_reading_takes_as_long_as_its_words() -> None:
    minutes = measured("ord " * 10 * STUDY_WPM, {}, "nb")
    assert (minutes.reading, minutes.total) == (10, 10 + AROUND_MIN)


def test_what_is_not_read_takes_no_time() -> None:
    plain = measured("| Se | her |\n|---|---|\n", {}, "nb")
    linked = "| [Se](term:agent) | **her** |\n|---|---|\n"
    assert measured(linked, {}, "nb").reading == plain.reading == 2 / STUDY_WPM


def test_values_are_read_filled_in(project: Project) -> None:
    text = read_text(Course(project.course), "05-orders-tech", "nb")
    assert "{{" not in text
    assert "{%" not in text
    assert "Ordre, betaling og teknisk hjelp" in text


def test_a_bank_takes_as_long_as_what_is_picked() -> None:
    exam = sample_activities()["exam"]
    whole = measured("", {"exam": exam}, "nb").questions
    half = measured("", {"exam": msgspec.structs.replace(exam, pick=len(exam.questions) // 7)}, "nb").questions  # type: ignore[union-attr]
    assert half == pytest.approx(whole / len(exam.questions))  # type: ignore[union-attr]


def test_feedback_and_debrief_take_time_in_practice_only() -> None:
    activities = sample_activities()
    for practice, graded in (("practice", "exam"), ("practice-call", "exam-call")):
        longer = measured("", {practice: activities[practice]}, "en").total
        assert longer > measured("", {graded: activities[graded]}, "en").total


def test_extra_credit_is_beside_it() -> None:
    code = sample_activities()["code"]
    assert measured("", {"code": code}, "nb").code == EXERCISE_MIN
    assert measured("", {"code": msgspec.structs.replace(code, bonus=True)}, "nb").code == 0


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_syllabus_tells_the_truth(language: str, project: Project) -> None:
    course = Course(project.course)
    for module in course.modules:
        minutes = measured(read_text(course, module.id, language), course.activities(module.id), language).total
        assert abs(minutes - module.minutes) <= WITHIN * module.minutes, module.id


def test_the_course_takes_about_fifteen_hours(project: Project) -> None:
    hours = sum(module.minutes for module in Course(project.course).modules) / 60
    assert 14 <= hours <= 16
    assert f"about {hours:.1f} hours" in contents_table(Course(project.course))


def test_the_readme_has_the_table_and_keeps_the_rest(project: Project) -> None:
    course = Course(project.course)
    readme = f"before\n\n{START}\nold\n{END}\n\nafter\n"
    made = with_contents(readme, course)
    assert made.startswith("before\n\n")
    assert made.endswith("\n\nafter\n")
    assert "old" not in made
    assert contents_table(course) in made
    assert with_contents(made, course) == made
    assert with_contents("no place", course) == "no place"
    assert contents_table(course) in Path(project.root / "README.md").read_text(encoding="utf-8")
