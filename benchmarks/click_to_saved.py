"""How long a trainee waits from a click on an option until the page says "saved": a real browser and JupyterLab.

Run: python -m benchmarks.click_to_saved
"""

import statistics
import tempfile
from pathlib import Path

import msgspec
import nbformat
from playwright.sync_api import sync_playwright

from ccjobs_utils.activities.model import Handout, load, public
from tests.browser.conftest import CHROMIUM, FLAGS, SAMPLE, open_notebook, run_all, running_lab

CLICKS = 50

MEASURE = """clicks => (async () => {
  const root = document.querySelector('.ccjobs-activity[data-activity="exam"]');
  const status = root.querySelector('.ccjobs-status');
  const options = root.querySelectorAll('[data-question="one"] input');
  const taken = [];
  for (let i = 0; i < clicks; i++) {
    const started = performance.now();
    options[i % 2].click();
    await new Promise((resolve) => {
      const look = () => (status.dataset.status === "saved" ? resolve() : requestAnimationFrame(look));
      look();
    });
    taken.push(performance.now() - started);
  }
  return taken;
})()"""


def main() -> None:
    """Print a table row of minimum, median, 95th percentile and maximum, in milliseconds."""
    root, home = (Path(tempfile.mkdtemp(prefix="ccjobs-bench-")) for _ in range(2))
    handout = Handout(module="00-sample", edition="nb", activities=public(load(SAMPLE)))
    (root / "activities.json").write_bytes(msgspec.json.encode(handout))
    sources = ["from ccjobs_utils import activity", 'activity("exam")']
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), root / "sample.ipynb")
    with running_lab(root, home) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        open_notebook(page, lab, "sample.ipynb")
        run_all(page)
        page.locator('.ccjobs-activity[data-activity="exam"]').wait_for()
        page.evaluate(MEASURE, 5)
        taken = sorted(page.evaluate(MEASURE, CLICKS))
        browser.close()
    p95 = taken[int(len(taken) * 0.95) - 1]
    print("| clicks | min ms | median ms | p95 ms | max ms |\n|---|---|---|---|---|")
    print(f"| {CLICKS} | {taken[0]:.0f} | {statistics.median(taken):.0f} | {p95:.0f} | {taken[-1]:.0f} |")


if __name__ == "__main__":
    main()
