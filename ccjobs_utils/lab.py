"""JupyterLab as a trainee and as a trainer sees it: one server each, with its own settings below `.ccjobs/`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ccjobs_utils.course.project import EDITIONS, Project

_FOR_TRAINERS = ("formgrader", "create-assignment", "course-list")


def start_trainee(project: Project, edition: str, module_id: str, *, port: int, browser: bool) -> int:
    """Open the course in JupyterLab as a trainee, in the workspace, and wait until it is closed.

    Arguments:
        project: whose workspace.
        edition: ``nb`` or ``en``.
        module_id: the module to open.
        port: the port to listen on; the next free one is taken if it is in use.
        browser: whether to open a web browser.

    Returns:
        the server's exit code.
    """
    settings = {
        "c.Exchange.root": str(project.exchange),
        "c.Exchange.cache": str(project.state / "hand-ins"),
        "c.Exchange.assignment_dir": str(project.workspace),
        "c.Exchange.path_includes_course": True,
        "c.CourseDirectory.ignore": _ignored(project),
    }
    home = project.state / f"trainee-{edition}"
    environment = settings_for(home, hidden=_FOR_TRAINERS)
    lines = ["c = get_config()", *(f"{name} = {value!r}" for name, value in settings.items())]
    (home / "config" / "nbgrader_config.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = f"{EDITIONS[edition]}/{module_id}/{module_id}.ipynb"
    return _serve(project.workspace, f"/lab/tree/{page}", environment, port=port, browser=browser)


def start_trainer(project: Project, edition: str, *, port: int, browser: bool) -> int:
    """Open JupyterLab with formgrader as a trainer, in the project, and wait until it is closed.

    Arguments are those of `start_trainee`; `edition` is the one that formgrader's buttons build, release and
    collect.
    """
    environment = settings_for(project.state / "trainer", hidden=("assignment-list",))
    return _serve(project.root, "/lab", environment | {"CCJOBS_EDITION": edition}, port=port, browser=browser)


def _ignored(project: Project) -> list[str]:
    from ccjobs_utils.nbgrader_front import settings

    return list(settings(project, "nb").CourseDirectory.ignore)


def settings_for(home: Path, hidden: tuple[str, ...]) -> dict[str, str]:
    """Settings that a first start finds in place; what a person changed afterwards in JupyterLab stays.

    Arguments:
        home: the folder that keeps them.
        hidden: nbgrader's extensions that this person does not need.

    Returns:
        the environment variables that point JupyterLab to them.
    """
    config = home / "config"
    disabled = {f"@jupyter/nbgrader:{name}": True for name in hidden} | {"jupyterlab-jupytext": True}
    # Without buildAvailable, JupyterLab starts Node.js at every page to ask whether it should be rebuilt.
    _write(config / "labconfig" / "page_config.json", {"disabledExtensions": disabled, "buildAvailable": False})
    extensions = {"jupytext": False, "nbgrader.server_extensions.formgrader": "formgrader" not in hidden}
    _write(config / "jupyter_server_config.json", {"ServerApp": {"jpserver_extensions": extensions}})
    own = home / "lab-settings" / "@jupyterlab"
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    _write_once(own / "apputils-extension" / "notification.jupyterlab-settings", quiet)
    # Off-screen cells stay in the page, so that search, screen readers and printing see the whole lesson.
    _write_once(own / "notebook-extension" / "tracker.jupyterlab-settings", {"windowingMode": "none"})
    return {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "lab-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "lab-workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _serve(root: Path, url: str, environment: dict[str, str], *, port: int, browser: bool) -> int:
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}",
        f"--LabApp.default_url={url}",
        "--log-level=WARN",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    process = subprocess.Popen(command, cwd=root, env=os.environ | environment)  # noqa: S603 - our own command
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The server got the same Ctrl-C and asks whether to stop; it decides when this ends.
            continue


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def _write_once(path: Path, data: dict[str, Any]) -> None:
    if not path.exists():
        _write(path, data)
