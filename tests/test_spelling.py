"""Spelling through the real hunspell and Debian's dictionaries."""

import os
import shutil
from collections.abc import Callable

import pytest

from ccjobs_utils.course import spelling
from ccjobs_utils.course.project import Project
from ccjobs_utils.course.spelling import NoDictionary, spelling_faults, unknown_words
from ccjobs_utils.course.syllabus import Course


@pytest.fixture(autouse=True)
def _dictionaries() -> None:
    if shutil.which("hunspell") is None:
        if os.environ.get("CI"):
            pytest.fail("there is no hunspell")
        pytest.skip(f"there is no hunspell; on Debian or Ubuntu: sudo apt install {spelling.PACKAGES}")


def test_misspelt_words_are_found_in_both_languages() -> None:
    assert unknown_words(["Kunden har rett til å klgae på regningen."], "nb") == {"klgae"}
    assert unknown_words(["The caller’s rigth to complain, isn’t it?"], "en") == {"rigth"}


def test_english_is_british_and_the_list_knows_it() -> None:
    assert unknown_words(["color", "centre"], "en") == {"color", "centre"}


def test_the_course_is_spelt_right(project: Project) -> None:
    assert spelling_faults(Course(project.course)) == []


def test_a_fault_is_told_with_its_file_and_line(copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project(built=False)
    lesson = project.course / "02-call-handling" / "lesson.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("# Call handling", "# Call _handlign_", 1), "utf-8")
    facts = project.course / "facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("Medianlønnen", "Medianlønnenn", 1), "utf-8")
    with (project.course / "words.en.txt").open("a", encoding="utf-8") as words:
        words.write("Zanzibari\n")
    found = {(one.path.name, one.message.split(":")[0]): one.line for one in spelling_faults(Course(project.course))}
    assert found.keys() == {("lesson.md", "handlign"), ("facts.yaml", "Medianlønnenn"), ("words.en.txt", "Zanzibari")}
    number = (
        facts.read_text(encoding="utf-8")
        .splitlines()
        .index(next(line for line in facts.read_text(encoding="utf-8").splitlines() if "Medianlønnenn" in line))
    )
    assert found["facts.yaml", "Medianlønnenn"] == number + 1


def test_what_the_software_says_is_read_too(project: Project) -> None:
    said = {passage.text for passage in spelling.passages(Course(project.course))}
    for text in ("Vurderes av kursholder", "Marked by your trainer", "Neste steg:", "alle verdt det samme"):
        assert any(text in one for one in said), text


def test_a_missing_dictionary_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(spelling.DICTIONARIES, "nb", ("xx_XX",))
    with pytest.raises(NoDictionary, match="xx_XX"):
        unknown_words(["ord"], "nb")
