"""The prose of the lessons: its terms, its job aids, its length, and that no two modules say the same."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ccjobs_utils.activities.glossary import GLOSSARY
from ccjobs_utils.activities.model import LANGUAGES, Activity, sources
from ccjobs_utils.activities.yaml_source import InvalidFile, Problem, YamlSource
from ccjobs_utils.course.handbook import CARD, cards_in
from ccjobs_utils.course.lesson import Lesson, Prose
from ccjobs_utils.course.minutes import WITHIN, measured, read_text
from ccjobs_utils.course.syllabus import Course, Module
from ccjobs_utils.course.terms import terms_in

LEAST_PARAGRAPH = 12
"""Shorter ones, such as how a page is made ready, may stand in every module; longer ones are noticed."""


def card_faults(course: Course, module: Module, lesson: Lesson) -> Iterator[Problem]:
    """A module that teaches has one job aid, in each language."""
    for language in LANGUAGES:
        if module.teaches and len(cards_in(lesson, language)) != 1:
            said = f"one section has the heading {CARD.to(language)}: it goes into the handbook"
            yield Problem(course.lesson_path(module.id), 1, said)


def minutes_faults(course: Course, module: Module, activities: Mapping[str, Activity]) -> Iterator[Problem]:
    """The syllabus' minutes against what the module's own content takes, in each language."""
    position = course.modules.index(module)
    for language in LANGUAGES:
        try:
            minutes = measured(read_text(course, module.id, language), activities, language)
        except ValueError:
            return  # told already
        if abs(minutes.total - module.minutes) > WITHIN * module.minutes:
            parts = ", ".join(f"{name} {part:.0f}" for name, part in minutes._asdict().items())
            yield course.syllabus_source.problem(
                ("modules", position, "minutes"),
                f"{module.id}: {module.minutes} minutes, but measured are {minutes.total:.0f} in {language} ({parts})",
            )


def term_faults(course: Course) -> Iterator[Problem]:
    """The glossary is used: every term linked in a lesson, in both languages alike, once a module."""
    used: set[str] = set()
    for module in course.modules:
        path = course.lesson_path(module.id)
        try:
            prose = [piece for piece in course.lesson(module.id) if isinstance(piece, Prose)]
        except (InvalidFile, FileNotFoundError):
            return  # told already
        first: dict[str, dict[str, int]] = {language: {} for language in LANGUAGES}
        for piece in prose:
            for language, text in piece.text.items():
                for key in terms_in(text):
                    if key in first[language]:
                        earlier = first[language][key]
                        yield Problem(
                            path, piece.line[language], f"{key} is linked already in the text on line {earlier}"
                        )
                    first[language].setdefault(key, piece.line[language])
        for key in sorted(first["nb"].keys() ^ first["en"].keys()):
            line = (first["nb"] | first["en"])[key]
            yield Problem(path, line, f"{key} is linked in one language only")
        used |= first["nb"].keys()
    try:
        source = YamlSource(course.folder / GLOSSARY)
        for key in course.glossary.keys() - used:
            yield source.problem((key,), f"{key}: no lesson links this term")
    except (InvalidFile, FileNotFoundError):
        return  # told already


def repeated_paragraphs(course: Course) -> Iterator[Problem]:
    """Paragraphs that stand in two modules, in a lesson or in an activity; a person reads both."""
    first: dict[str, str] = {}
    for module in course.modules:
        try:
            texts = list(_texts_of(course, module))
        except (InvalidFile, FileNotFoundError):
            return  # told already
        for path, line, text in texts:
            for paragraph in re.split(r"\n\s*\n", text):
                bare = " ".join(re.findall(r"\w+", paragraph.casefold()))
                if bare.count(" ") < LEAST_PARAGRAPH:
                    continue
                if (other := first.setdefault(bare, module.id)) != module.id:
                    said = f"a paragraph of {other} stands here too: “{paragraph.strip()[:60]} …”"
                    yield Problem(path, line, said)


def _texts_of(course: Course, module: Module) -> Iterator[tuple[Path, int, str]]:
    """Every text of a module as it is written: the file, the line, and the text."""
    path = course.lesson_path(module.id)
    for piece in course.lesson(module.id):
        if isinstance(piece, Prose):
            yield from ((path, piece.line[language], text) for language, text in piece.text.items())
    for source in sources(course.activities_path(module.id)):
        yield from ((source.path, source.line(where), text) for where, _, text in source.texts())
