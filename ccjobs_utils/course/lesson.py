"""A lesson as its author wrote it: prose as twins in both languages, code once."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import jupytext

from ccjobs_utils.activities.yaml_source import InvalidFile, Problem

SOLUTION = "### BEGIN SOLUTION"


class Prose(NamedTuple):
    """A piece of prose, language → Markdown, and the line of each in the file."""

    text: dict[str, str]
    line: dict[str, int]


class Code(NamedTuple):
    """A code cell and its line in the file."""

    source: str
    line: int

    @property
    def activity_id(self) -> str | None:
        """The activity that this cell shows, if it is one call of ``activity("id")``."""
        match _parsed(self.source):
            case ast.Module(
                body=[
                    ast.Expr(
                        value=ast.Call(
                            func=ast.Name(id="activity"), args=[ast.Constant(value=str() as activity_id)], keywords=[]
                        )
                    )
                ]
            ):
                return activity_id
        return None

    @property
    def is_picture(self) -> bool:
        """Whether this cell only shows the staffing board, or the way through the course."""
        return self.source.strip() == "staffing_board()" or self.is_way

    @property
    def is_way(self) -> bool:
        """Whether this cell only shows the way through the course."""
        return self.source.strip() == "progress()"

    @property
    def is_setup(self) -> bool:
        """Whether this cell only imports."""
        tree = _parsed(self.source)
        return (
            tree is not None and bool(tree.body) and all(isinstance(s, (ast.Import, ast.ImportFrom)) for s in tree.body)
        )

    @property
    def has_solution(self) -> bool:
        """Whether this is the code cell of an exercise."""
        return SOLUTION in self.source

    @property
    def calls_activity(self) -> bool:
        """Whether ``activity(…)`` is called anywhere in the cell."""
        tree = _parsed(self.source)
        return tree is not None and any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "activity"
            for node in ast.walk(tree)
        )


Lesson = list[Prose | Code]


def read_lesson(path: Path) -> Lesson:
    """Read a ``lesson.md``.

    Arguments:
        path: the file, MyST notebook text.

    Returns:
        its pieces in order.

    Raises:
        InvalidFile: if twins do not pair, prose names no language, code does not parse, or activity() is called other
            than alone in its cell; every problem with its line.
        OSError: if the file cannot be read.
    """
    text = path.read_text(encoding="utf-8")
    starts = _cell_lines(text)
    try:
        cells = [cell for cell in jupytext.reads(text, fmt="md:myst").cells if cell.source.strip() or cell.metadata]
    except Exception as error:
        raise InvalidFile([Problem(path, 1, f"not MyST notebook text: {error}")]) from error
    if len(cells) != len(starts):
        message = 'every piece of prose starts with a line such as +++ {"lang": "nb"}'
        raise InvalidFile([Problem(path, starts[0][1] if starts else 1, message)])
    lesson: Lesson = []
    problems: list[Problem] = []
    waiting: tuple[str, int] | None = None
    for cell, (kind, line) in zip(cells, starts, strict=True):
        if kind == "code":
            if waiting:
                problems.append(Problem(path, waiting[1], "this Norwegian text has no English twin right after it"))
                waiting = None
            code = Code(cell.source, line)
            problems += [Problem(path, line, message) for message in _code_faults(code)]
            lesson.append(code)
            continue
        match (cell.metadata.get("lang"), waiting):
            case ("nb", None):
                waiting = (cell.source, line)
            case ("nb", (_, earlier)):
                problems.append(Problem(path, earlier, "this Norwegian text has no English twin right after it"))
                waiting = (cell.source, line)
            case ("en", None):
                problems.append(Problem(path, line, "this English text has no Norwegian twin right before it"))
            case ("en", (norwegian, earlier)):
                lesson.append(Prose({"nb": norwegian, "en": cell.source}, {"nb": earlier, "en": line}))
                waiting = None
            case (other, _):
                problems.append(Problem(path, line, f'prose needs {{"lang": "nb"}} or {{"lang": "en"}}, not {other!r}'))
    if waiting:
        problems.append(Problem(path, waiting[1], "this Norwegian text has no English twin right after it"))
    if problems:
        raise InvalidFile(problems)
    return lesson


def _cell_lines(text: str) -> list[tuple[str, int]]:
    """Kind and first line of every cell, in order; jupytext itself keeps no line numbers."""
    starts: list[tuple[str, int]] = []
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            fence = "" if line.strip() == fence else fence
        elif found := re.match(r"(`{3,})\{code-cell\}", line):
            fence = found[1]
            starts.append(("code", number))
        elif found := re.match(r"(`{3,}|~{3,})", line):
            fence = found[1]
        elif line.startswith("+++"):
            starts.append(("prose", number))
    return starts


def _code_faults(code: Code) -> list[str]:
    tree = _parsed(code.source)
    if tree is None:
        return ["this code is not valid Python"]
    if code.calls_activity and code.activity_id is None:
        return ['activity("id") stands alone in its cell, with the id as plain text']
    return []


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None
