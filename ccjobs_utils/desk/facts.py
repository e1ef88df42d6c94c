"""What the course states and the company decides: ``facts.yaml``, ``nordlys.yaml`` and ``authority.csv``.

Each file is read once, from the installed package or from a checkout.
"""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

Both = dict[str, str]
"""One text in both languages, under ``nb`` and ``en``."""

_SHIPPED = Path(__file__).parents[1] / "shipped"
_COURSE = Path(__file__).parents[2] / "course"


class Fact(Struct, frozen=True):
    """A legal or statistical fact that the course states.

    Attributes:
        value: the number, time or word that lessons take from it.
        statement: the fact in a sentence.
        source: what it rests on; several are separated by semicolons.
        checked: the day on which the statement was last held against the source.
        unit: of the value, if it has one.
    """

    value: float | int | str
    statement: Both
    source: str
    checked: date
    unit: str | None = None


class Company(Struct, frozen=True):
    """The company itself: the part ``company`` of ``nordlys.yaml``; `checked` is when its rules were last gone over."""

    name: str
    checked: date


class Note(Struct, frozen=True):
    """What holds for a note: the part ``note`` of ``nordlys.yaml``."""

    never_has: Both


class Compensation(Struct, frozen=True):
    """The money a caller can get: the part ``compensation`` of ``nordlys.yaml``."""

    wrong_charge: Both
    days_in_month: int
    goodwill_when: Both
    never: Both


class Nordlys(Struct, frozen=True):
    """What holds at Nordlys Telekom, as far as the desk needs it; each part has the file's own name."""

    company: Company
    note: Note
    compensation: Compensation


class Role(Struct, frozen=True):
    """A role at Nordlys Telekom.

    Attributes:
        name: what it is called.
        limit_kr: the most it may give as goodwill in one case, in kroner.
    """

    name: Both
    limit_kr: int


@cache
def facts() -> dict[str, Fact]:
    """The course's facts.

    Returns:
        the fact's id → the fact.

    Raises:
        FileNotFoundError: if the file is in neither place.
    """
    return msgspec.yaml.decode(course_file("facts.yaml").read_bytes(), type=dict[str, Fact])


@cache
def nordlys() -> Nordlys:
    """The rules of Nordlys Telekom.

    Raises:
        FileNotFoundError: if the file is in neither place.
    """
    return msgspec.yaml.decode(course_file("nordlys.yaml").read_bytes(), type=Nordlys)


@cache
def authority() -> dict[str, Role]:
    """The roles at Nordlys Telekom.

    Returns:
        what ``authority.csv`` calls the role → the role, in the order of the file.

    Raises:
        FileNotFoundError: if the file is in neither place.
    """
    from ccjobs_utils.desk.data import table_rows  # here, because data reads the facts

    return {
        role: Role(name={"nb": row["name_nb"], "en": row["name_en"]}, limit_kr=row["limit_kr"])
        for role, row in table_rows(course_file("authority.csv")).items()
    }


def course_file(name: str) -> Path:
    """Where one of the course's data files lies: in the installed package, or in a checkout.

    Raises:
        FileNotFoundError: if it is in neither.
    """
    places = (_SHIPPED / name, _COURSE / name, _COURSE / "data" / name)
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"{name} is not in the course ({', '.join(map(str, places))}). Install ccjobs again.")
