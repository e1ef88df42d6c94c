"""The widgets in a real JupyterLab: every kind answered, saved, found again; nothing typed is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Lab, answers_on_disk, open_notebook, run_all, saved

pytestmark = pytest.mark.xdist_group("browser")


def test_looks(page: Page, lab: Lab, sample: Callable[..., str]) -> None:
    path = sample("practice", "exam", "code", "note", "draft")
    page.on("console", lambda m: print(m.type, m.text[:300]) if m.type == "error" else None)
    open_notebook(page, lab, path)
    run_all(page)
    page.wait_for_timeout(3000)
    page.screenshot(path="/tmp/w/shots/a.png")
    for i in range(5):
        page.locator(".ccjobs-activity").nth(i).screenshot(path=f"/tmp/w/shots/w{i}.png")
