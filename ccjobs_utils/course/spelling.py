"""Spelling: every text that the course shows, through hunspell's dictionaries and the course's own word lists.

``course/words.nb.txt`` and ``course/words.en.txt`` hold what the dictionaries do not know: names, terms of the trade,
Norwegian compounds. English is British: both English dictionaries must know a word, so that en_GB refuses ``color`` and
the list says on purpose what en_US would refuse.
"""

import ast
import csv
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ccjobs_utils.activities.model import LANGUAGES, sources
from ccjobs_utils.activities.yaml_source import Problem, YamlSource
from ccjobs_utils.course.lesson import Prose
from ccjobs_utils.course.syllabus import Course

DICTIONARIES = {"nb": ("nb_NO",), "en": ("en_US", "en_GB")}
PACKAGES = "hunspell hunspell-no hunspell-en-us hunspell-en-gb"
"""Debian's packages of the program and the dictionaries."""
_PACKAGE = Path(__file__).parents[1]
_TIMEOUT_S = 120
_NO_PROSE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{[^{}\s]*\}|`[^`]*`|\]\([^)]*\)|https?://\S+|\S+@\S+|<[^>]+>|\*\*|&\w+;"
    r"|\b(?:\w+[/_.])+\w+\b|\b\w*\d[\w-]*"
)


class Passage(NamedTuple):
    """A text in one language, and where it stands."""

    path: Path
    line: int
    language: str
    text: str


class NoDictionary(RuntimeError):
    """hunspell or one of its dictionaries is missing; the message says which."""


def spelling_faults(course: Course) -> list[Problem]:
    """Every word that neither dictionary nor word list knows, where it first stands; and what a list has in vain.

    Raises:
        NoDictionary: if hunspell or a dictionary is not installed.
        InvalidFile: if a file of the course cannot be read.
    """
    everything = list(passages(course))
    problems = []
    for language in LANGUAGES:
        mine = [(passage, _words_only(passage.text)) for passage in everything if passage.language == language]
        unknown = unknown_words((text for _, text in mine), language)
        path = course.folder / f"words.{language}.txt"
        listed = _word_list(path)
        needed: set[str] = set()
        for word in sorted(unknown):
            forms = _forms(word)
            needed |= forms
            if not forms & listed.keys():
                first = next((passage for passage, text in mine if _stands_in(word, text)), mine[0][0])
                said = f"{word}: not in the dictionary; if it is spelt right, add it to {path.name}"
                problems.append(Problem(first.path, first.line, said))
        problems += [
            Problem(path, line, f"{word}: the dictionary has it, or no text does; remove it here")
            for word, line in listed.items()
            if word not in needed
        ]
    return problems


def unknown_words(texts: Iterable[str], language: str) -> set[str]:
    """The words that a dictionary of the language does not know.

    Arguments:
        texts: plain texts.
        language: ``nb`` or ``en``.

    Raises:
        NoDictionary: if hunspell or a dictionary is not installed.
    """
    program = shutil.which("hunspell")
    if program is None:
        raise NoDictionary("hunspell is not installed")
    whole = "\n".join(texts).replace("’", "'")
    unknown: set[str] = set()
    for dictionary in DICTIONARIES[language]:
        done = subprocess.run(  # noqa: S603 - our own command
            [program, "-l", "-i", "UTF-8", "-d", dictionary],
            input=whole, capture_output=True, text=True, encoding="utf-8", timeout=_TIMEOUT_S, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NoDictionary(f"hunspell has no dictionary {dictionary}")
        unknown |= {word for word in done.stdout.split() if len(word) > 1}
    return unknown


def passages(course: Course) -> Iterator[Passage]:
    """Every text that the course or its software shows, file by file."""
    files = [YamlSource(course.folder / name) for name in ("syllabus.yaml", "facts.yaml", "glossary.yaml")]
    files.append(YamlSource(course.folder / "data" / "nordlys.yaml"))
    for module in course.modules:
        for piece in course.lesson(module.id):
            if isinstance(piece, Prose):
                for language, text in piece.text.items():
                    yield Passage(course.lesson_path(module.id), piece.line[language], language, text)
        files += sources(course.activities_path(module.id))
    for source in files:
        for where, language, text in source.texts():
            yield Passage(source.path, source.line(where), language, text)
    for path in sorted((course.folder / "data").glob("*.csv")):
        yield from _of_table(path)
    yield from _of_software()


def _of_table(path: Path) -> Iterator[Passage]:
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            for column, text in row.items():
                if column and column[-3:] in ("_nb", "_en"):
                    yield Passage(path, line, column[-2:], text)


def _of_software() -> Iterator[Passage]:
    """What the widgets, the feedback page and the commands say: ``words.json``, and the texts of the code."""
    words = _PACKAGE / "activities" / "static" / "words.json"
    for language, texts in json.loads(words.read_text(encoding="utf-8")).items():
        for text in texts.values():
            yield Passage(words, 1, language, text)
    for path in sorted(_PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for language, said in _said_in_code(node, are_phrases=path.name == "phrases.py"):
                parts = [part.value for part in ast.walk(said) if isinstance(part, ast.Constant)]
                yield Passage(path, said.lineno, language, " ".join(str(part) for part in parts))


def _said_in_code(node: ast.AST, *, are_phrases: bool) -> Iterator[tuple[str, ast.expr]]:
    """Texts of the code: ``nb=`` and ``en=``, ``{"nb": …, "en": …}``, and the Norwegian of the commands' phrases."""
    if isinstance(node, ast.Call):
        yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg in LANGUAGES)
    if isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        if set(keys) == set(LANGUAGES):
            for language, said in zip(map(str, keys), node.values, strict=True):
                yield from ((language, one) for one in (said.values if isinstance(said, ast.Dict) else [said]))
        elif are_phrases:
            yield from (("nb", said) for said in node.values)


def _forms(word: str) -> set[str]:
    """How a word list may have a word: as it stands, in lower case, or a name without the s of a Norwegian genitive."""
    return {word, word.lower()} | ({word.removesuffix("s")} if word[0].isupper() else set())


def _words_only(text: str) -> str:
    """The text without what is no prose, and without the English genitive: whatever is spelt right has one."""
    return re.sub(r"(?<=\w)['’]s\b", "", _NO_PROSE.sub(" ", text))


def _stands_in(word: str, text: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text.replace("’", "'")) is not None


def _word_list(path: Path) -> dict[str, int]:
    """Word → its line; what follows ``#`` is a comment."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    words = ((line.split("#", 1)[0].strip(), number) for number, line in enumerate(lines, start=1))
    return {word: number for word, number in words if word}
