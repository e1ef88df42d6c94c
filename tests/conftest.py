"""Shared by all tests: the project under test, and copies of it to break."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from ccjobs_utils.course.project import Project

# No test fails for being slow on a busy machine.
hypothesis.settings.register_profile("ccjobs", deadline=None)
hypothesis.settings.load_profile("ccjobs")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def _kernels_of_our_own() -> Iterator[None]:
    """A short folder for kernels' sockets: with ports, two tests beside each other can be given the same one."""
    with tempfile.TemporaryDirectory(prefix="ccj") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNTIME_DIR", folder)
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    """This very checkout; tests only read it."""
    return Project(ROOT)


@pytest.fixture
def copy_of_project(tmp_path: Path) -> Callable[..., Project]:
    """Makes a copy of the project in a temporary folder, for tests that write."""

    def copy(*, built: bool = True) -> Project:
        copied = Project(tmp_path / "project")
        copied.root.mkdir()
        shutil.copy(ROOT / "nbgrader_config.py", copied.root)
        shutil.copytree(ROOT / "course", copied.course)
        for stage in ("source", "release") if built else ():
            shutil.copytree(ROOT / stage, copied.root / stage)
        return copied

    return copy
