"""The course as its authors wrote it: syllabus, facts, the company's policy, and the activities of each module."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import jinja2
from msgspec import Meta, Struct

from ccjobs_utils.activities.model import Activity, Fill, Slug, Text, load
from ccjobs_utils.activities.yaml_source import YamlSource


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
    planned: bool = False
    """Not written yet: it has no folder."""


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

    Reading any part raises InvalidFile (with file and line) if it breaks its rules.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.syllabus_source = YamlSource(folder / "syllabus.yaml")
        self.syllabus = self.syllabus_source.convert(Syllabus)

    @property
    def modules(self) -> list[Module]:
        """The modules that are written, in order."""
        return [module for module in self.syllabus.modules if not module.planned]

    def module(self, module_id: str) -> Module:
        """One written module.

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
    def policy(self) -> dict[str, Any]:
        """What holds at Nordlys Telekom, as its file says it; texts in both languages."""
        return YamlSource(self.folder / "data" / "nordlys.yaml").convert(dict[str, Any])

    def activities(self, module_id: str) -> dict[str, Activity]:
        """The activities of one module, with their key, the company's values filled in."""
        path = self.activities_path(module_id)
        return load(path, self.filler(module_id, lambda activity_id: load(path)[activity_id].points))

    def activities_path(self, module_id: str) -> Path:
        """Where a module's activities are written."""
        return self.folder / module_id / "activities.yaml"

    def lesson_path(self, module_id: str) -> Path:
        """Where a module's prose is written."""
        return self.folder / module_id / "lesson.md"

    def filler(self, module_id: str, points: Callable[[str], float]) -> Fill:
        """What puts the course's values into a text of a module.

        Arguments:
            module_id: the module.
            points: activity id → its points.

        Returns:
            (text, language) → text; it raises ValueError, naming what is unknown.
        """
        module = self.module(module_id)
        fills = {
            language: _Filler(
                language,
                {
                    "module": module,
                    "nordlys": _in_language(self.policy, language),
                    "facts": self.facts,
                    "points": points,
                },
            )
            for language in ("nb", "en")
        }
        return lambda text, language: fills[language](text)


class _Filler:
    """Jinja over one language's values."""

    def __init__(self, language: str, values: dict[str, Any]) -> None:
        self._values = values
        self._jinja = jinja2.Environment(
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - the result is Markdown, and the authors are trusted
            finalize=lambda value: _shown(value, language),
            keep_trailing_newline=True,
        )

    def __call__(self, text: str) -> str:
        if "{{" not in text and "{%" not in text:
            return text
        try:
            return self._jinja.from_string(text).render(self._values)
        except (jinja2.TemplateError, KeyError, TypeError) as error:
            raise ValueError(f"cannot fill in a value: {error}") from error


def _shown(value: Any, language: str) -> Any:
    """A value as people write it in that language: 12,5 in Norwegian, and whole numbers without a decimal part."""
    if isinstance(value, float):
        text = f"{value:.10g}"
        return text.replace(".", ",") if language == "nb" else text
    if isinstance(value, Text):
        return value.to(language)
    return value


def _in_language(data: Any, language: str) -> Any:
    if isinstance(data, dict):
        if data.keys() == {"nb", "en"}:
            return data[language]
        return {key: _in_language(value, language) for key, value in data.items()}
    if isinstance(data, list):
        return [_in_language(value, language) for value in data]
    return data
