"""From `release/` to the trainees: modules into the gradebook and the exchange."""

import shutil
import tempfile
from pathlib import Path

from ccjobs_utils.course.build import on_disk
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.nbgrader_front import generate_assignment, release_assignment


def is_released(project: Project, module_id: str) -> bool:
    """Whether the exchange holds this very release of a module, in every edition, and there is a gradebook."""
    gradebook = project.root / "gradebook.db"
    return gradebook.exists() and all(
        _below(project.release(edition) / module_id) == _below(outbound(project, edition) / module_id)
        for edition in EDITIONS
    )


def release_module(project: Project, module_id: str) -> None:
    """Enter a module into the gradebook and put it, in every edition, into the exchange.

    Raises:
        NbGraderRefused: if nbgrader does not accept it, for one because graded cells changed after the first hand-in;
            `release/` and the exchange are then as they were.
        FileNotFoundError: if the module has not been built.
    """
    # Entering cells into the gradebook makes nbgrader write a release too, and a refusal deletes it: it happens aside.
    with tempfile.TemporaryDirectory(prefix="ccjobs-release-") as folder:
        draft = Project(Path(folder))
        shutil.copy(project.root / "nbgrader_config.py", draft.root)
        for edition in EDITIONS:
            shutil.copytree(project.source(edition) / module_id, draft.source(edition) / module_id)
        generate_assignment(draft, "nb", module_id, gradebook=project)
    project.exchange.mkdir(exist_ok=True)
    for edition in EDITIONS:
        shutil.rmtree(outbound(project, edition) / module_id, ignore_errors=True)
        release_assignment(project, edition, module_id)


def outbound(project: Project, edition: str) -> Path:
    """Where the exchange keeps what trainees of an edition can fetch."""
    return project.exchange / EDITIONS[edition] / "outbound"


def _below(folder: Path) -> dict[Path, bytes]:
    return on_disk(folder, folder)
