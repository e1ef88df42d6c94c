"""How long a trainee waits from a click to "Lagret": a real browser, a real JupyterLab, the answer on disk.

Run in the project's folder: ``python -m benchmarks.click_to_saved``. Prints rows for docs/performance.md.
"""

import math
import statistics
import tempfile
from pathlib import Path

import msgspec
import nbformat
from playwright.sync_api import Page, sync_playwright

from ccjobs_utils.activities.model import Handout, public
from tests.browser.answering import question, shown
from tests.browser.conftest import CHROMIUM, FLAGS, open_notebook, run_all, running_lab, saved
from tests.handins import sample_activities

CLICKS = 50
OPTIONS = ("greet", "number")

WATCH = """status => {
    window.waits = [];
    let clicked = null;
    document.addEventListener("click", () => { clicked = performance.now(); }, { capture: true });
    new MutationObserver(() => {
        if (status.dataset.status !== "saved" || clicked === null) return;
        const since = clicked;
        clicked = null;
        // Only what has been painted can be seen.
        requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - since)));
    }).observe(status, { attributes: true, attributeFilter: ["data-status"] });
}"""


def waits(page: Page) -> list[float]:
    """Milliseconds from each click to the sight of "Lagret"."""
    shown(page, "exam").locator(".ccjobs-status").evaluate(WATCH)
    for click in range(CLICKS):
        question(page, "exam", "one").locator(f'input[value="{OPTIONS[click % 2]}"]').click()
        page.wait_for_function("count => window.waits.length === count", arg=click + 1)
    measured: list[float] = page.evaluate("window.waits")
    return measured


def put_notebook(folder: Path) -> None:
    """The sample module, as a trainee has it."""
    handout = Handout(module="00-sample", edition="nb", activities=public(sample_activities()))
    (folder / "activities.json").write_bytes(msgspec.json.encode(handout))
    cell = nbformat.v4.new_code_cell('from ccjobs_utils import activity\nactivity("exam")')
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), folder / "sample.ipynb")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        put_notebook(Path(work))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running_lab(Path(work), Path(home)) as lab:
            page = browser.new_page(locale="nb-NO")
            open_notebook(page, lab, "sample.ipynb")
            run_all(page)
            question(page, "exam", "one").locator("input").first.click()
            saved(page, "exam")
            measured = sorted(waits(page))
        browser.close()
    p95 = measured[math.ceil(0.95 * len(measured)) - 1]
    print("| clicks | min, ms | median, ms | p95, ms | max, ms |")
    print("|---|---|---|---|---|")
    figures = (measured[0], statistics.median(measured), p95, measured[-1])
    print(f"| {len(measured)} | {' | '.join(f'{figure:.0f}' for figure in figures)} |")


if __name__ == "__main__":
    main()
