"""The command line: help and errors in the terminal's language, each error with what to do."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.console import terminal_language
from ccjobs_utils.course.project import Project
from ccjobs_utils.course.syllabus import Course

MODULE = "02-call-handling"
CALL = "moving-house"


def ccjobs(folder: Path, *words: str, language: str = "en_US.UTF-8", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LC_")} | {
        "LANG": language,
        "COLUMNS": "200",
        **more,
    }
    command = [sys.executable, "-m", "ccjobs_utils.cli", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", ["start", "trainer", "build", "check", "call", "handbook", "release", "grade"])
def test_every_command_has_help_in_both_languages(project: Project, command: str) -> None:
    english, norwegian = (
        ccjobs(project.root, command, "--help", language=lang) for lang in ("en_US.UTF-8", "nb_NO.UTF-8")
    )
    assert (english.returncode, norwegian.returncode) == (0, 0)
    assert english.stdout.startswith("usage: ccjobs")
    assert norwegian.stdout.startswith("bruk: ccjobs")
    assert "show this help" not in norwegian.stdout
    assert english.stdout != norwegian.stdout


def test_a_call_is_drawn_with_every_turn_reply_and_ending(copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project(built=False)
    call = Course(project.course).calls[CALL]
    done = ccjobs(project.root, "call", CALL, "--edition", "en")
    assert done.returncode == 0, done.stderr
    for said in ("shortest path", "best path", f"Drawn in {CALL}.svg"):
        assert said in done.stdout
    picture = ET.parse(project.root / f"{CALL}.svg")
    written = [element.text or "" for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {*call.turns, *call.endings} <= set(written)
    ids = {tags.split(" · ")[0] for tags in written}
    assert {key for turn in call.turns.values() for key in turn.replies} <= ids
    arrows = [path.get("class") for path in picture.iter("{http://www.w3.org/2000/svg}path") if path.get("class")]
    assert len(arrows) == sum(len(turn.replies) for turn in call.turns.values())
    assert arrows.count("best") == len(script_of(call).best_path())


def test_a_call_that_is_not_in_order_is_drawn_and_its_faults_are_named(copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project(built=False)
    path = project.course / MODULE / "calls" / f"{CALL}.yaml"
    call = Course(project.course).calls[CALL]
    last = script_of(call).best_path()[-1]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"to: {last.after.at}", f"to: {call.start}"), encoding="utf-8")
    done = ccjobs(project.root, "call", CALL, language="nb_NO.UTF-8")
    assert done.returncode == 0, done.stderr
    assert "samtalen kommer tilbake til et steg" in done.stdout
    assert (project.root / f"{CALL}.svg").is_file()


def test_an_unknown_call_names_the_known_ones(project: Project) -> None:
    done = ccjobs(project.root, "call", "no-such-call")
    assert done.returncode == 1
    assert "There is no call no-such-call. The calls are: " in done.stderr
    assert CALL in done.stderr


def test_the_check_prints_the_shortest_and_the_best_path_of_each_call(project: Project) -> None:
    done = ccjobs(project.root, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    for call_id, call in Course(project.course).calls.items():
        best = " → ".join(step.reply_id for step in script_of(call).best_path())
        assert f"{call_id}\n" in done.stdout
        assert best in done.stdout


def test_spelling_that_cannot_be_checked_is_said_and_fails_in_ci(project: Project, tmp_path: Path) -> None:
    done = ccjobs(project.root, "check", PATH=str(tmp_path), CI="true")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The spelling has not been checked (hunspell is not installed)" in done.stderr
    assert "sudo apt install hunspell hunspell-no" in done.stderr


def test_the_handbook_is_made_as_page_and_pdf(copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project(built=False)
    done = ccjobs(project.root, "handbook", "--edition", "en")
    assert done.returncode == 0, done.stderr
    assert (project.handbook / "handbook-en.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (project.handbook / "handbook-en.pdf").read_bytes().startswith(b"%PDF-")


def test_without_a_browser_the_handbooks_page_is_made_all_the_same(
    copy_of_project: Callable[..., Project], tmp_path: Path
) -> None:
    project = copy_of_project(built=False)
    done = ccjobs(project.root, "handbook", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "The PDF needs chromium" in done.stderr
    assert (project.handbook / "handbook-nb.html").is_file()
    assert not (project.handbook / "handbook-nb.pdf").exists()


def test_the_terminals_language_is_read_as_programs_do() -> None:
    assert terminal_language({"LANG": "nb_NO.UTF-8"}) == "nb"
    assert terminal_language({"LANG": "nb_NO.UTF-8", "LC_ALL": "C"}) == "en"
    assert terminal_language({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "no_NO"}) == "nb"
    assert terminal_language({}) == "en"


def test_an_unknown_edition_names_the_known_ones(project: Project) -> None:
    for language, said in (
        ("en_US.UTF-8", "there is no edition 'sv'"),
        ("nb_NO.UTF-8", "det finnes ingen utgave «sv»"),
    ):
        done = ccjobs(project.root, "start", "--edition", "sv", language=language)
        assert done.returncode == 2
        assert said in done.stderr
        assert "nb, en" in done.stderr


def test_an_unknown_module_names_the_known_ones(project: Project) -> None:
    done = ccjobs(project.root, "release", "99-none")
    assert done.returncode == 1
    assert "There is no module 99-none" in done.stderr
    assert MODULE in done.stderr


def test_outside_a_project_it_says_where_to_go(tmp_path: Path) -> None:
    done = ccjobs(tmp_path, "check")
    assert done.returncode == 1
    assert "Change to the folder" in done.stderr


def test_check_names_file_and_line_and_fails(copy_of_project: Callable[..., Project]) -> None:
    broken = copy_of_project()
    path = broken.course / MODULE / "activities.yaml"
    path.write_text("opening: [\n", encoding="utf-8")
    done = ccjobs(broken.root, "check")
    assert done.returncode == 1
    assert f"course/{MODULE}/activities.yaml:2: not valid YAML" in done.stderr
    assert "Traceback" not in done.stderr


def test_build_check_fails_on_a_stale_file_and_changes_nothing(copy_of_project: Callable[..., Project]) -> None:
    stale = copy_of_project()
    path = stale.release("nb") / MODULE / "activities.json"
    path.write_text("{}", encoding="utf-8")
    done = ccjobs(stale.root, "build", "--check")
    assert done.returncode == 1
    assert f"release/nb/{MODULE}/activities.json" in done.stderr
    assert path.read_text(encoding="utf-8") == "{}"


def test_grading_before_anyone_has_handed_in_says_so(copy_of_project: Callable[..., Project]) -> None:
    project = copy_of_project()
    assert ccjobs(project.root, "release").returncode == 0
    done = ccjobs(project.root, "grade", language="nb_NO.UTF-8")
    assert (done.returncode, done.stdout.strip()) == (0, "Ingen har levert noe ennå.")


def test_changing_graded_activities_after_a_hand_in_is_refused_in_plain_words(
    copy_of_project: Callable[..., Project],
) -> None:
    from .handins import submitted

    project = copy_of_project()
    assert ccjobs(project.root, "release").returncode == 0
    submitted(project, "kari", MODULE)
    assert ccjobs(project.root, "grade").returncode == 0
    lesson = project.course / MODULE / "lesson.md"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace('```{code-cell}\nactivity("module-quiz")\n```\n', ""), encoding="utf-8")
    assert ccjobs(project.root, "build").returncode == 0
    released = (project.exchange / "ccjobs" / "outbound" / MODULE / f"{MODULE}.ipynb").read_bytes()
    done = ccjobs(project.root, "release")
    assert done.returncode == 1
    assert "graded activities cannot be added or removed" in done.stderr
    assert (project.exchange / "ccjobs" / "outbound" / MODULE / f"{MODULE}.ipynb").read_bytes() == released
