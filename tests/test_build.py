"""From course/ to source/ and release/: fresh, the same every time, equal in both languages where it must be."""

from collections.abc import Callable

import nbformat
import pytest

from ccjobs_utils.activities.yaml_source import InvalidFile
from ccjobs_utils.course.build import build, build_source, differences, stale, swap_in
from ccjobs_utils.course.project import EDITIONS, Project, UnknownEdition, edition_named
from ccjobs_utils.course.syllabus import Course


def quiet(_: str) -> None:
    pass


def test_the_committed_notebooks_are_fresh(project: Project) -> None:
    assert stale(project, quiet) == []


def test_a_build_is_the_same_every_time(project: Project) -> None:
    assert build_source(project, Course(project.course)) == build_source(project, Course(project.course))


def test_building_makes_what_is_missing_and_removes_what_is_not_wanted(copy_of_project: Callable[..., Project]) -> None:
    copied = copy_of_project(built=False)
    leftover = copied.release("nb") / "99-gone" / "99-gone.ipynb"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("{}", encoding="utf-8")
    assert stale(copied, quiet)
    build(copied, quiet)
    assert not leftover.exists()
    assert stale(copied, quiet) == []


def test_a_changed_file_is_stale(copy_of_project: Callable[..., Project]) -> None:
    copied = copy_of_project()
    path = next(copied.source("en").rglob("*.ipynb"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert path.relative_to(copied.root) in stale(copied, quiet)


def test_a_build_that_fails_leaves_the_last_good_one(copy_of_project: Callable[..., Project]) -> None:
    copied = copy_of_project()
    before = {path: path.read_bytes() for path in copied.root.rglob("release/**/*") if path.is_file()}
    module = Course(copied.course).modules[0].id
    (copied.course / module / "activities.yaml").write_text("broken: [", encoding="utf-8")
    with pytest.raises(InvalidFile):
        build(copied, quiet)
    assert before == {path: path.read_bytes() for path in copied.root.rglob("release/**/*") if path.is_file()}


def test_swapping_in_leaves_exactly_the_wanted_files(copy_of_project: Callable[..., Project]) -> None:
    copied = copy_of_project(built=False)
    folder = copied.source("nb")
    wanted = {folder.relative_to(copied.root) / "a" / "b.txt": b"one"}
    swap_in(copied.root, folder, wanted)
    assert differences(copied.root, folder, wanted) == []
    (folder / "stray.txt").write_text("x", encoding="utf-8")
    assert [path.name for path in differences(copied.root, folder, wanted)] == ["stray.txt"]


def test_both_editions_have_the_same_graded_cells(project: Project) -> None:
    for module in Course(project.course).modules:
        graded = []
        for edition in EDITIONS:
            notebook = nbformat.read(project.release(edition) / module.id / f"{module.id}.ipynb", as_version=4)
            graded.append([(c.id, c.source, c.metadata.nbgrader) for c in notebook.cells if "nbgrader" in c.metadata])
        assert graded[0] == graded[1]
        assert graded[0]


def test_released_notebooks_show_no_code_that_a_trainee_need_not_see(project: Project) -> None:
    for module in Course(project.course).modules:
        notebook = nbformat.read(project.release("nb") / module.id / f"{module.id}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                assert not cell.outputs
                hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
                shows = cell.source.startswith(("activity(", "staffing_board(", "progress(", "from "))
                assert hidden == shows, cell.source


def test_an_unknown_edition_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownEdition, match="nb, en"):
        edition_named("sv")


def test_a_capital_letter_leaves_the_names_after_it_alone(project: Project) -> None:
    fill = Course(project.course).filler("02-call-handling")
    assert fill.text("{{ nordlys.bills.pay_on | capitalize }}.", "en") == "My Page or in the online bank."
    assert fill.text("{{ nordlys.outbound.call_back | capitalize }}.", "nb").startswith("Kunden kan alltid")
