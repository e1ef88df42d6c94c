"""The whole loop in real tools, in both languages into one gradebook: from course/ to feedback that a trainee reads.

Build, nbgrader's generate_assignment and release, fetch; a browser answers everything in the released notebook, restarts
the kernel and finds it again, validates and submits; collect, autograde; a trainer marks the written answer in formgrader
in the browser; feedback; the trainee fetches it and reads why an answer was wrong.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from ccjobs_utils.activities.glossary import glossary
from ccjobs_utils.activities.model import Call, Choice, Exercise, Quiz, Response
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.activities.words import WORDS
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course

from ..handins import right_answers
from .answering import answer, question, run_code, said_by_agent, shown, talk, write_note
from .conftest import Lab, open_notebook, restart_kernel, run_all, run_command, running_lab, saved

pytestmark = pytest.mark.xdist_group("loop")

MODULE = "06-complaints"
WELCOME = "01-welcome"
TRAINEES = {"nb": "kari", "en": "ola"}
QUIZ, CALL, BONUS = "complaint-quiz", "third-reminder", "analyst-follow-up"
SAID = "Eirik Nordlys"
WRITTEN = {
    "nb": "Hei! Ruteren ble satt ute i regnet, og du har vært uten nett i fem dager og tatt fri for å vente på den. Det beklager"
    " jeg. Vi sender en ny ruter i dag, og du skal ikke betale noe for den. For dagene uten nett får du et prisavslag på neste"
    " faktura, og i tillegg gir vi deg litt for bryet, for det var vi som gjorde feil. Budet har fått beskjed om å ringe på og"
    " vente til noen åpner. Jeg ringer deg på fredag klokka ti og hører om alt virker. Hilsen " + SAID,
    "en": "Hello! The router was left out in the rain, and you have been offline for five days and took time off to wait for it."
    " I am sorry about that. We are sending a new router today, and you do not pay anything for it. For the days without internet"
    " you get a price reduction on your next bill, and on top of that we give you a little for the trouble, because the mistake"
    " was ours. The courier has been told to ring the bell and wait until someone opens. I will ring you at ten on Friday to hear"
    " whether everything works. Regards, " + SAID,
}
MARK = 13


def run(project: Project, *words: str, edition: str = "nb") -> str:
    """One command of ours or nbgrader's, as typed in the project's folder."""
    environment = os.environ | {"CCJOBS_EDITION": edition, "LANG": "en_US.UTF-8"}
    done = subprocess.run(
        [str(Path(sys.executable).with_name(words[0])), *words[1:]],
        cwd=project.root, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def trainee_settings(project: Project, home: Path, edition: str) -> Path:
    """A trainee's own folder and settings: the exchange, a name, and nothing of the trainer's."""
    workspace = project.root.parent / f"workspace-{TRAINEES[edition]}"
    workspace.mkdir(exist_ok=True)
    (home / "config").mkdir(parents=True, exist_ok=True)
    lines = [
        "c = get_config()",
        f"c.Exchange.root = {str(project.exchange)!r}",
        f"c.Exchange.cache = {str(home / 'cache')!r}",
        f"c.Exchange.assignment_dir = {str(workspace)!r}",
        "c.Exchange.path_includes_course = True",
        f"c.CourseDirectory.student_id = {TRAINEES[edition]!r}",
        "c.CourseDirectory.ignore = ['.ipynb_checkpoints', 'feedback', 'answers.backup.json', '.answers.lock']",
    ]
    (home / "config" / "nbgrader_config.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return workspace


def assignment_row(page: Page, lab: Lab, course: str, section: str) -> None:
    """Open nbgrader's Assignment List on one course, and wait for the module in one of its sections."""
    page.goto(lab.page_url())
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored.then(() => null)")
    page.locator(".lm-MenuBar-item", has_text="Nbgrader").click()
    page.locator(".lm-Menu-item", has_text="Assignment List").click()
    expect(page.locator("#course_list_default")).to_have_text(re.compile("^ccjobs"))
    if page.locator("#course_list_default").inner_text() != course:
        page.locator("#course_list_dropdown").click()
        page.locator("#course_list a", has_text=re.compile(f"^{re.escape(course)}$")).click()
    page.locator(f"#{section}_assignments_list", has_text=MODULE).wait_for()


def take_the_module(page: Page, lab: Lab, project: Project, edition: str, wrong: tuple[str, str, str]) -> None:
    """Answer everything in the released notebook, one graded question wrong, and find it all again after a restart."""
    activities = Course(project.course).activities(MODULE)
    answers = right_answers(activities)
    quiz_id, question_id, option_id = wrong
    answers[quiz_id][question_id] = option_id
    notebook = nbformat.read(project.source(edition) / MODULE / f"{MODULE}.ipynb", as_version=4)
    solutions = {cell.id: cell.source for cell in notebook.cells if cell.id.endswith("-code")}
    open_notebook(page, lab, f"{EDITIONS[edition]}/{MODULE}/{MODULE}.ipynb")
    run_all(page)
    expect(page.locator(".ccjobs-activity")).to_have_count(len(activities))
    for activity_id, activity in activities.items():
        match activity:
            case Quiz():
                for key, asked in activity.questions.items():
                    answer(question(page, activity_id, key), asked, answers[activity_id][key])
            case Exercise():
                source = re.sub(r"\s*### (BEGIN|END) SOLUTION\s*?\n?", "\n", solutions[f"{activity_id}-code"] + "\n")
                run_code(page, f"{activity_id}-code", source)
            case Response():
                shown(page, activity_id).locator("textarea").fill(WRITTEN[edition])
                shown(page, activity_id).locator("textarea").blur()
            case Call():
                talk(shown(page, activity_id), answers[activity_id]["path"])
                write_note(shown(page, activity_id), answers[activity_id]["note"])
        saved(page, activity_id)
    run_command(page, "docmanager:save")

    restart_kernel(page)
    run_all(page)
    for activity_id, activity in activities.items():
        if isinstance(activity, Quiz):
            count = len(activity.questions)
            words = f"{count} av {count} besvart" if edition == "nb" else f"{count} of {count} answered"
            expect(shown(page, activity_id).locator(".ccjobs-progress")).to_have_text(words)
        if isinstance(activity, Response):
            expect(shown(page, activity_id).locator("textarea")).to_have_value(WRITTEN[edition])
        if isinstance(activity, Call):
            expect(said_by_agent(shown(page, activity_id))).to_have_count(len(answers[activity_id]["path"]))
            for item in answers[activity_id]["note"]:
                expect(shown(page, activity_id).locator(f'.ccjobs-note input[value="{item}"]')).to_be_checked()
    chosen = question(page, quiz_id, question_id).locator(f'input[value="{option_id}"]')
    expect(chosen).to_be_checked()


def validate(page: Page) -> str:
    """Press nbgrader's Validate button and return what its window says."""
    page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=90_000)
    said = dialog.inner_text()
    dialog.get_by_role("button", name="Ok").click()
    return said


def test_the_whole_loop(copy_of_project: Callable[..., Project], browser: Browser, tmp_path: Path) -> None:
    project = copy_of_project(built=False)
    activities = Course(project.course).activities(MODULE)
    quiz = activities[QUIZ]
    call = activities[CALL]
    assert isinstance(call, Call)
    assert isinstance(quiz, Quiz)
    key, asked = next((key, asked) for key, asked in quiz.questions.items() if isinstance(asked, Choice))
    option_id, option = next((key, option) for key, option in asked.options.items() if not option.correct)
    note_id = next(key for key, one in activities.items() if isinstance(one, Response) and one.graded)

    run(project, "ccjobs", "build")
    project.exchange.mkdir()
    run(project, "nbgrader", "generate_assignment", MODULE, "--force")
    for edition in EDITIONS:
        run(project, "nbgrader", "release_assignment", MODULE, edition=edition)

    labs = {}
    for edition, trainee in TRAINEES.items():
        home = tmp_path / f"home-{trainee}"
        workspace = trainee_settings(project, home, edition)
        labs[edition] = (home, workspace)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
        page = context.new_page()
        with running_lab(workspace, home) as lab:
            assignment_row(page, lab, EDITIONS[edition], "released")
            page.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
            page.locator("#fetched_assignments_list", has_text=MODULE).wait_for()

            open_notebook(page, lab, f"{EDITIONS[edition]}/{MODULE}/{MODULE}.ipynb")
            said = validate(page)
            for title in (one.title.to(edition) for one in (quiz, call, activities[note_id])):
                assert title in said
            assert "Traceback" not in said

            take_the_module(page, lab, project, edition, (QUIZ, key, option_id))
            assert "Success" in validate(page)

            assignment_row(page, lab, EDITIONS[edition], "fetched")
            page.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
            page.locator("#submitted_assignments_list", has_text=MODULE).wait_for()
        context.close()

    said = run(project, "ccjobs", "grade")
    assert said.count("needs marking") == len(TRAINEES)
    expected = {
        activity_id: activity.points - (asked.points if activity_id == QUIZ else 0)
        for activity_id, activity in activities.items()
        if activity.graded and not isinstance(activity, Response) and not getattr(activity, "bonus", False)
    }
    with Gradebook(f"sqlite:///{project.root}/gradebook.db") as gradebook:
        for trainee in TRAINEES.values():
            rows = {grade.name: grade for grade in gradebook.find_submission_notebook(MODULE, MODULE, trainee).grades}
            assert {name: rows[name].auto_score for name in expected} == expected
            assert rows[BONUS].extra_credit == activities[BONUS].points
            assert rows[note_id].needs_manual_grade

    mark_in_formgrader(browser, project, tmp_path / "home-trainer", note_id)

    said = run(project, "ccjobs", "grade", "--feedback")
    assert "2 feedback pages have been released" in said
    with Gradebook(f"sqlite:///{project.root}/gradebook.db") as gradebook:
        total = sum(expected.values()) + MARK + activities[BONUS].points
        for trainee in TRAINEES.values():
            submission = gradebook.find_submission(MODULE, trainee)
            assert submission.score == total
            percent = int(100 * submission.score / submission.max_score)

    for edition in TRAINEES:
        home, workspace = labs[edition]
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        with running_lab(workspace, home) as lab:
            assignment_row(page, lab, EDITIONS[edition], "submitted")
            page.locator("#submitted_assignments_list").get_by_role("button", name="Fetch Feedback").click()
            page.locator("#submitted_assignments_list", has_text="View Feedback").wait_for()
            path = next((workspace / EDITIONS[edition] / MODULE / "feedback").rglob("*.html"))
            page.goto(f"{lab.url}/files/{path.relative_to(workspace)}?token={lab.token}")
            assert option.feedback is not None
            expect(page.locator("body")).to_contain_text(option.feedback.to(edition))
            expect(page.locator("body")).to_contain_text("Ryddig notat.")
            for step in script_of(call).best_path():
                assert step.reply.feedback is not None
                expect(page.locator("body")).to_contain_text(step.reply.feedback.to(edition))
            see_the_way(page, lab, project, edition, percent)
        context.close()


def see_the_way(page: Page, lab: Lab, project: Project, edition: str, percent: int) -> None:
    """The first page knows what was passed, what comes next, and leads there."""
    folder = lab.root / EDITIONS[edition]
    shutil.copytree(project.release(edition) / WELCOME, folder / WELCOME)
    open_notebook(page, lab, f"{EDITIONS[edition]}/{WELCOME}/{WELCOME}.ipynb")
    run_all(page)
    modules = [module.id for module in Course(project.course).modules]
    stations = page.locator(".ccjobs-stops li")
    expect(stations).to_have_count(len(modules))
    passed = stations.nth(modules.index(MODULE))
    expect(passed).to_have_attribute("data-state", "passed")
    expect(passed).to_contain_text({"nb": f"Bestått, {percent} %", "en": f"Passed, {percent}%"}[edition])
    expect(stations.nth(modules.index(WELCOME))).to_have_attribute("aria-current", "step")
    look_up_a_term(page, edition)
    passed.get_by_role("link").click()
    page.wait_for_function(
        "module => window.jupyterapp.shell.currentWidget.context?.path.endsWith(`${module}/${module}.ipynb`)",
        arg=MODULE,
    )


def look_up_a_term(page: Page, edition: str) -> None:
    """A term in the prose shows its meaning and leads to the word list at the end of the page."""
    heading = page.get_by_role("heading", name=WORDS[edition]["words-heading"])
    page.get_by_role("heading", level=1).scroll_into_view_if_needed()
    expect(heading).not_to_be_in_viewport()
    link = page.locator(f'a[href$="#{WORDS[edition]["words-heading"].replace(" ", "-")}"]').first
    assert link.get_attribute("title") in {one.meaning.to(edition) for one in glossary().values()}
    link.click()
    expect(heading).to_be_in_viewport()


def mark_in_formgrader(browser: Browser, project: Project, home: Path, note_id: str) -> None:
    """A trainer gives each written answer points and a comment, in formgrader."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    with running_lab(project.root, home) as lab:
        page.goto(lab.page_url())
        page.locator(".lm-MenuBar-item", has_text="Nbgrader").wait_for()
        for place in range(len(TRAINEES)):
            page.goto(f"{lab.url}/formgrader/gradebook/{MODULE}/{MODULE}")
            page.locator("tbody tr", has_text="Submission #").nth(place).locator("a:visible").first.click()
            score = page.locator(f"input[id='{note_id}']")
            score.wait_for()
            expect(page.locator("body")).to_contain_text(SAID)
            page.wait_for_load_state("networkidle")
            with page.expect_response(lambda reply: "/api/grade/" in reply.url and reply.request.method == "PUT"):
                score.fill(str(MARK))
                score.press("Tab")
            comment = page.locator(f"textarea[id='{note_id}-comment']")
            with page.expect_response(lambda reply: "/api/comment/" in reply.url and reply.request.method == "PUT"):
                comment.fill("Ryddig notat.")
                comment.press("Tab")
    page.context.close()
