"""The widgets in a real JupyterLab: everything answered is saved and found again, and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ccjobs_utils.activities.model import Quiz, load

from .answering import answer, order_of, question, run_code, shown
from .conftest import (
    CODE_CELL,
    SAMPLE,
    Lab,
    answers_on_disk,
    open_notebook,
    restart_kernel,
    run_all,
    run_command,
    saved,
)

pytestmark = pytest.mark.xdist_group("browser")

Sample = Callable[..., str]

RIGHT: dict[str, Any] = {
    "one": "greet",
    "many": ["name", "birth"],
    "steps": ["greet", "verify", "solve", "close"],
    "pairs": {"angry": "warm", "hours": "cold"},
    "table": {"down": {"priority": "now", "route": "tech"}, "copy": {"priority": "later", "route": "billing"}},
    "sum": "57,5",
    "word": "varm overføring",
}


def answer_everything(page: Page, activity_id: str) -> None:
    quiz = load(SAMPLE)[activity_id]
    assert isinstance(quiz, Quiz)
    for key, asked in quiz.questions.items():
        answer(question(page, activity_id, key), asked, RIGHT[key])
    saved(page, activity_id)


def expect_everything(page: Page, activity_id: str) -> None:
    expect(question(page, activity_id, "one").locator('input[value="greet"]')).to_be_checked()
    expect(question(page, activity_id, "many").locator('input[value="birth"]')).to_be_checked()
    expect(question(page, activity_id, "many").locator('input[value="pin"]')).not_to_be_checked()
    assert order_of(question(page, activity_id, "steps")) == RIGHT["steps"]
    expect(question(page, activity_id, "pairs").locator('select[data-row="hours"]')).to_have_value("cold")
    cell = 'select[data-row="copy"][data-column="route"]'
    expect(question(page, activity_id, "table").locator(cell)).to_have_value("billing")
    expect(question(page, activity_id, "sum").locator(".ccjobs-typed")).to_have_value("57,5")
    expect(question(page, activity_id, "word").locator(".ccjobs-typed")).to_have_value("varm overføring")
    expect(shown(page, activity_id).locator(".ccjobs-progress")).to_have_text("7 av 7 besvart")


def test_everything_answered_is_on_disk_and_found_again_after_a_restart(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam", "note")
    folder = (lab.root / path).parent
    open_notebook(page, lab, path)
    run_all(page)
    answer_everything(page, "exam")
    shown(page, "note").locator("textarea").fill("Kari ringte. Nettet er nede hos henne.")
    shown(page, "note").locator("textarea").blur()
    saved(page, "note")
    assert answers_on_disk(folder, "exam") == RIGHT
    assert answers_on_disk(folder, "note") == {"text": "Kari ringte. Nettet er nede hos henne."}
    for text in ("Riktig", "Ikke riktig"):
        expect(shown(page, "exam")).not_to_contain_text(text)

    open_notebook(page, lab, path)
    expect(shown(page, "exam")).to_have_count(0)
    restart_kernel(page)
    run_all(page)
    expect_everything(page, "exam")
    expect(shown(page, "note").locator("textarea")).to_have_value("Kari ringte. Nettet er nede hos henne.")
    expect(shown(page, "note")).to_contain_text("7 ord (minst 5)")


def test_a_quiz_is_answered_from_the_keyboard_alone(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam")
    open_notebook(page, lab, path)
    run_all(page)
    question(page, "exam", "one").locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    expect(question(page, "exam", "one").get_by_role("button", name="Fjern svaret")).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    saved(page, "exam")
    folder = (lab.root / path).parent
    options = list(RIGHT["many"])
    assert answers_on_disk(folder, "exam") == {"one": "greet", "many": options}

    steps = question(page, "exam", "steps")
    moved = order_of(steps)[2]
    steps.locator(f'[data-item="{moved}"] .ccjobs-up').focus()
    page.keyboard.press("Enter")
    assert order_of(steps)[1] == moved
    expect(steps.locator(f'[data-item="{moved}"] .ccjobs-up')).to_be_focused()
    page.keyboard.press("Enter")
    assert order_of(steps)[0] == moved
    expect(steps.locator(f'[data-item="{moved}"] .ccjobs-down')).to_be_focused()
    expect(steps).to_contain_text("er nå nummer 1 av 4")

    question(page, "exam", "pairs").locator("select").first.focus()
    page.keyboard.press("ArrowDown")
    question(page, "exam", "word").locator(".ccjobs-typed").focus()
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.keyboard.type("dd bb xx 00 ii")
    page.keyboard.press("Tab")
    saved(page, "exam")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    kept = answers_on_disk(folder, "exam")
    assert kept["word"] == "dd bb xx 00 ii"
    assert kept["pairs"] == {"angry": "warm"}
    assert kept["steps"] == order_of(steps)


def test_an_order_left_as_it_stands_is_answered_when_confirmed(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam")
    open_notebook(page, lab, path)
    run_all(page)
    steps = question(page, "exam", "steps")
    expect(steps).to_contain_text("Ikke besvart ennå")
    steps.locator(".ccjobs-confirm").click()
    saved(page, "exam")
    expect(steps).not_to_contain_text("Ikke besvart ennå", use_inner_text=True)
    assert answers_on_disk((lab.root / path).parent, "exam") == {"steps": order_of(steps)}


def test_an_answer_can_be_taken_back(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam")
    open_notebook(page, lab, path)
    run_all(page)
    question(page, "exam", "one").locator("input").first.check()
    saved(page, "exam")
    question(page, "exam", "one").get_by_role("button", name="Fjern svaret").click()
    expect(shown(page, "exam").locator(".ccjobs-progress")).to_have_text("0 av 7 besvart")
    assert answers_on_disk((lab.root / path).parent, "exam") == {"one": None}


def test_practice_tells_why_and_lets_one_try_again(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("practice", "draft")
    open_notebook(page, lab, path)
    run_all(page)
    one = question(page, "practice", "one")
    one.locator('input[value="number"]').check()
    expect(one).to_contain_text("Kunden føler seg som et nummer.")
    expect(one.locator(".ccjobs-verdict")).to_contain_text("Ikke riktig")
    one.locator('input[value="greet"]').check()
    expect(one.locator(".ccjobs-verdict")).to_contain_text("Riktig")
    expect(one).not_to_contain_text("Kunden føler seg som et nummer.")

    number = question(page, "practice", "sum")
    number.locator(".ccjobs-typed").fill("50")
    number.get_by_role("button", name="Sjekk svaret").click()
    expect(number).to_contain_text("Du glemte etterarbeidet.")
    expect(number).not_to_contain_text("57,5")
    number.get_by_role("button", name="Vis svaret").click()
    expect(number).to_contain_text("57,5 sekunder")
    number.get_by_role("button", name="Prøv på nytt").click()
    expect(number.locator(".ccjobs-typed")).to_have_value("")
    number.locator(".ccjobs-typed").fill("mange")
    number.locator(".ccjobs-typed").blur()
    expect(number).to_contain_text("Skriv ett tall")

    table = question(page, "practice", "table")
    table.locator('select[data-row="down"][data-column="priority"]').select_option("later")
    table.get_by_role("button", name="Sjekk svaret").click()
    expect(table).to_contain_text("Haster.")

    draft = shown(page, "draft")
    expect(draft.get_by_role("button", name="Vis eksempelsvar")).to_be_hidden()
    draft.locator("textarea").fill("Hei, dette er Eli hos Nordlys.")
    draft.get_by_role("button", name="Vis eksempelsvar").click()
    expect(draft).to_contain_text("Hei, du snakker med Eli.")


def test_an_exercise_follows_its_code_cell(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("code", code="def handle_time(talk, hold, work):\n    ...")
    folder = (lab.root / path).parent
    open_notebook(page, lab, path)
    run_all(page)
    expect(shown(page, "code").locator('tr[data-case="short"]')).to_contain_text("Ikke noe svar ennå")
    expect(shown(page, "code")).to_contain_text("Ett tilfelle til prøves når du har levert.")
    run_code(page, CODE_CELL, "def handle_time(talk, hold, work):\n    return talk + hold")
    expect(shown(page, "code").locator('tr[data-case="short"]')).to_contain_text("Stemmer ikke")
    expect(shown(page, "code").locator('tr[data-case="short"]')).to_contain_text("10")
    run_code(page, CODE_CELL, "def handle_time(talk, hold, work):\n    return talk + hold + work")
    expect(shown(page, "code").locator('tr[data-case="short"]')).to_contain_text("✓ Stemmer")
    saved(page, "code")
    kept = {"short": {"value": 15}, "long": {"value": 400}, "hidden": {"value": 6}}
    assert answers_on_disk(folder, "code") == {"returned": kept}


def test_what_is_typed_while_the_kernel_is_gone_is_told_and_not_lost(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("note", "exam")
    folder = (lab.root / path).parent
    before = set(lab.kernels())
    open_notebook(page, lab, path)
    run_all(page)
    for kernel in set(lab.kernels()) - before:
        lab.call(f"api/kernels/{kernel}", "DELETE")
    shown(page, "note").locator("textarea").fill("Skrevet mens kjernen var borte.")
    question(page, "exam", "one").locator("input").first.check()
    for activity_id in ("note", "exam"):
        status = shown(page, activity_id).locator(".ccjobs-status")
        expect(status).to_have_attribute("data-status", "failed")
        expect(status).to_contain_text("IKKE LAGRET")
        expect(status).to_have_attribute("role", "alert")
    assert answers_on_disk(folder, "note") == {}

    open_notebook(page, lab, path)
    run_all(page)
    expect(shown(page, "note").locator("textarea")).to_have_value("Skrevet mens kjernen var borte.")
    saved(page, "note")
    saved(page, "exam")
    assert answers_on_disk(folder, "note") == {"text": "Skrevet mens kjernen var borte."}
    assert list(answers_on_disk(folder, "exam")) == ["one"]


def test_a_full_disk_is_told_and_mended_when_there_is_room_again(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam", code="import resource")
    folder = (lab.root / path).parent
    open_notebook(page, lab, path)
    run_all(page)
    limit = """bytes => {
        const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        return kernel.requestExecute({code: `resource.setrlimit(resource.RLIMIT_FSIZE, (${bytes}, resource.RLIM_INFINITY))`}).done.then(() => null);
    }"""
    page.evaluate(limit, 100)
    question(page, "exam", "one").locator('input[value="greet"]').check()
    status = shown(page, "exam").locator(".ccjobs-status")
    expect(status).to_have_attribute("data-status", "failed")
    expect(status).to_contain_text("ikke plass igjen på disken")
    assert answers_on_disk(folder, "exam") == {}
    page.evaluate(limit, 10_000_000)
    question(page, "exam", "many").locator('input[value="name"]').check()
    saved(page, "exam")
    assert answers_on_disk(folder, "exam") == {"one": "greet", "many": ["name"]}
    assert not list(folder.glob("*.tmp"))


def test_two_tabs_on_one_notebook_follow_each_other(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam", "note")
    open_notebook(page, lab, path)
    run_all(page)
    run_command(page, "docmanager:save")
    other = page.context.new_page()
    open_notebook(other, lab, path)
    expect(shown(other, "exam")).to_be_visible()
    question(page, "exam", "one").locator('input[value="greet"]').check()
    expect(question(other, "exam", "one").locator('input[value="greet"]')).to_be_checked()
    field = shown(other, "note").locator("textarea")
    field.focus()
    other.keyboard.type("Jeg skriver her")
    question(page, "exam", "many").locator('input[value="pin"]').check()
    other.keyboard.type(" og her.")
    expect(field).to_be_focused()
    field.blur()
    expect(shown(page, "note").locator("textarea")).to_have_value("Jeg skriver her og her.")
    kept = answers_on_disk((lab.root / path).parent, "exam")
    assert kept == {"one": "greet", "many": ["pin"]}


@pytest.mark.parametrize("damage", ['{"format": 1, "module"', '{"format": 1, "module": "07-other", "answers": {}}'])
def test_a_damaged_answers_file_is_told_kept_and_mended(page: Page, lab: Lab, sample: Sample, damage: str) -> None:
    path = sample("exam")
    folder = (lab.root / path).parent
    open_notebook(page, lab, path)
    run_all(page)
    question(page, "exam", "one").locator('input[value="greet"]').check()
    saved(page, "exam")
    (folder / "answers.json").write_text(damage, encoding="utf-8")
    run_all(page)
    expect(shown(page, "exam").locator(".ccjobs-notice")).to_contain_text("lagt til side som answers.damaged-")
    expect(question(page, "exam", "one").locator('input[value="greet"]')).to_be_checked()
    aside = list(folder.glob("answers.damaged-*.json"))
    assert [one.read_text(encoding="utf-8") for one in aside] == [damage]
    assert answers_on_disk(folder, "exam") == {"one": "greet"}


def test_an_option_that_does_not_exist_is_told_and_can_be_answered_again(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam")
    folder = (lab.root / path).parent
    kept = '{"format": 1, "module": "00-sample", "answers": {"exam": {"one": {"value": "nonsense"}, "steps": {"value": 7}}}}'
    (folder / "answers.json").write_text(kept, encoding="utf-8")
    open_notebook(page, lab, path)
    run_all(page)
    expect(question(page, "exam", "one")).to_contain_text("kunne ikke leses")
    expect(question(page, "exam", "steps")).to_contain_text("kunne ikke leses")
    question(page, "exam", "one").locator('input[value="greet"]').check()
    saved(page, "exam")
    assert answers_on_disk(folder, "exam") == {"one": "greet", "steps": 7}


THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@pytest.mark.parametrize("edition", ["nb", "en"])
def test_everyone_can_use_it(browser: Browser, lab: Lab, sample: Sample, edition: str) -> None:
    """No violation that axe finds and no sideways scrolling: wide and 400 px, both themes, before and after feedback."""
    path = sample(
        "practice", "exam", "code", "note", "draft", edition=edition, code="def handle_time(*a):\n    return 15"
    )
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    open_notebook(page, lab, path)
    run_all(page)
    answer_everything(page, "practice")
    question(page, "practice", "one").locator('input[value="number"]').check()
    for key in ("many", "steps", "pairs", "table", "sum", "word"):
        question(page, "practice", key).locator(".ccjobs-check").click()
        expect(question(page, "practice", key).locator(".ccjobs-verdict")).not_to_be_empty()
    shown(page, "draft").locator("textarea").fill("En åpning med noen ord i.")
    shown(page, "draft").locator(".ccjobs-reveal").click()
    found = []
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 400:
            run_command(page, "application:toggle-left-area")
        for name, theme in THEMES.items():
            page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
            expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(name == "light").lower())
            results = Axe().run(page, context=".ccjobs-activity")
            for violation in results.response["violations"]:
                nodes = [f"{node['html'][:160]} {node['failureSummary'][:200]}" for node in violation["nodes"][:3]]
                found.append((width, name, violation["id"], nodes))
        for one in page.locator(".ccjobs-activity").all():
            wide = one.evaluate("e => [e.scrollWidth, e.clientWidth]")
            if wide[0] > wide[1]:
                found.append((width, "sideways", one.get_attribute("data-activity"), wide))
    context.close()
    assert found == []
