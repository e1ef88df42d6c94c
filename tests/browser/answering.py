"""Answering activities in the browser as a person does: ticking, choosing, sorting by buttons, typing, talking."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

from ccjobs_utils.activities.model import Choice, Choices, Grid, Match, Number, Order, Question, ShortText


def shown(page: Page, activity_id: str) -> Locator:
    """An activity on the page."""
    return page.locator(f'.ccjobs-activity[data-activity="{activity_id}"]')


def question(page: Page, activity_id: str, key: str) -> Locator:
    """One question of a quiz on the page."""
    return shown(page, activity_id).locator(f'[data-question="{key}"]')


def order_of(steps: Locator) -> list[str | None]:
    """The item ids of an order, as they stand."""
    return [item.get_attribute("data-item") for item in steps.locator("[data-item]").all()]


def answer(asked: Locator, kind: Question, value: Any) -> None:
    """Answer one question; an order is left untouched if it stands right, and confirmed."""
    match kind:
        case Choice():
            asked.locator(f'input[value="{value}"]').check()
        case Choices():
            for option in value:
                asked.locator(f'input[value="{option}"]').check()
        case Order():
            if order_of(asked) == value:
                asked.locator(".ccjobs-confirm").click()
            for place, item in enumerate(value):
                while order_of(asked).index(item) > place:
                    asked.locator(f'[data-item="{item}"] .ccjobs-up').click()
        case Match():
            for row, choice in value.items():
                asked.locator(f'select[data-row="{row}"]').select_option(choice)
        case Grid():
            for row, cells in value.items():
                for column, choice in cells.items():
                    asked.locator(f'select[data-row="{row}"][data-column="{column}"]').select_option(choice)
        case Number() | ShortText():
            asked.locator(".ccjobs-typed").fill(str(value))
            asked.locator(".ccjobs-typed").blur()


def said_by_agent(call: Locator) -> Locator:
    """What the trainee has said and done in a call so far."""
    return call.locator(".ccjobs-agent, .ccjobs-action")


def talk(call: Locator, path: Sequence[str]) -> None:
    """Choose replies in a call, one by one; each has been taken in before the next."""
    before = said_by_agent(call).count()
    for place, reply_id in enumerate(path, start=before + 1):
        call.locator(f'[data-reply="{reply_id}"]').click()
        expect(said_by_agent(call)).to_have_count(place)


def write_note(call: Locator, note: Sequence[str]) -> None:
    """Tick what goes into the after-call note."""
    for item in note:
        call.locator(f'.ccjobs-note input[value="{item}"]').check()


def run_code(page: Page, cell_id: str, source: str) -> None:
    """Write code into a cell and run it, as a trainee does with Shift+Enter."""
    page.evaluate(
        """([id, source]) => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const place = notebook.widgets.findIndex((cell) => cell.model.id === id);
            notebook.widgets[place].model.sharedModel.setSource(source);
            notebook.activeCellIndex = place;
            return window.jupyterapp.commands.execute("notebook:run-cell");
        }""",
        [cell_id, source],
    )
