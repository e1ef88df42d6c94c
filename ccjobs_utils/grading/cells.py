"""Cells on their way through nbgrader: what the gradebook learns of a module, and what is put right in a hand-in."""

import copy
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells

from ccjobs_utils.activities.model import Response
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course


class SaveActivityCells(SaveCells):  # type: ignore[misc]  # nbgrader is untyped
    """Saves a module's cells to the gradebook, a written answer as one that a trainer marks and comments on.

    In the trainee's notebook such a cell stays a plain grade cell: nbgrader's Validate takes an unchanged solution cell
    for a missing answer, and the answer is not in the cell.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save `nb`, and return it unchanged."""
        marked = copy.deepcopy(nb)
        for cell in marked.cells:
            is_response = cell.metadata.get("ccjobs", {}).get("kind") == Response.__struct_config__.tag
            if is_response and "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.update(solution=True, locked=False)
        super().preprocess(marked, resources)
        return nb, resources


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is untyped
    """Puts the graded cells of a hand-in back to what was released.

    A hand-in may have lost a cell, doubled one, or changed its flags, any of which stock nbgrader answers with a crash
    or a missing score. Whatever was done to them, the graded cells afterwards are the released ones, each once.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the hand-in with its graded cells restored, and nothing else of it changed."""
        coursedir = CourseDirectory(config=self.config)
        released = _released(
            Path(coursedir.root), resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
        )
        if released is None:
            return nb, resources
        wanted = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if "nbgrader" in cell.metadata}
        kept: dict[str, int] = {}
        cells: list[NotebookNode] = []
        for cell in nb.cells:
            flags = cell.metadata.pop("nbgrader", None)
            grade_id = flags.get("grade_id") if isinstance(flags, dict) else None
            if isinstance(grade_id, str) and grade_id in wanted and grade_id not in kept:
                kept[grade_id] = len(cells)
                cells.append(_restored(cell, wanted[grade_id]))
            else:
                cells.append(cell)
        before = -1
        for grade_id, original in wanted.items():
            if grade_id in kept:
                before = max(before, kept[grade_id])
                continue
            self.log.warning("cell %s is missing from the hand-in; it was put back", grade_id)
            before += 1
            cells.insert(before, copy.deepcopy(original))
            kept = {key: place + (place >= before) for key, place in kept.items()}
        nb.cells = cells
        return nb, resources


def _restored(cell: NotebookNode, original: NotebookNode) -> NotebookNode:
    """The released cell, with the trainee's code in it where the trainee was to write."""
    restored = copy.deepcopy(original)
    if original.metadata.nbgrader.solution and cell.cell_type == original.cell_type:
        restored.source = cell.source
    return restored


def _released(root: Path, assignment: str, notebook_id: str) -> NotebookNode | None:
    """The released notebook, in any edition: graded cells are the same in all. None for a foreign assignment."""
    project = Project(root)
    if assignment not in Course(project.course).assignments:
        return None
    for edition in EDITIONS:
        path = project.release(edition) / assignment / f"{notebook_id}.ipynb"
        if path.is_file():
            return nbformat.read(path, as_version=4)
    return None
