"""nbgrader, run in this process with the project's own settings: one word for what its commands do.

Every function raises NbGraderRefused with nbgrader's own log when nbgrader does not succeed.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from ccjobs_utils.course.project import NbGraderRefused, Project

_NOT_OURS: tuple[tuple[type[Warning], str], ...] = (
    (SAWarning, ""),  # nbgrader 0.9.6 causes it whenever it creates a submission; nothing is wrong
    (DeprecationWarning, "Passing unrecognized arguments to super.ExchangeReleaseFeedback"),  # its misspelt argument
    (ResourceWarning, "unclosed file"),  # its release of feedback leaves a file for the interpreter to close
    (DuplicateCellId, ""),  # a hand-in's own doubled cells; they are put right
    (MissingIDFieldWarning, ""),  # a hand-in from an old editor; put right as well
)
"""Warnings that nobody who runs these commands can act on."""


def generate_assignment(project: Project, edition: str, module_id: str, gradebook: Project | None = None) -> None:
    """Make a module's trainee notebook in `release/`, its cells entered into the gradebook (or another project's)."""
    config = settings(project, edition)
    if gradebook is not None:
        config.CourseDirectory.db_url = settings(gradebook, edition).CourseDirectory.db_url
    _run(config, "generate_assignment", module_id)


def release_assignment(project: Project, edition: str, module_id: str) -> None:
    """Put a module's `release/` into the exchange, for trainees to fetch."""
    _run(settings(project, edition), "release_assignment", module_id)


def collect(project: Project, edition: str, module_id: str) -> None:
    """Take the newest hand-ins of a module from the exchange into `submitted/`."""
    _run(settings(project, edition), "collect", module_id, update=True)


def autograde(project: Project, module_id: str, trainee: str) -> str:
    """Grade one hand-in; returns what nbgrader logged."""
    return _run(settings(project, "nb"), "autograde", module_id, trainee, force=True)


def generate_feedback(project: Project, module_id: str, trainee: str) -> None:
    """Make one trainee's feedback page."""
    _run(settings(project, "nb"), "generate_feedback", module_id, trainee, force=True)


def release_feedback(project: Project, edition: str, module_id: str, trainee: str) -> None:
    """Put one trainee's feedback page into the exchange."""
    _run(settings(project, edition), "release_feedback", module_id, trainee)


def fetch_assignment(project: Project, edition: str, module_id: str) -> None:
    """Fetch a module into the embedded trainee's workspace; files that are there already are left alone."""
    config = settings(project, edition)
    config.Exchange.assignment_dir = str(project.workspace)
    config.ExchangeFetchAssignment.replace_missing_files = True
    config.CourseDirectory.assignment_id = module_id
    coursedir = CourseDirectory(config=config)
    fetch = ExchangeFactory(config=config).FetchAssignment(
        coursedir=coursedir, authenticator=Authenticator(config=config), config=config
    )
    fetch.start()


def settings(project: Project, edition: str) -> Config:
    """nbgrader's settings of a project, for one edition."""
    with _environment("CCJOBS_EDITION", edition):
        return PyFileConfigLoader("nbgrader_config.py", path=str(project.root)).load_config()


def _run(config: Config, action: str, *arguments: str, **options: bool) -> str:
    """Let nbgrader's API do one thing, and return what it logged."""
    with warnings.catch_warnings():
        for category, message in _NOT_OURS:
            warnings.filterwarnings("ignore", message, category)
        api = NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)
        result = getattr(api, action)(*arguments, **options)
    log = str(result.get("log", ""))
    if not result["success"]:
        raise NbGraderRefused("\n".join(part for part in (log.strip(), str(result.get("error", "")).strip()) if part))
    return log


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
