"""From `course/` to `source/` and `release/`: instructor notebooks from lessons, trainee notebooks by nbgrader.

Everything is made in memory or in a temporary folder first and swapped in when it is whole: a build that fails leaves
the last good one in place. The same course gives the same bytes.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import nbformat
from nbformat.notebooknode import NotebookNode

from ccjobs_utils.activities.model import Activity, Exercise, Handout, public
from ccjobs_utils.activities.notebook import HANDOUT
from ccjobs_utils.activities.way import OUTLINE, Outline, Stop, count_items
from ccjobs_utils.activities.yaml_source import InvalidFile, Problem
from ccjobs_utils.course.contents import with_contents
from ccjobs_utils.course.lesson import Code, Lesson, Prose
from ccjobs_utils.course.project import EDITIONS, Project
from ccjobs_utils.course.syllabus import Course
from ccjobs_utils.course.terms import terms_in, with_links, word_list

README = "README.md"

Files = dict[Path, bytes]
"""Path below the project's root → what the file holds."""


def build_source(project: Project, course: Course) -> Files:
    """Every file of `source/`, made from `course/`.

    Arguments:
        project: whose source.
        course: its course.

    Raises:
        InvalidFile: with every problem found in a module's lesson or activities.
    """
    files: Files = {}
    problems: list[Problem] = []
    for assignment, module, attempt in course.assignments.values():
        try:
            activities = course.activities(module.id)
            for edition in EDITIONS:
                folder = project.source(edition).relative_to(project.root) / assignment
                notebook = build_notebook(course, module.id, edition)
                files[folder / f"{assignment}.ipynb"] = (nbformat.writes(notebook, indent=1) + "\n").encode()
                handout = Handout(module=module.id, edition=edition, activities=public(activities), attempt=attempt)
                files[folder / HANDOUT] = _json(handout)
                if any(isinstance(piece, Code) and piece.is_way for piece in course.lesson(module.id)):
                    files[folder / OUTLINE] = _json(outline(course, edition))
                for name in module.data:
                    files[folder / "data" / f"{name}.csv"] = (project.course / "data" / f"{name}.csv").read_bytes()
        except InvalidFile as error:
            problems += error.problems
        except FileNotFoundError as error:
            problems.append(Problem(Path(str(error.filename)), 1, f"this file of module {module.id} is missing"))
    if problems:
        raise InvalidFile(problems)
    return files


def outline(course: Course, edition: str) -> Outline:
    """The course as its first page draws it.

    Raises:
        InvalidFile: if a module's activities cannot be read.
    """
    stops = [
        Stop(
            id=module.id,
            title=module.title.to(edition),
            minutes=module.minutes,
            pass_mark=module.pass_mark,
            attempts=module.attempts,
            fatal_fails=module.fatal_fails,
            items=count_items(course.activities(module.id)),
        )
        for module in course.modules
    ]
    return Outline(edition=edition, stops=stops)


def _json(data: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(data), indent=1) + b"\n"


def build_notebook(course: Course, module_id: str, edition: str) -> NotebookNode:
    """One module's instructor notebook, with solutions.

    Raises:
        InvalidFile: with every problem found in its lesson or activities.
    """
    path = course.lesson_path(module_id)
    lesson = course.lesson(module_id)
    activities = course.activities(module_id)
    fill = course.filler(module_id)
    cells = []
    problems = []
    for position, piece in enumerate(lesson):
        if isinstance(piece, Prose):
            try:
                text = with_links(fill.text(piece.text[edition], edition), edition, course.glossary)
            except ValueError as error:
                problems.append(Problem(path, piece.line[edition], str(error)))
                continue
            cells.append(nbformat.v4.new_markdown_cell(text, id=f"text-{position:03d}"))
        elif piece.activity_id is None:
            cells.append(_code_cell(piece, _exercise_of(lesson, position), position))
        elif piece.activity_id in activities:
            cells.append(_activity_cell(piece.activity_id, activities[piece.activity_id], position))
        else:
            problems.append(Problem(path, piece.line, f"there is no activity {piece.activity_id} in activities.yaml"))
    if problems:
        raise InvalidFile(problems)
    linked = [key for piece in lesson if isinstance(piece, Prose) for key in terms_in(piece.text[edition])]
    if linked:
        cells.append(nbformat.v4.new_markdown_cell(word_list(linked, edition, course.glossary), id="word-list"))
    notebook = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "ccjobs": {"edition": edition, "module": module_id},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(notebook)
    return notebook


def build_release(project: Project, source: Files, edition: str) -> Files:
    """Every file of one edition's `release/`, made from its source by nbgrader in a temporary project.

    Arguments:
        project: whose nbgrader settings count.
        source: what `build_source` made.
        edition: ``nb`` or ``en``.

    Raises:
        NbGraderRefused: with nbgrader's own words if it cannot make a trainee's notebook.
    """
    from ccjobs_utils.nbgrader_front import generate_assignment

    with tempfile.TemporaryDirectory(prefix="ccjobs-build-") as folder:
        draft = Project(Path(folder))
        shutil.copy(project.root / "nbgrader_config.py", draft.root)
        mine = project.source(edition).relative_to(project.root)
        write(draft.root, {path: data for path, data in source.items() if path.is_relative_to(mine)})
        module_ids = sorted({path.relative_to(mine).parts[0] for path in source if path.is_relative_to(mine)})
        for module_id in module_ids:
            generate_assignment(draft, edition, module_id)
        return on_disk(draft.root, draft.release(edition))


def write(root: Path, files: Files) -> None:
    """Write files below `root`, making their folders."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def swap_in(root: Path, folder: Path, files: Files) -> None:
    """Make `folder` hold exactly `files` (paths below `root`): the old one stays until the new one is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        new = Path(scratch) / "new"
        new.mkdir()
        write(new, {(root / path).relative_to(folder): data for path, data in files.items()})
        if folder.exists():
            folder.rename(Path(scratch) / "old")
        new.rename(folder)


def on_disk(root: Path, folder: Path) -> Files:
    """What lies in `folder`, as paths below `root`."""
    return {
        path.relative_to(root): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    }


def differences(root: Path, folder: Path, wanted: Files) -> list[Path]:
    """The files of `folder` that are not byte for byte as wanted: changed, missing, or there without a reason."""
    found = on_disk(root, folder)
    return sorted(path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path))


def build(project: Project, step: Callable[[str], None]) -> None:
    """Make `source/`, `release/` and the README's table anew.

    Arguments:
        project: whose course to build.
        step: called with the name of each stage as it begins.

    Raises:
        InvalidFile: if the course breaks its rules.
        NbGraderRefused: if nbgrader refuses.
    """
    course = Course(project.course)
    for folder, files in _stages(project, course, step):
        swap_in(project.root, folder, files)
    write(project.root, _readme(project, course))


def stale(project: Project, step: Callable[[str], None]) -> list[Path]:
    """The files that `build` makes and `course/` does not give byte for byte; empty when all is fresh."""
    course = Course(project.course)
    stages = _stages(project, course, step)
    old = [path for folder, files in stages for path in differences(project.root, folder, files)]
    return old + [path for path, data in _readme(project, course).items() if (project.root / path).read_bytes() != data]


def _readme(project: Project, course: Course) -> Files:
    """The README with its table as the course has it; nothing where there is no README."""
    path = project.root / README
    if not path.is_file():
        return {}
    return {Path(README): with_contents(path.read_text(encoding="utf-8"), course).encode()}


def _stages(project: Project, course: Course, step: Callable[[str], None]) -> list[tuple[Path, Files]]:
    step("source")
    source = build_source(project, course)
    stages = []
    for edition in EDITIONS:
        folder = project.source(edition)
        mine = {path: data for path, data in source.items() if (project.root / path).is_relative_to(folder)}
        stages.append((folder, mine))
    for edition in EDITIONS:
        step(f"release/{edition}")
        stages.append((project.release(edition), build_release(project, source, edition)))
    return stages


def _exercise_of(lesson: Lesson, position: int) -> str | None:
    """The exercise that a code cell belongs to: the activity shown right after it."""
    after = lesson[position + 1] if position + 1 < len(lesson) else None
    return after.activity_id if isinstance(after, Code) else None


def _code_cell(code: Code, exercise_id: str | None, position: int) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(code.source, id=f"code-{position:03d}")
    if code.is_setup or code.is_picture:
        cell.metadata["jupyter"] = {"source_hidden": True}
    elif code.has_solution and exercise_id:
        cell.id = f"{exercise_id}-code"
        # A trainee's error in this cell must not stop Run All: the pages below still appear.
        cell.metadata["tags"] = ["raises-exception"]
        cell.metadata["nbgrader"] = _flags(f"{exercise_id}-code", solution=True)
    return cell


def _activity_cell(activity_id: str, activity: Activity, position: int) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(f'activity("{activity_id}")', id=f"{activity_id}-{position:03d}")
    cell.metadata["jupyter"] = {"source_hidden": True}
    # Validate reports what is missing by raising here; the rest of the page must still run.
    cell.metadata["tags"] = ["raises-exception"]
    cell.metadata["ccjobs"] = {"kind": activity.__struct_config__.tag}
    if activity.graded:
        bonus = isinstance(activity, Exercise) and activity.bonus
        cell.metadata["nbgrader"] = _flags(activity_id, grade=True, points=0.0 if bonus else activity.points)
    return cell


def _flags(
    grade_id: str, *, grade: bool = False, solution: bool = False, points: float | None = None
) -> dict[str, object]:
    """nbgrader's cell metadata, schema 3."""
    flags: dict[str, object] = {
        "cell_type": "code",
        "grade": grade,
        "grade_id": grade_id,
        "locked": grade,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        flags["points"] = points
    return flags
