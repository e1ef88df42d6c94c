"""The widgets in a real JupyterLab: everything answered is saved and found again, and nothing typed is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from ccjobs_utils.activities.model import Quiz

from ..handins import sample_activities
from .answering import answer, order_of, question, run_code, said_by_agent, shown, talk, write_note
from .conftest import (
    CODE_CELL,
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
    quiz = sample_activities()[activity_id]
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


def arrange(page: Page, steps: Locator, wanted: list[str]) -> None:
    """Put things in order with Enter on their buttons."""
    for place, item in enumerate(wanted):
        button = steps.locator(f'[data-item="{item}"] .ccjobs-up')
        while order_of(steps).index(item) > place:
            button.focus()
            page.keyboard.press("Enter")


def test_everything_is_answered_from_the_keyboard_alone(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam", "note")
    folder = (lab.root / path).parent
    open_notebook(page, lab, path)
    run_all(page)
    question(page, "exam", "one").locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    for option in RIGHT["many"]:
        question(page, "exam", "many").locator(f'input[value="{option}"]').focus()
        page.keyboard.press("Space")

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
    arrange(page, steps, RIGHT["steps"])

    for row, choice in RIGHT["pairs"].items():
        question(page, "exam", "pairs").locator(f'select[data-row="{row}"]').focus()
        page.keyboard.type({"warm": "Varm", "cold": "Kald"}[choice], delay=20)
    for row, cells in RIGHT["table"].items():
        for column, choice in cells.items():
            question(page, "exam", "table").locator(f'[data-row="{row}"][data-column="{column}"]').focus()
            for _ in range(["now", "later", "tech", "billing"].index(choice) % 2 + 1):
                page.keyboard.press("ArrowDown")
    question(page, "exam", "sum").locator(".ccjobs-typed").focus()
    page.keyboard.type("57,5")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("varm overføring")
    page.keyboard.press("Tab")
    saved(page, "exam")
    assert answers_on_disk(folder, "exam") == RIGHT

    cells = page.locator(".jp-Notebook .jp-Cell").count()
    shown(page, "note").locator("textarea").focus()
    page.keyboard.type("dd bb xx 00 ii\nzz")
    page.keyboard.press("Control+s")
    saved(page, "note")
    assert answers_on_disk(folder, "note") == {"text": "dd bb xx 00 ii\nzz"}
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    expect(shown(page, "note").locator("textarea")).to_be_focused()

    # From the first control on, Tab comes to every other, and out again.
    question(page, "exam", "one").locator("input:checked").focus()
    visited = set()
    while place := page.evaluate(
        """() => {
            const here = document.activeElement;
            if (!here.closest('[data-activity="exam"]')) return null;
            return [...document.querySelectorAll("button, input, select")].indexOf(here);
        }"""
    ):
        assert place not in visited
        visited.add(place)
        page.keyboard.press("Tab")
    controls = ':is(button:not([disabled], [hidden]), input:not([type="radio"]), input:checked, select)'
    assert len(visited) == shown(page, "exam").locator(f"{controls}:visible").count()


def test_an_order_may_stand_as_it_is_and_an_answer_may_be_taken_back(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam")
    open_notebook(page, lab, path)
    run_all(page)
    steps = question(page, "exam", "steps")
    expect(steps).to_contain_text("Ikke besvart ennå")
    steps.locator(".ccjobs-confirm").click()
    expect(steps.get_by_text("Ikke besvart ennå")).to_be_hidden()
    expect(steps.locator(".ccjobs-down").first).to_be_focused()
    saved(page, "exam")
    one = question(page, "exam", "one")
    one.locator("input").first.check()
    one.get_by_role("button", name="Fjern svaret").click()
    expect(one.locator("input").first).to_be_focused()
    expect(shown(page, "exam").locator(".ccjobs-progress")).to_have_text("1 av 7 besvart")
    assert answers_on_disk((lab.root / path).parent, "exam") == {"steps": order_of(steps), "one": None}


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
    number.get_by_role("button", name="Sjekk svaret").click()
    expect(number).to_contain_text("Svar først.")
    number.locator(".ccjobs-typed").fill("50")
    number.get_by_role("button", name="Sjekk svaret").click()
    expect(number).to_contain_text("Du glemte etterarbeidet.")
    expect(number).not_to_contain_text("57,5")
    number.get_by_role("button", name="Vis svaret").click()
    expect(number).to_contain_text("57,5 sekunder")
    expect(number.locator(".ccjobs-verdict")).to_be_focused()
    number.get_by_role("button", name="Prøv på nytt").click()
    expect(number.locator(".ccjobs-typed")).to_have_value("")
    expect(number.locator(".ccjobs-typed")).to_be_focused()
    number.locator(".ccjobs-typed").fill("mange")
    number.locator(".ccjobs-typed").blur()
    expect(number).to_contain_text("Skriv ett tall")

    table = question(page, "practice", "table")
    table.locator('select[data-row="down"][data-column="priority"]').select_option("later")
    table.get_by_role("button", name="Sjekk svaret").click()
    expect(table).to_contain_text("Haster.")

    steps = question(page, "practice", "steps")
    expect(steps.get_by_role("button", name="Rekkefølgen er riktig")).to_have_count(0)
    steps.get_by_role("button", name="Sjekk svaret").click()
    expect(steps.locator(".ccjobs-verdict")).not_to_be_empty()

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
    expect(shown(page, "code").locator('tr[data-case="short"]')).to_contain_text("Koden gir ikke noe svar ennå")
    expect(shown(page, "code")).to_contain_text("Ett skjult tilfelle prøves når du har levert.")
    assert answers_on_disk(folder, "code") == {}
    run_code(page, CODE_CELL, "def handle_time(talk, hold, work):\n    print(talk + hold + work)")
    expect(shown(page, "code").locator('tr[data-case="short"]')).to_contain_text("Bruk return.")
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
    question(page, "exam", "one").locator("input").first.check()
    # One who goes on writing, with short pauses, is told as soon as one who waits.
    shown(page, "note").locator("textarea").focus()
    page.keyboard.type("Kjernen er borte.", delay=400)
    for activity_id in ("note", "exam"):
        status = shown(page, activity_id).locator(".ccjobs-status")
        expect(status).to_have_attribute("data-status", "failed", timeout=2_000)
        expect(status).to_contain_text("IKKE LAGRET")
        expect(status).to_contain_text("Start kjernen på nytt")
        expect(status).to_have_attribute("role", "alert")
    assert answers_on_disk(folder, "note") == {}

    open_notebook(page, lab, path)
    run_all(page)
    expect(shown(page, "note").locator("textarea")).to_have_value("Kjernen er borte.")
    saved(page, "note")
    saved(page, "exam")
    assert answers_on_disk(folder, "note") == {"text": "Kjernen er borte."}
    assert list(answers_on_disk(folder, "exam")) == ["one"]


def test_a_full_disk_is_told_and_mended_when_there_is_room_again(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam", code="import resource")
    folder = (lab.root / path).parent
    open_notebook(page, lab, path)
    run_all(page)
    limit = """bytes => {
        const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        const code = `resource.setrlimit(resource.RLIMIT_FSIZE, (${bytes}, resource.RLIM_INFINITY))`;
        return kernel.requestExecute({code}).done.then(() => null);
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


def test_a_state_from_before_takes_nothing_back(page: Page, lab: Lab, sample: Sample) -> None:
    """When JupyterLab connects, it hands over a state that it asked for earlier, also once newer ones have come."""
    path = sample("exam", code="...")
    open_notebook(page, lab, path)
    run_all(page)
    pairs = question(page, "exam", "pairs")
    pairs.locator('select[data-row="angry"]').select_option("warm")
    saved(page, "exam")

    from_before = """from ccjobs_utils.activities.widget import _alive
(widget,) = _alive.values()
before = {**widget.state, "version": widget.state["version"] - 1, "answers": {}}
widget._send({"method": "update", "state": {"state": before}, "buffer_paths": []})"""
    run_code(page, CODE_CELL, from_before)
    pairs.locator('select[data-row="hours"]').select_option("cold")
    saved(page, "exam")

    expect(pairs.locator('select[data-row="angry"]')).to_have_value("warm")
    folder = (lab.root / path).parent
    assert answers_on_disk(folder, "exam") == {"pairs": {"angry": "warm", "hours": "cold"}}


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


def test_two_kernels_in_one_folder_keep_each_others_answers(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam")
    folder = (lab.root / path).parent
    (folder / "copy.ipynb").write_bytes((folder / "sample.ipynb").read_bytes())
    other = page.context.new_page()
    for one, name in ((page, path), (other, path.replace("sample.ipynb", "copy.ipynb"))):
        open_notebook(one, lab, name)
        run_all(one)
    question(page, "exam", "one").locator('input[value="greet"]').check()
    saved(page, "exam")
    question(other, "exam", "many").locator('input[value="pin"]').check()
    saved(other, "exam")
    assert answers_on_disk(folder, "exam") == {"one": "greet", "many": ["pin"]}
    expect(question(other, "exam", "one").locator('input[value="greet"]')).to_be_checked()


def test_a_damaged_answers_file_is_told_kept_and_mended(page: Page, lab: Lab, sample: Sample) -> None:
    damage = '{"format": 1, "module"'
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
    kept = {"exam": {"one": {"value": "nonsense"}, "steps": {"value": 7}}}
    edited = {"format": 1, "module": "00-sample", "answers": kept}
    (folder / "answers.json").write_text(json.dumps(edited), encoding="utf-8")
    open_notebook(page, lab, path)
    run_all(page)
    expect(question(page, "exam", "one")).to_contain_text("kunne ikke leses")
    expect(question(page, "exam", "steps")).to_contain_text("kunne ikke leses")
    question(page, "exam", "one").locator('input[value="greet"]').check()
    saved(page, "exam")
    assert answers_on_disk(folder, "exam") == {"one": "greet", "steps": 7}


BEST = ["hello", "feel", "ask", "updated", "found"]


def test_a_graded_call_resumes_at_the_same_turn_and_takes_nothing_back(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam-call")
    folder = (lab.root / path).parent
    call = shown(page, "exam-call")
    open_notebook(page, lab, path)
    run_all(page)
    talk(call, BEST[:3])
    saved(page, "exam-call")
    assert answers_on_disk(folder, "exam-call") == {"path": BEST[:3]}
    clock = call.locator(".ccjobs-clock").inner_text()

    open_notebook(page, lab, path)
    restart_kernel(page)
    run_all(page)
    expect(call.locator(".ccjobs-caller").last).to_have_text("Kunden: Jeg venter.")
    expect(said_by_agent(call)).to_have_count(3)
    expect(call.locator(".ccjobs-clock")).to_have_text(clock)
    assert order_of_replies(call) == ["updated", "silent", "endless"]
    expect(call.get_by_role("button", name="Angre")).to_have_count(0)
    talk(call, BEST[3:])
    for name in ("Angre", "Ring på nytt", "Gå gjennom"):
        expect(call.get_by_role("button", name=name)).to_have_count(0)
    write_note(call, ["matter"])
    saved(page, "exam-call")
    assert answers_on_disk(folder, "exam-call") == {"path": BEST, "note": ["matter"]}
    expect(call).to_contain_text("Gjennomgangen, replikk for replikk, får du når den er rettet.")
    for told in ("Bra", "Kunne vært bedre", "Etterlevelse", "Han vet hvem du er."):
        expect(call).not_to_contain_text(told)


def order_of_replies(call: Locator) -> list[str | None]:
    return [reply.get_attribute("data-reply") for reply in call.locator(".ccjobs-reply").all()]


def test_a_practice_call_can_be_taken_back_and_is_gone_through(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("practice-call")
    folder = (lab.root / path).parent
    call = shown(page, "practice-call")
    open_notebook(page, lab, path)
    run_all(page)
    expect(call.get_by_role("button", name="Angre")).to_have_count(0)
    talk(call, ["number"])
    expect(call.locator(".ccjobs-mood")).to_have_text("Kunden er rasende")
    expect(call).to_contain_text("Dere har mistet pakken min!")
    call.get_by_role("button", name="Angre siste svar").click()
    expect(said_by_agent(call)).to_have_count(0)
    expect(call).not_to_contain_text("Dere har mistet pakken min!")
    expect(call.locator(".ccjobs-mood")).to_have_text("Kunden er irritert")
    expect(call.locator(".ccjobs-replies")).to_be_focused()

    talk(call, ["hello", "address", "ask", "updated", "found"])
    expect(call).to_contain_text("Slik gikk det: Han henter pakken.")
    expect(call.locator(".ccjobs-note")).to_be_focused()
    write_note(call, ["matter", "rude"])
    call.get_by_role("button", name="Gå gjennom samtalen").click()
    debrief = call.locator(".ccjobs-judged")
    expect(debrief).to_be_focused()
    expect(debrief).to_contain_text("Alvorlig feil, samtalen er ikke bestått: Du leste opp adressen.")
    turns = debrief.locator(".ccjobs-debrief > li")
    expect(turns).to_have_count(5)
    expect(turns.nth(0)).to_have_attribute("data-ok", "true")
    expect(turns.nth(1)).to_contain_text("Du vet ikke hvem han er.")
    expect(turns.nth(1)).to_contain_text("Bedre: Det er ergerlig. Hva er navnet ditt?")
    expect(turns.nth(1)).to_contain_text("Følelsen først.")
    expect(debrief.locator("table").nth(1)).to_contain_text("Behandlingstid")
    expect(debrief.locator(".ccjobs-noted > li").nth(1)).to_contain_text("Hører ikke hjemme i notatet. En dom.")

    call.get_by_role("button", name="Ring på nytt").click()
    expect(debrief).to_be_empty()
    expect(call.locator(".ccjobs-note")).to_be_hidden()
    saved(page, "practice-call")
    assert answers_on_disk(folder, "practice-call") == {"path": [], "note": None}


def test_a_call_is_held_from_the_keyboard_and_new_lines_are_announced(page: Page, lab: Lab, sample: Sample) -> None:
    call = shown(page, "exam-call")
    open_notebook(page, lab, sample("exam-call"))
    run_all(page)
    log = call.get_by_role("log", name="Samtalen med Bo Dal")
    call.locator(".ccjobs-reply").first.focus()
    for place, caller in enumerate(["Pakken min er borte.", "Bo Dal. Hva nå?", "Jeg venter.", "Nå?"], start=1):
        page.keyboard.press("Enter")
        expect(said_by_agent(call)).to_have_count(place)
        expect(log.locator(".ccjobs-caller").last).to_contain_text(caller if place > 1 else "mistet pakken min")
        expect(call.locator(".ccjobs-replies")).to_be_focused()
        page.keyboard.press("Tab")
        expect(call.locator(".ccjobs-reply").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(call.locator(".ccjobs-note")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(call.locator(".ccjobs-note input").first).to_be_checked()
    saved(page, "exam-call")


def test_a_reply_given_while_the_kernel_is_gone_is_told_and_not_lost(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam-call")
    folder = (lab.root / path).parent
    call = shown(page, "exam-call")
    before = set(lab.kernels())
    open_notebook(page, lab, path)
    run_all(page)
    talk(call, BEST[:2])
    for kernel in set(lab.kernels()) - before:
        lab.call(f"api/kernels/{kernel}", "DELETE")
    call.locator('[data-reply="ask"]').click()
    expect(call.locator(".ccjobs-status")).to_contain_text("IKKE LAGRET")
    expect(said_by_agent(call)).to_have_count(2)
    # What waits to be saved is the one reply: another cannot take its place.
    call.locator('[data-reply="hold-now"]').click()

    open_notebook(page, lab, path)
    run_all(page)
    expect(said_by_agent(call)).to_have_count(3)
    saved(page, "exam-call")
    assert answers_on_disk(folder, "exam-call") == {"path": BEST[:3]}


def test_a_path_that_the_call_does_not_have_is_told_and_the_call_goes_on(page: Page, lab: Lab, sample: Sample) -> None:
    path = sample("exam-call")
    edited = {"format": 1, "module": "00-sample", "answers": {"exam-call": {"path": {"value": ["hello", "found"]}}}}
    (lab.root / path).parent.joinpath("answers.json").write_text(json.dumps(edited), encoding="utf-8")
    call = shown(page, "exam-call")
    open_notebook(page, lab, path)
    run_all(page)
    expect(call).to_contain_text("Resten av den lagrede samtalen kunne ikke leses.")
    talk(call, ["feel"])
    saved(page, "exam-call")
    assert answers_on_disk((lab.root / path).parent, "exam-call") == {"path": ["hello", "feel"]}


VOICES = """(() => {
    window.spoken = [];
    const voices = [{lang: "en-GB", name: "English"}, {lang: "nb-NO", name: "Norsk"}];
    Object.defineProperty(window, "speechSynthesis", {value: {
        getVoices: () => voices, cancel: () => {}, speak: (said) => window.spoken.push([said.lang, said.text]),
    }});
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
})()"""


def test_the_caller_is_heard_only_when_asked_for(page: Page, lab: Lab, sample: Sample) -> None:
    """Debian's chromium has no voices: the first part shows that. For the second, its speech is a stand-in."""
    path = sample("practice-call")
    call = shown(page, "practice-call")
    open_notebook(page, lab, path)
    run_all(page)
    call.get_by_label("Hør kunden").click()
    expect(call.get_by_label("Hør kunden")).not_to_be_checked()
    expect(call).to_contain_text("Nettleseren har ingen norsk stemme.")

    page.add_init_script(VOICES)
    open_notebook(page, lab, path)
    run_all(page)
    talk(call, ["number"])
    assert page.evaluate("spoken") == []
    call.get_by_label("Hør kunden").check()
    talk(call, ["feel"])
    expected = [["nb-NO", "Hva? Dere har mistet pakken min!"], ["nb-NO", "Bo Dal. Hva nå?"]]
    assert page.evaluate("spoken") == expected
    call.get_by_label("Hør kunden").uncheck()
    talk(call, ["ask"])
    assert page.evaluate("spoken") == expected


BOARD = "from ccjobs_utils import staffing_board\nstaffing_board()"


def test_the_staffing_board_answers_its_sliders(page: Page, lab: Lab, sample: Sample) -> None:
    open_notebook(page, lab, sample("note", code=BOARD))
    run_all(page)
    board = page.locator(".ccjobs-board")
    expect(board.locator(".ccjobs-told")).to_contain_text("16 agenter")
    expect(board.locator("svg")).to_be_visible()
    agents = board.get_by_label("Agenter på telefonen")
    agents.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(board.locator(".ccjobs-told")).to_contain_text("13 agenter")
    expect(board.locator(".ccjobs-told")).to_contain_text("Køen vokser uten ende.")
    expect(agents).to_be_focused()
    expect(board.locator(".ccjobs-bar-endless").first).to_be_visible()
    board.get_by_text("Se tallene").click()
    expect(board.locator("tr[data-now='true']")).to_contain_text("13")


CALLS = ("practice-call", "exam-call")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS = {"wide": 1280, "at 200 % zoom": 640, "narrow": 400}


@pytest.mark.parametrize("edition", ["nb", "en"])
def test_everyone_can_use_it(page: Page, lab: Lab, sample: Sample, edition: str) -> None:
    """No violation that axe finds and no sideways scrolling: wide and narrow, both themes, with feedback shown."""
    code = f"def handle_time(talk, hold, work):\n    print(talk)\n    return 15\n{BOARD}"
    open_notebook(page, lab, sample("practice", "exam", "code", "note", "draft", *CALLS, edition=edition, code=code))
    run_all(page)
    talk(shown(page, "exam-call"), ["number", "feel"])
    talk(shown(page, "practice-call"), ["number", "address", "hold-now"])
    write_note(shown(page, "practice-call"), ["rude", "card"])
    shown(page, "practice-call").locator(".ccjobs-review").click()
    expect(shown(page, "practice-call").locator(".ccjobs-judged")).not_to_be_empty()
    shown(page, "practice-call").locator("details").evaluate("one => { one.open = true; }")
    answer_everything(page, "practice")
    question(page, "practice", "one").locator('input[value="number"]').check()
    question(page, "practice", "sum").locator(".ccjobs-typed").fill("50")
    for key in ("many", "steps", "pairs", "table", "sum", "word"):
        question(page, "practice", key).locator(".ccjobs-check").click()
        expect(question(page, "practice", key).locator(".ccjobs-verdict")).not_to_be_empty()
    question(page, "practice", "sum").locator(".ccjobs-reveal").click()
    question(page, "exam", "sum").locator(".ccjobs-typed").fill("mange")
    shown(page, "draft").locator("textarea").fill("En åpning med noen ord i.")
    shown(page, "draft").locator(".ccjobs-reveal").click()
    for opened in (shown(page, "code"), page.locator(".ccjobs-board")):
        opened.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    # An alarm is text to read as well, and it must not need a real one to be checked.
    shown(page, "note").locator(".ccjobs-status").evaluate(
        "one => { one.dataset.status = 'failed'; one.firstChild.textContent = 'x'; one.lastChild.hidden = false; }"
    )
    page.evaluate("() => { const { shell } = window.jupyterapp; shell.collapseLeft(); shell.collapseRight(); }")
    found: list[Any] = []
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        wide = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.dataset.activity)"
        found += [(size, "sideways", one) for one in page.locator(".ccjobs-activity").evaluate_all(wide)]
        small = """all => all.map((one) => [one.className, one.getBoundingClientRect()])
            .filter(([, box]) => box.height && (box.height < 24 || box.width < 24)).map(([name]) => name)"""
        found += [(size, "small", one) for one in page.locator(".ccjobs-activity button:visible").evaluate_all(small)]
        for name, theme in THEMES.items():
            page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
            expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(name == "light").lower())
            results = Axe().run(page, context=".ccjobs-activity")
            for violation in results.response["violations"]:
                nodes = [f"{node['html'][:160]} {node['failureSummary'][:200]}" for node in violation["nodes"][:3]]
                found.append((size, name, violation["id"], nodes))
    assert found == []
