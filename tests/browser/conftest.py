"""A real JupyterLab and a real browser: Debian's chromium, driven by Playwright."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ccjobs_utils.activities.model import Handout, public
from ccjobs_utils.lab import settings_for

from ..handins import sample_activities

START_S = 90
CODE_CELL = "code-cell"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab server."""

    url: str
    root: Path
    token: str

    def page_url(self, path: str = "") -> str:
        """JupyterLab in a workspace of its own, with a file of the server's folder open if one is named."""
        tree = f"/tree/{path}" if path else ""
        return f"{self.url}/lab/workspaces/t{time.monotonic_ns()}{tree}?token={self.token}"

    def kernels(self) -> list[str]:
        """The ids of the running kernels."""
        return [kernel["id"] for kernel in json.loads(self.call("api/kernels"))]

    def call(self, path: str, method: str = "GET") -> bytes:
        """One request to the server's REST interface."""
        request = urllib.request.Request(
            f"{self.url}/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())


@contextlib.contextmanager
def running_lab(root: Path, home: Path, *, cwd: Path | None = None) -> Iterator[Lab]:
    """A JupyterLab server with the settings that `ccjobs start` gives a trainee.

    Arguments:
        root: the folder it serves.
        home: where its settings are made.
        cwd: where it runs; `root` if not given.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = "test-token"
    environment = os.environ | settings_for(home, hidden=())
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
        "--log-level=ERROR",
    ]
    with (home / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=cwd or root, env=environment, stdout=log, stderr=log)
        lab = Lab(f"http://127.0.0.1:{port}", root, token)
        try:
            deadline = time.monotonic() + START_S
            while True:
                try:
                    lab.call("api/status")
                    break
                except OSError:
                    if server.poll() is not None or time.monotonic() > deadline:
                        pytest.fail(f"JupyterLab did not start:\n{(home / 'server.log').read_text(encoding='utf-8')}")
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        server.wait(0.2)
            yield lab
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for all tests."""
    if CHROMIUM is None:
        message = "there is no chromium; on Debian or Ubuntu: sudo apt install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page with its own storage; two pages of one test share nothing unless they share a context."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One server for the tests of the widgets."""
    root = tmp_path_factory.mktemp("workspace")
    with running_lab(root, tmp_path_factory.mktemp("home")) as started:
        yield started


@pytest.fixture
def sample(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Puts a notebook with the sample's activities into the workspace; returns its path there. Its kernels end."""

    def put(*activity_ids: str, edition: str = "nb", code: str = "") -> str:
        name = f"{request.node.name.translate(str.maketrans('[]', '--'))}-{edition}-{time.monotonic_ns()}"
        folder = lab.root / name
        folder.mkdir()
        handout = Handout(module="00-sample", edition=edition, activities=public(sample_activities()))
        (folder / "activities.json").write_bytes(msgspec.json.encode(handout))
        cells = [nbformat.v4.new_code_cell("from ccjobs_utils import activity")]
        cells += [nbformat.v4.new_code_cell(code, id=CODE_CELL)] if code else []
        cells += [nbformat.v4.new_code_cell(f'activity("{activity_id}")') for activity_id in activity_ids]
        for cell in cells:
            cell.metadata["jupyter"] = {"source_hidden": True}
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "sample.ipynb")
        return f"{name}/sample.ipynb"

    yield put
    for kernel in lab.kernels():
        with contextlib.suppress(urllib.error.HTTPError):
            lab.call(f"api/kernels/{kernel}", "DELETE")


def open_notebook(page: Page, lab: Lab, path: str) -> None:
    """Open a notebook and wait until its kernel answers."""
    page.goto(lab.page_url(path))
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.ready")


def run_command(page: Page, command: str) -> None:
    """Run one of JupyterLab's commands, as its menus do, to its end."""
    page.evaluate("command => window.jupyterapp.commands.execute(command)", command)


def run_all(page: Page) -> None:
    """Run every cell and wait for the last."""
    run_command(page, "notebook:run-all-cells")


def restart_kernel(page: Page) -> None:
    """Restart the kernel of the shown notebook, and wait until it answers."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")


def answers_on_disk(folder: Path, activity_id: str) -> dict[str, object]:
    """What `answers.json` holds for an activity."""
    path = folder / "answers.json"
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))["answers"].get(activity_id, {})
    return {item: entry["value"] for item, entry in kept.items()}


def saved(page: Page, activity_id: str) -> None:
    """Wait until an activity says that everything is saved."""
    status = page.locator(f'.ccjobs-activity[data-activity="{activity_id}"] .ccjobs-status')
    expect(status).to_have_attribute("data-status", "saved")
