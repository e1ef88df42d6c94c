"""The course as its authors wrote it: syllabus, facts, the company's policy, and the activities of each module."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import jinja2
from msgspec import Meta, Struct

from ccjobs_utils.activities.glossary import GLOSSARY, Term
from ccjobs_utils.activities.model import LANGUAGES, Activity, Call, Fill, Slug, Text, assignment_id, in_language, load
from ccjobs_utils.activities.yaml_source import InvalidFile, Problem, YamlSource
from ccjobs_utils.course.lesson import Lesson, read_lesson
from ccjobs_utils.desk.data import TABLES, BadTable, table_rows


class Module(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One module: what it is called, how long it takes, what it teaches of the source document."""

    id: Slug
    title: Text
    minutes: Annotated[int, Meta(gt=0)]
    pass_mark: Annotated[int, Meta(gt=0, le=100)]
    """Per cent of the module's points."""
    competencies: list[Slug]
    teaches: list[str]
    """Headings and bold terms of the source document, word for word."""
    data: list[Slug] = []
    """Data sets of `course/data/` that the trainee's notebook needs."""
    attempts: Annotated[int, Meta(gt=0)] = 1
    """How often a trainee may sit it; each attempt is an assignment of its own, with a draw of its own."""
    fatal_fails: bool = False
    """Whether a fatal error in one of its graded calls fails the module, whatever the points."""


class Assignment(NamedTuple):
    """One attempt of a module, as nbgrader knows it."""

    id: str
    module: Module
    attempt: int


class NotTaught(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the source document that the course leaves out, and why."""

    heading: str
    reason: str


class Syllabus(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole course, module by module."""

    title: Text
    modules: list[Module]
    not_taught: list[NotTaught]


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """A legal or statistical fact that the course states."""

    value: float | int | str
    statement: Text
    source: str
    checked: str
    """The day it was checked, as YYYY-MM-DD."""
    standing: str
    unit: str | None = None


class Course:
    """What stands in a project's `course/` folder.

    Arguments:
        folder: that folder.

    Each part is read when it is first asked for, and raises InvalidFile (with file and line) if it breaks its rules.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.syllabus_source = YamlSource(folder / "syllabus.yaml")
        self.syllabus = self.syllabus_source.convert(Syllabus)
        self._activities: dict[str, dict[str, Activity]] = {}
        self._lessons: dict[str, Lesson] = {}

    @property
    def modules(self) -> list[Module]:
        """The modules, in order."""
        return self.syllabus.modules

    @property
    def assignments(self) -> dict[str, Assignment]:
        """Every attempt of every module, in order: what nbgrader knows it by → which attempt of which module it is."""
        attempts = [(module, attempt) for module in self.modules for attempt in range(1, module.attempts + 1)]
        made = [Assignment(assignment_id(module.id, attempt), module, attempt) for module, attempt in attempts]
        return {assignment.id: assignment for assignment in made}

    def module(self, module_id: str) -> Module:
        """One module.

        Raises:
            KeyError: naming the modules that exist.
        """
        for module in self.modules:
            if module.id == module_id:
                return module
        raise KeyError(f"there is no module {module_id}; the modules are {', '.join(m.id for m in self.modules)}")

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Fact id → fact."""
        return YamlSource(self.folder / "facts.yaml").convert(dict[Slug, Fact])

    @cached_property
    def glossary(self) -> dict[str, Term]:
        """Term id → term."""
        return YamlSource(self.folder / GLOSSARY).convert(dict[Slug, Term])

    @cached_property
    def policy(self) -> dict[str, Any]:
        """What holds at Nordlys Telekom, as its file says it; texts in both languages."""
        return YamlSource(self.folder / "data" / "nordlys.yaml").convert(dict[str, Any])

    @cached_property
    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The company's small tables: name → what stands in the first column → row."""
        tables = {}
        for name in TABLES:
            path = self.folder / "data" / f"{name}.csv"
            try:
                tables[name] = table_rows(path)
            except BadTable as error:
                raise InvalidFile([Problem(path, error.line, str(error))]) from error
        return tables

    def activities(self, module_id: str) -> dict[str, Activity]:
        """The activities of one module, with their key, the company's values filled in; read once."""
        if module_id not in self._activities:
            path = self.activities_path(module_id)
            fill = self._filler(module_id, lambda activity_id: load(path, _NoTexts(self))[activity_id].points)
            self._activities[module_id] = load(path, fill)
        return dict(self._activities[module_id])

    def lesson(self, module_id: str) -> Lesson:
        """The prose and code of one module, values not filled in; read once."""
        if module_id not in self._lessons:
            self._lessons[module_id] = read_lesson(self.lesson_path(module_id))
        return self._lessons[module_id]

    @property
    def calls(self) -> dict[str, Call]:
        """Every simulated call, with its key: call id → call."""
        activities = (item for module in self.modules for item in self.activities(module.id).items())
        return {key: activity for key, activity in activities if isinstance(activity, Call)}

    def activities_path(self, module_id: str) -> Path:
        """Where a module's activities are written."""
        return self.folder / module_id / "activities.yaml"

    def lesson_path(self, module_id: str) -> Path:
        """Where a module's prose is written."""
        return self.folder / module_id / "lesson.md"

    def filler(self, module_id: str) -> Fill:
        """What puts the course's values into a module's prose."""
        return self._filler(module_id, lambda activity_id: self.activities(module_id)[activity_id].points)

    def _filler(self, module_id: str, points: Callable[[str], float]) -> Fill:
        return _Filler(self, {"module": self.module(module_id), "points": points})


class _Filler:
    """Jinja over the course's values; its errors name what is unknown."""

    def __init__(self, course: Course, values: dict[str, Any]) -> None:
        self._values = {
            language: {
                "nordlys": in_language(course.policy, language),
                "facts": course.facts,
                **{name: _rows_in_language(rows, language) for name, rows in course.tables.items()},
                **values,
            }
            for language in LANGUAGES
        }
        self._jinja = {
            language: jinja2.Environment(
                undefined=jinja2.StrictUndefined,
                autoescape=False,  # noqa: S701 - the result is Markdown, and the authors are trusted
                finalize=partial(_shown, language=language),
                keep_trailing_newline=True,
            )
            for language in LANGUAGES
        }
        for environment in self._jinja.values():
            # Jinja's own makes the rest lower-case, names and all.
            environment.filters["capitalize"] = lambda text: text[:1].upper() + text[1:]

    def text(self, text: str, language: str) -> str:
        if "{{" not in text and "{%" not in text:
            return text
        try:
            return self._jinja[language].from_string(text).render(self._values[language])
        except _CANNOT_FILL as error:
            raise ValueError(f"cannot fill in a value: {error}") from error

    def value(self, expression: str) -> Any:
        try:
            found = self._jinja["en"].compile_expression(expression, undefined_to_none=False)(self._values["en"])
            # Using an unknown value in any way raises; bare, it would be handed on.
            return found if not isinstance(found, jinja2.Undefined) else str(found)
        except _CANNOT_FILL as error:
            raise ValueError(f"cannot fill in a value: {error}") from error


_CANNOT_FILL = (jinja2.TemplateError, KeyError, TypeError, ZeroDivisionError)


class _NoTexts(_Filler):
    """Fills in values only: what points are worth must be known before the texts that tell them."""

    def __init__(self, course: Course) -> None:
        super().__init__(course, {})

    def text(self, text: str, language: str) -> str:  # noqa: ARG002 - as `Fill` has it
        return text


def _shown(value: Any, language: str) -> Any:
    """A value as people write it in that language: 12,5 in Norwegian, and whole numbers without a decimal part."""
    if isinstance(value, float):
        text = f"{value:.10g}"
        return text.replace(".", ",") if language == "nb" else text
    if isinstance(value, Text):
        return value.to(language)
    return value


def _rows_in_language(rows: dict[str, dict[str, Any]], language: str) -> dict[str, dict[str, Any]]:
    """The rows of a table, ``name_nb`` and ``name_en`` as one ``name``."""
    ending = f"_{language}"
    return {
        key: {
            column.removesuffix(ending): value
            for column, value in row.items()
            if column.endswith(ending) or column[-3:] not in ("_nb", "_en")
        }
        for key, row in rows.items()
    }
