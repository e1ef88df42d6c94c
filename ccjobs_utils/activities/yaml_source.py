"""YAML files that people write: read strictly, with the line of everything, so that an error can name its place."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import yaml

Where = tuple[str | int, ...]
"""The way to a value: mapping keys and list positions from the top of the file."""


T = TypeVar("T")


class Problem(NamedTuple):
    """Something wrong in a file that a person wrote: where it is and what to do about it."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class InvalidFile(ValueError):
    """A file that breaks its rules, with every problem found in it.

    Arguments:
        problems: what is wrong, each with file and line; at least one.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class _CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core types only: `no` stays a word (it is also a country) and 08:00 stays a time of day."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


for _tag, _pattern, _first in (
    ("null", r"^(~|null|)$", ["~", "n", ""]),
    ("bool", r"^(true|false)$", list("tf")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+0123456789.")),
):
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class YamlSource:
    """One YAML file, read.

    Arguments:
        path: the file.

    Attributes:
        data: what the file says, as plain Python data.

    Raises:
        InvalidFile: if the file is not YAML, uses a tag, or says the same key twice.
        OSError: if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Where, int] = {}
        loader = _CoreLoader(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = ", ".join(part for part in (error.context, error.problem) if part)
            raise InvalidFile([Problem(path, mark.line + 1 if mark else 1, f"not valid YAML: {said}")]) from error
        except yaml.YAMLError as error:
            raise InvalidFile([Problem(path, 1, f"not valid YAML: {error}")]) from error
        finally:
            loader.dispose()
        self.data: Any = self._value(node, ()) if node is not None else None

    def line(self, where: Where) -> int:
        """The line of a value, counted from 1; of the nearest thing around it if it is not in the file."""
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)

    def problem(self, where: Where, message: str) -> Problem:
        """A problem with the value at `where`."""
        return Problem(self.path, self.line(where), message)

    def texts(self) -> Iterator[tuple[Where, str, str]]:
        """Every text of the file, as `texts_in` gives them."""
        yield from texts_in(self.data)

    def convert(self, wanted: type[T], data: Any = None) -> T:
        """The file's data as typed structs.

        Arguments:
            wanted: the type that the whole file should have.
            data: the file's data after texts were filled in; the file's own data otherwise.

        Raises:
            InvalidFile: with the line, and what was expected there.
        """
        data = self.data if data is None else data
        try:
            return msgspec.convert(data, wanted)
        except msgspec.ValidationError as error:
            said, _, at = str(error).partition(" - at ")
            where = _guilty(data, wanted, str(error), at)
            if unknown := re.search(r"unknown field `(\w+)`", said):
                where = (*where, unknown[1])
            named = " › ".join(str(step) for step in where)
            raise InvalidFile([self.problem(where, f"{named}: {said}" if named else said)]) from error

    def _value(self, node: yaml.Node, where: Where) -> Any:
        self._lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                line = key_node.start_mark.line + 1
                if key in mapping:
                    first = self._lines[(*where, key)]
                    raise InvalidFile(
                        [Problem(self.path, line, f"{key}: stands twice (first on line {first}); ids are used once")]
                    )
                self._lines[(*where, key)] = line
                mapping[key] = self._value(value_node, (*where, key))
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*where, position)) for position, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "null":
                return None
            case "bool":
                return node.value == "true"
            case "int":
                return int(node.value)
            case "float":
                return float(node.value)
            case "str":
                return node.value
            case tag:
                line = node.start_mark.line + 1
                raise InvalidFile([Problem(self.path, line, f"the tag {tag} is not used here; write plain values")])


def _guilty(data: Any, wanted: Any, said: str, at: str) -> Where:
    """The way to the value that made a conversion fail.

    msgspec names struct fields and list positions but writes ``[...]`` for a mapping's key; each such key is found by
    converting the data with that key alone.
    """
    is_key = at.startswith("`key` in")
    steps = re.findall(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])", at.rpartition("`$")[2])
    if is_key:
        steps.append(("", "", "[...]"))
    where: Where = ()
    for name, position, _ in steps:
        if name:
            where = (*where, name)
        elif position:
            where = (*where, int(position))
        else:
            for key, alone in _each_alone(data, where):
                try:
                    msgspec.convert(alone, wanted)
                except msgspec.ValidationError as error:
                    if str(error) == said:
                        where, data = (*where, key), alone
                        break
            else:
                break
    return where


def _each_alone(data: Any, where: Where) -> Iterator[tuple[str, Any]]:
    """For each key of the mapping at `where`: the key, and the whole data with only that key left in the mapping."""
    if not where:
        for key, value in data.items():
            yield key, {key: value}
        return
    step, rest = where[0], where[1:]
    for key, inner in _each_alone(data[step], rest):
        if isinstance(data, list):
            yield key, [*data[: int(step)], inner, *data[int(step) + 1 :]]
        else:
            yield key, {**data, step: inner}


def texts_in(data: Any, where: Where = ()) -> Iterator[tuple[Where, str, str]]:
    """Every text of plain data that stands in two languages: where it is, the language, and what it says."""
    if isinstance(data, dict):
        if data.keys() == {"nb", "en"} and all(isinstance(text, str) for text in data.values()):
            for language, text in data.items():
                yield (*where, language), language, text
            return
        for key, value in data.items():
            yield from texts_in(value, (*where, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from texts_in(value, (*where, position))
