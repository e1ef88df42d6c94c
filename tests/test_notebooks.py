"""Every notebook of every module runs, in both languages: nbval over what authors wrote and what trainees get."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course

from .conftest import ROOT

pytestmark = pytest.mark.xdist_group("nbval")

SOCKETS_IN_FILES = """
import os
from functools import partial

import nbval.kernel
from jupyter_core.paths import jupyter_runtime_dir

sockets = f"{jupyter_runtime_dir()}/nbval-{os.getpid()}"
nbval.kernel.KernelManager = partial(nbval.kernel.KernelManager, transport="ipc", ip=sockets)
"""
"""nbval's kernels take no ports, which another test's kernel could be given as well; nbval has no setting for it."""

MODULES = [module.id for module in Course(ROOT / "course").modules]


@pytest.mark.parametrize("module_id", MODULES)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("stage", ["source", "release"])
def test_a_notebook_runs_from_top_to_bottom(
    project: Project, tmp_path: Path, stage: str, edition: str, module_id: str
) -> None:
    folder = tmp_path / stage / edition / module_id
    shutil.copytree(project.root / stage / edition / module_id, folder)
    (tmp_path / "conftest.py").write_text(SOCKETS_IN_FILES, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-current-env",
               "--nbval-cell-timeout=60", f"--rootdir={tmp_path}", str(folder)]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        path.name for path in (project.root / stage / edition / module_id).iterdir()
    )
