"""The data sets of the course: `load` and `table_rows` read them; `call_log`, `crm` and the others make invented ones.

The same arguments give the same data on every machine, whatever versions it runs: Python promises that
``Random(seed).random()`` never changes, which it promises for no other draw (and NumPy's Generator for none), so every
other distribution is worked out here from those numbers. Times are rounded to whole seconds, so the last bit in which
two mathematics libraries may differ does not matter.

``python -m ccjobs_utils.desk.data`` writes the files made here of ``course/data/`` in a checkout anew.
"""

import csv
import math
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from ccjobs_utils.desk.facts import facts

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

COLUMNS = (
    "call_id",
    "started",
    "queue",
    "customer",
    "agent",
    "wait_s",
    "answered",
    "talk_s",
    "hold_s",
    "acw_s",
    "transfer",
    "resolved",
    "csat",
)
_TYPES = {
    **dict.fromkeys(("call_id", "wait_s", "talk_s", "hold_s", "acw_s"), "int64"),
    **dict.fromkeys(("queue", "customer", "agent", "transfer"), "str"),
    **dict.fromkeys(("answered", "resolved"), "bool"),
    "csat": "Int64",
}
TABLES: dict[str, dict[str, type]] = {
    "prices": {
        **dict.fromkeys(("product", "line", "name_nb", "name_en", "gives_nb", "gives_en"), str),
        **dict.fromkeys(("monthly_kr", "setup_kr", "binding_months"), int),
    },
    "authority": {
        **dict.fromkeys(("role", "name_nb", "name_en"), str),
        "limit_kr": int,
        **dict.fromkeys(("decides_nb", "decides_en"), str),
    },
    "returns": {
        **dict.fromkeys(("reason", "name_nb", "name_en"), str),
        **dict.fromkeys(("days", "return_freight_kr"), int),
        **dict.fromkeys(("remedy_nb", "remedy_en"), str),
    },
    "rota": {
        **dict.fromkeys(("shift", "date", "agent"), str),
        **dict.fromkeys(("starts", "ends"), int),
        "break_at": str,
        "break_min": int,
        **dict.fromkeys(("place", "doing"), str),
    },
}
"""What holds at Nordlys Telekom, table by table: the columns and what is in them. The first column names the row."""
CRM_COLUMNS = ("customer", "name", "born", "street", "postcode", "town", "phone", "email", "since", "same_as")
ORDER_COLUMNS = ("order", "customer", "ordered", "product", "delivered", "returned", "reason")
CAMPAIGN_COLUMNS = (
    "contact_id",
    "called",
    "agent",
    "segment",
    "reached",
    "offered",
    "sold",
    "confirmed",
    "talk_s",
)
PAY_COLUMNS = ("figure", "value", "unit", "says_nb", "says_en", "source", "checked")
_PAY_TYPES = dict.fromkeys(PAY_COLUMNS, "str") | {"value": "float64"}
_ORDER_TYPES = dict.fromkeys(ORDER_COLUMNS, "str")
_CAMPAIGN_TYPES = {
    **dict.fromkeys(("contact_id", "talk_s"), "int64"),
    **dict.fromkeys(("agent", "segment"), "str"),
    **dict.fromkeys(("reached", "offered", "sold", "confirmed"), "bool"),
}
DEFAULT_SEED = 2026
DEFAULT_CALLS, MAX_CALLS = 400, 5_000_000
DEFAULT_PEOPLE, MAX_PEOPLE = 200, 50_000
DEFAULT_ORDERS, MAX_ORDERS = 300, 100_000
DEFAULT_CONTACTS, MAX_CONTACTS = 300, 100_000

_OSLO = ZoneInfo("Europe/Oslo")
_FIRST_DAY = date(2026, 11, 2)
_DEFAULT_WEEKS = 2
_CALLS_OF_A_SITE = 1_500
"""Calls a week that one site of eight agents takes; a log with more has more sites, each with its own queue."""
_SATURDAY = 5
_FIRST_CALL = 100_001
_SHIPPED_DATA = Path(__file__).parents[1] / "shipped"
_CHECKOUT_DATA = Path(__file__).parents[2] / "course" / "data"

# How busy each opening hour is, against the busiest (10).
_WEEKDAY_HOURS = dict(zip(range(8, 20), (5, 8, 10, 10, 8, 7, 7, 8, 9, 7, 5, 4), strict=True))
_SATURDAY_HOURS = dict(zip(range(10, 16), (4, 5, 5, 4, 4, 3), strict=True))
_MONDAY_RUSH = 1.3
# How busy each month is, against an ordinary one: people move in summer, and December is dark and full of parcels.
_MONTHS = {1: 1.1, 2: 1.0, 3: 1.0, 4: 0.95, 5: 0.95, 6: 1.05, 7: 0.8, 8: 1.15, 9: 1.05, 10: 1.0, 11: 1.0, 12: 1.2}

_EARLY_TEAM = ("Amina", "Eirik", "Farah", "Henrik")
_LATE_TEAM = ("Ingrid", "Jonas", "Marit", "Tuva")
_LATE_FROM, _EARLY_UNTIL = 12, 16


class _Queue(NamedTuple):
    """What sets the calls of one queue apart; times are medians in seconds."""

    share: float
    talk_s: float
    acw_s: float
    warm: float
    cold: float
    solved: float


_QUEUES = {
    "mobile": _Queue(share=0.30, talk_s=235, acw_s=40, warm=0.05, cold=0.03, solved=0.84),
    "broadband": _Queue(share=0.27, talk_s=385, acw_s=70, warm=0.12, cold=0.05, solved=0.70),
    "tv": _Queue(share=0.13, talk_s=280, acw_s=45, warm=0.08, cold=0.05, solved=0.79),
    "billing": _Queue(share=0.18, talk_s=265, acw_s=55, warm=0.07, cold=0.08, solved=0.78),
    "orders": _Queue(share=0.12, talk_s=215, acw_s=60, warm=0.04, cold=0.04, solved=0.88),
}
_SOLVED_AFTER = {"none": 1.0, "warm": 0.9, "cold": 0.5}
_CALLS_AGAIN = {"abandoned": 0.6, "unresolved": 0.55, "resolved": 0.05}


def load(name: str) -> "pd.DataFrame":
    """Read a data set of the course, with the right type for every column.

    It is looked for in the folder ``data`` beside the notebook, then in the installed package, then in a checkout.

    Arguments:
        name: the name of the data set, such as ``calls``.

    Returns:
        The whole set, as its data sheet describes it.

    Raises:
        ValueError: if there is no such data set, or its file is damaged.
        FileNotFoundError: if the file is in none of these places.
    """
    # A name picks from this list and never becomes a path by itself, so it can reach no other file.
    if name not in _READERS:
        raise ValueError(f"There is no data set {name!r}. The course has: {', '.join(sorted(_READERS))}.")
    filename = f"{name}.csv"
    for place in (Path("data", filename), _SHIPPED_DATA / filename, _CHECKOUT_DATA / filename):
        if place.is_file():
            try:
                return _READERS[name](place)
            except (ValueError, TypeError) as error:
                said = str(error).split("\n", maxsplit=1)[0]
                raise ValueError(
                    f"{place.resolve()} is damaged ({said}). Delete it and fetch the module again."
                ) from error
    raise FileNotFoundError(
        f"{filename} is not in {Path('data').resolve()}, nor in the course itself. Fetch the module again."
    )


class BadTable(ValueError):
    """A table that is not as its data sheet says.

    Arguments:
        line: where, counted from 1.
        message: what is wrong there.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def table_rows(path: Path) -> dict[str, dict[str, Any]]:
    """Read one of the company's small tables.

    Arguments:
        path: the csv file, named as in `TABLES`.

    Returns:
        what stands in the first column → the whole row, column → value.

    Raises:
        BadTable: if its columns are others, a number is none, or a row's name stands twice.
        OSError: if it cannot be read.
    """
    types = TABLES[path.stem]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames != list(types):
            raise BadTable(1, f"the columns should be {', '.join(types)}")
        rows: dict[str, dict[str, Any]] = {}
        for row in reader:
            if None in row or None in row.values():
                raise BadTable(reader.line_num, f"a row has {len(types)} columns; put a text with a comma in quotes")
            name = next(iter(row.values()))
            if name in rows:
                raise BadTable(reader.line_num, f"{name}: stands twice; ids are used once")
            for column, kind in types.items():
                if kind is int and not (row[column].isascii() and row[column].isdecimal()):
                    raise BadTable(reader.line_num, f"{column}: {row[column]!r} is no whole number")
            rows[name] = {column: kind(row[column]) for column, kind in types.items()}
    return rows


def call_log(
    calls: int = DEFAULT_CALLS,
    seed: int = DEFAULT_SEED,
    *,
    first_day: date = _FIRST_DAY,
    weeks: int = _DEFAULT_WEEKS,
) -> "pd.DataFrame":
    """Make a call log of Nordlys Telekom, in the order in which the calls came in.

    Calls come by chance, more of them at some hours, on Mondays and in some months. Handle times are log-normal.
    Callers hang up when their patience ends, and many who were not helped call again in the same queue.

    Arguments:
        calls: number of calls, 1 to 5,000,000.
        seed: which of the possible logs to make.
        first_day: the first day, a Monday.
        weeks: for how long.

    Returns:
        One row for each call, with the columns of `COLUMNS`. A log with more calls than one site can take has several,
        and its agents have the site's number after their names.

    Raises:
        ValueError: if an argument is out of range.
    """
    import pandas as pd

    _in_range("calls", calls, MAX_CALLS)
    if weeks < 1 or first_day.weekday() != 0:
        raise ValueError("weeks must be 1 or more, and first_day a Monday")
    sites = math.ceil(calls / weeks / _CALLS_OF_A_SITE)
    hours = _opening_hours(first_day, weeks)
    parts = []
    for site in range(sites):
        share = calls * (site + 1) // sites - calls * site // sites
        # The first site's dice are those of the seed itself, so that a small log does not depend on the sites.
        dice = _Dice(seed if site == 0 else f"{seed}/{site}")
        rows = _simulated(share, dice, hours)
        part = pd.DataFrame(rows, columns=list(COLUMNS)).astype(_TYPES)
        if site:
            part["agent"] += f" {site + 1}"
            part["customer"] += f"-{site + 1}"
        parts.append(part)
    log = pd.concat(parts).sort_values("started", kind="stable", ignore_index=True) if sites > 1 else parts[0]
    started = pd.to_datetime(log["started"], unit="s", utc=True)
    log = log.assign(call_id=range(_FIRST_CALL, _FIRST_CALL + calls), started=started)
    return _with_times(log, "started")


def crm(people: int = DEFAULT_PEOPLE, seed: int = DEFAULT_SEED) -> "pd.DataFrame":
    """Make a customer register in which some people stand twice, as they do in real ones.

    A second entry comes about as it does on the phone: a nickname or a name the other way round, a letter too many, an
    address from before a move, two digits or day and month swapped, a field left empty.

    Arguments:
        people: how many people there are, 1 to 50,000; about one in six stands twice.
        seed: which of the possible registers to make.

    Returns:
        One row for each entry, sorted by `customer`, with the columns of `CRM_COLUMNS`. `same_as` names the entry that
        the row repeats.

    Raises:
        ValueError: if `people` is out of range.
    """
    import pandas as pd

    _in_range("people", people, MAX_PEOPLE)
    dice = _Dice(f"crm/{seed}")
    known: set[str] = set()
    rows = []
    for _ in range(people):
        entry = _person(dice, _new_customer(known, dice))
        rows.append(entry)
        if dice.chance(1 / 6):
            rows.append(_entered_again(entry, dice, _new_customer(known, dice)))
    table = pd.DataFrame(rows, columns=list(CRM_COLUMNS)).astype("str")
    return table.sort_values("customer", ignore_index=True)


def orders(number: int = DEFAULT_ORDERS, seed: int = DEFAULT_SEED) -> "pd.DataFrame":
    """Make orders of Nordlys Telekom from the autumn of 2026, some of them sent back.

    Arguments:
        number: how many, 1 to 100,000.
        seed: which of the possible orders to make.

    Returns:
        One row for each order in order of time, with the columns of `ORDER_COLUMNS`; a date that has not come is empty.

    Raises:
        ValueError: if `number` is out of range.
    """
    import pandas as pd

    _in_range("number", number, MAX_ORDERS)
    dice = _Dice(f"orders/{seed}")
    days = sorted(dice.whole(0, 90) for _ in range(number))
    rows = [_order(104_001 + place, _AUTUMN + timedelta(days=day), dice) for place, day in enumerate(days)]
    return pd.DataFrame(rows, columns=list(ORDER_COLUMNS)).astype(_ORDER_TYPES)


def campaign(contacts: int = DEFAULT_CONTACTS, seed: int = DEFAULT_SEED) -> "pd.DataFrame":
    """Make an outbound campaign of Nordlys Telekom: whom it rang in November 2026, and what came of it.

    Own customers say yes more often than people who are new, and not every yes on the phone is followed by a written
    one.

    Arguments:
        contacts: how many, 1 to 100,000.
        seed: which of the possible campaigns to make.

    Returns:
        One row for each contact in order of time, with the columns of `CAMPAIGN_COLUMNS`.

    Raises:
        ValueError: if `contacts` is out of range.
    """
    import pandas as pd

    _in_range("contacts", contacts, MAX_CONTACTS)
    dice = _Dice(f"campaign/{seed}")
    weekdays = [day for day in (_FIRST_DAY + timedelta(days=n) for n in range(26)) if day.weekday() < _SATURDAY]
    called = sorted(
        int(datetime.combine(dice.one_of(weekdays), time(dice.whole(10, 19)), _OSLO).timestamp()) + dice.whole(0, 3599)
        for _ in range(contacts)
    )
    rows = [_contact(700_001 + place, moment, dice) for place, moment in enumerate(called)]
    table = pd.DataFrame(rows, columns=list(CAMPAIGN_COLUMNS)).astype(_CAMPAIGN_TYPES)
    return _with_times(table.assign(called=pd.to_datetime(table["called"], unit="s", utc=True)), "called")


def pay() -> "pd.DataFrame":
    """The pay and outlook of customer service representatives in the United States, as the source document tells them.

    Returns:
        One row for each figure of ``facts.yaml``, with the columns of `PAY_COLUMNS`: what it is, where it is from, and
        the day on which it was held against that source.
    """
    import pandas as pd

    rows = [
        (fact_id, float(fact.value), fact.unit, fact.statement["nb"], fact.statement["en"], fact.source, fact.checked)
        for fact_id, fact in facts().items()
        if fact_id.startswith(("bls-", "att-"))
    ]
    return pd.DataFrame(rows, columns=list(PAY_COLUMNS)).astype(_PAY_TYPES)


def to_csv(table: "pd.DataFrame") -> bytes:
    """Give the bytes of a data set's csv file: UTF-8, a line feed after each row, times in ISO 8601 with offset."""
    times = {
        name: table[name].map(lambda moment: moment.isoformat(timespec="seconds"))
        for name in ("started", "called")
        if name in table
    }
    text: str = table.assign(**times).to_csv(index=False, lineterminator="\n")
    return text.encode()


MADE: dict[str, Callable[[], "pd.DataFrame"]] = {
    "calls": call_log,
    "crm": crm,
    "orders": orders,
    "campaign": campaign,
    "pay": pay,
}
"""The data sets whose files are made here, each with what makes it. All but `pay` are invented."""


def main() -> None:
    """Write the files of `MADE` in ``course/data/`` of the checkout that this file lies in."""
    if not _CHECKOUT_DATA.is_dir():
        raise SystemExit(f"{_CHECKOUT_DATA} does not exist: run this in a checkout of the project.")
    for name, make in MADE.items():
        table = make()
        (_CHECKOUT_DATA / f"{name}.csv").write_bytes(to_csv(table))
        print(f"{name}.csv: {len(table)} rows")  # noqa: T201 - says what the command did


def _read_calls(path: Path) -> "pd.DataFrame":
    return _with_times(_read(path, COLUMNS, _TYPES, missing=("agent", "csat")), "started")


def _read_crm(path: Path) -> "pd.DataFrame":
    return _read(path, CRM_COLUMNS, dict.fromkeys(CRM_COLUMNS, "str"))


def _read_orders(path: Path) -> "pd.DataFrame":
    return _read(path, ORDER_COLUMNS, _ORDER_TYPES)


def _read_pay(path: Path) -> "pd.DataFrame":
    return _read(path, PAY_COLUMNS, _PAY_TYPES)


def _read_campaign(path: Path) -> "pd.DataFrame":
    return _with_times(_read(path, CAMPAIGN_COLUMNS, _CAMPAIGN_TYPES), "called")


def _read(path: Path, columns: Sequence[str], types: Mapping[str, str], missing: Sequence[str] = ()) -> "pd.DataFrame":
    import pandas as pd

    # With the types given, a wrong value is an error; converted afterwards, any text at all would become True.
    empty = {name: [""] for name in missing}
    table = pd.read_csv(path, dtype=dict(types), keep_default_na=False, na_values=empty)
    if list(table.columns) != list(columns):
        raise ValueError(f"its columns should be {', '.join(columns)}")
    return table


def _with_times(table: "pd.DataFrame", column: str) -> "pd.DataFrame":
    """The table with a column of times in Oslo's own time."""
    import pandas as pd

    # By way of UTC, because a table across a change to or from summer time holds two offsets.
    times = pd.to_datetime(table[column], utc=True, format="ISO8601")
    return table.assign(**{column: times.dt.tz_convert("Europe/Oslo").dt.as_unit("us")})


def _read_table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    kinds = {column: "int64" if kind is int else "str" for column, kind in TABLES[path.stem].items()}
    return pd.DataFrame(list(table_rows(path).values())).astype(kinds)


_READERS: dict[str, Callable[[Path], "pd.DataFrame"]] = {
    "calls": _read_calls,
    "crm": _read_crm,
    "orders": _read_orders,
    "campaign": _read_campaign,
    "pay": _read_pay,
    **dict.fromkeys(TABLES, _read_table),
}


def _in_range(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise ValueError(f"{name} must be between 1 and {most:,}, not {value:,}")


class _Dice:
    """Draws from the distributions that invented data needs, all made from one source of numbers in [0, 1)."""

    def __init__(self, seed: int | str) -> None:
        self.number = Random(seed).random  # noqa: S311 - data that must repeat, no secret

    def chance(self, probability: float) -> bool:
        return self.number() < probability

    def pick(self, weights: Mapping[T, float]) -> T:
        mark = self.number() * sum(weights.values())
        for value, weight in weights.items():
            mark -= weight
            if mark < 0:
                return value
        return value

    def one_of(self, things: Sequence[T]) -> T:
        return things[int(self.number() * len(things))]

    def whole(self, first: int, last: int) -> int:
        return first + int(self.number() * (last - first + 1))

    def exponential(self, mean: float) -> float:
        return -mean * math.log(1 - self.number())

    def normal(self, mean: float, spread: float) -> float:
        # The inverse has no value at exactly 0, which may be drawn once in 2**53 times.
        return mean + spread * _STANDARD.inv_cdf(self.number() or 0.5)

    def log_normal(self, median: float, spread: float) -> float:
        return median * math.exp(self.normal(0, spread))


_STANDARD = NormalDist()


class _Hour(NamedTuple):
    """One opening hour: when it begins (seconds since 1970, UTC), how busy it is, and who works."""

    begins: int
    weight: float
    busy: float
    crew: tuple[str, ...]


def _opening_hours(first_day: date, weeks: int) -> list[_Hour]:
    hours = []
    for number in range(7 * weeks):
        day = first_day + timedelta(days=number)
        rush = _MONDAY_RUSH if day.weekday() == 0 else 1.0
        for hour, weight in _hours(day).items():
            begins = int(datetime.combine(day, time(hour), _OSLO).timestamp())
            hours.append(_Hour(begins, weight * rush * _MONTHS[day.month], weight / 10, _crew(day, hour, number // 7)))
    return hours


def _simulated(calls: int, dice: _Dice, hours: list[_Hour]) -> Iterator[tuple[Any, ...]]:
    """Rows of a call log; `started` in seconds since 1970."""
    shares = {name: queue.share for name, queue in _QUEUES.items()}
    free_from = dict.fromkeys(_EARLY_TEAM + _LATE_TEAM, 0.0)
    will_call_again: list[tuple[float, str, str]] = []
    customers: set[str] = set()
    lowest = 10 ** max(4, len(str(2 * calls)) - 1)
    for call_id, (started, hour) in enumerate(_starts(calls, dice, hours), start=_FIRST_CALL):
        if will_call_again and will_call_again[0][0] <= started:
            _, customer, name = heappop(will_call_again)
        else:
            customer, name = _new_customer(customers, dice, lowest), dice.pick(shares)
        agent = min(hour.crew, key=free_from.__getitem__)
        wait_s = max(_line_s(hour.busy, dice), math.ceil(free_from[agent] - started))
        patience_s = round(3 + dice.exponential(420))
        if patience_s < wait_s:
            outcome = "abandoned"
            ended = started + patience_s
            yield call_id, started, name, customer, None, patience_s, False, 0, 0, 0, "none", False, None
        else:
            talk_s, hold_s, acw_s, transfer, resolved = _conversation(_QUEUES[name], dice)
            outcome = "resolved" if resolved else "unresolved"
            ended = started + wait_s + talk_s + hold_s
            free_from[agent] = ended + acw_s
            csat = _csat(wait_s, hold_s, transfer, dice, resolved=resolved)
            yield call_id, started, name, customer, agent, wait_s, True, talk_s, hold_s, acw_s, transfer, resolved, csat
        if dice.chance(_CALLS_AGAIN[outcome]):
            mean_hours = 2 if outcome == "abandoned" else 20
            heappush(will_call_again, (ended + 600 + 3600 * dice.exponential(mean_hours), customer, name))


def _starts(calls: int, dice: _Dice, hours: list[_Hour]) -> list[tuple[int, _Hour]]:
    """When the calls come in: each in an hour picked by how busy it is, at any second of it."""
    until = list(accumulate(hour.weight for hour in hours))
    picked = []
    for _ in range(calls):
        hour = hours[min(bisect(until, dice.number() * until[-1]), len(hours) - 1)]
        picked.append((hour.begins + dice.whole(0, 3599), hour))
    picked.sort(key=lambda start: start[0])
    return picked


def _hours(day: date) -> dict[int, int]:
    if day.weekday() < _SATURDAY:
        return _WEEKDAY_HOURS
    return _SATURDAY_HOURS if day.weekday() == _SATURDAY else {}


def _crew(day: date, hour: int, week: int) -> tuple[str, ...]:
    if day.weekday() == _SATURDAY:
        return _LATE_TEAM if week % 2 else _EARLY_TEAM
    if hour < _LATE_FROM:
        return _EARLY_TEAM
    return _LATE_TEAM if hour >= _EARLY_UNTIL else _EARLY_TEAM + _LATE_TEAM


def _line_s(busy: float, dice: _Dice) -> int:
    """Seconds behind the calls that are not in the log (it is a sample), longer the busier the hour."""
    ringing = 2 + dice.exponential(5)
    return round(ringing + dice.exponential(30 + 60 * busy)) if dice.chance(0.55 * busy) else round(ringing)


def _new_customer(known: set[str], dice: _Dice, lowest: int = 10_000) -> str:
    while (customer := f"K{dice.whole(lowest, 10 * lowest - 1)}") in known:
        pass
    known.add(customer)
    return customer


def _conversation(queue: _Queue, dice: _Dice) -> tuple[int, int, int, str, bool]:
    talk_s = round(20 + dice.log_normal(queue.talk_s, 0.5))
    transfer = dice.pick({"warm": queue.warm, "cold": queue.cold, "none": 1 - queue.warm - queue.cold})
    # A warm transfer always has a hold: the agent briefs a colleague while the caller waits.
    held = dice.chance(0.27) or transfer == "warm"
    hold_s = round(5 + dice.log_normal(45, 0.9)) if held else 0
    acw_s = round(8 + dice.log_normal(queue.acw_s, 0.5))
    resolved = dice.chance(queue.solved * _SOLVED_AFTER[transfer])
    return talk_s, hold_s, acw_s, transfer, resolved


def _csat(wait_s: int, hold_s: int, transfer: str, dice: _Dice, *, resolved: bool) -> int | None:
    if not dice.chance(0.35 if resolved else 0.45):
        return None
    mood = (4.6 if resolved else 2.7) - wait_s / 240 - hold_s / 200 - (0.5 if transfer == "cold" else 0)
    return min(5, max(1, round(dice.normal(mood, 0.8))))


_FIRST_NAMES = """
    Anne Berit Camilla Elin Fatima Gunnar Hassan Inger Jorunn Kåre Lars Magnus Nils Olaug Pål Ragnhild Silje Tor Unni
    Vegard Wenche Yngve Øyvind Åse Maria Ahmed Aina Sondre Ida Mats
""".split()  # noqa: SIM905 - a list to read
_LAST_NAMES = """
    Andersen Bakken Christensen Dahl Eliassen Fredriksen Gundersen Hansen Isaksen Johansen Kristiansen Larsen Mikkelsen
    Nilsen Olsen Pedersen Rasmussen Solberg Thomassen Ulriksen Vik Wang Øverland Ås Ali Nguyen Kowalska Haugen
""".split()  # noqa: SIM905 - a list to read
_NICKNAMES = {"Anne": "Anna", "Magnus": "Mange", "Ragnhild": "Ragna", "Kåre": "Kore", "Øyvind": "Oyvind", "Åse": "Aase"}
_STREETS = (
    "Storgata",
    "Skippergata",
    "Strandveien",
    "Fjellveien",
    "Myrveien",
    "Kirkeveien",
    "Nansens vei",
    "Solbakken",
)
_TOWNS = {
    "9008": "Tromsø",
    "9016": "Tromsø",
    "9100": "Kvaløysletta",
    "9300": "Finnsnes",
    "9405": "Harstad",
    "9510": "Alta",
}
_AUTUMN = date(2026, 8, 24)
_PRODUCTS = {
    "fibre-100": 3.0,
    "fibre-250": 4.0,
    "fibre-500": 2.0,
    "mobile-medium": 4.0,
    "mobile-max": 3.0,
    "wifi-extra": 3.0,
    "tv-basic": 2.0,
    "tv-sport": 2.0,
}
_REASONS = {"unopened": 4.0, "opened": 3.0, "faulty": 3.0, "wrong-item": 1.0}
_LAST_DAY = date(2026, 11, 24)


def _person(dice: _Dice, customer: str) -> dict[str, str]:
    first, last = dice.one_of(_FIRST_NAMES), dice.one_of(_LAST_NAMES)
    postcode = dice.one_of(tuple(_TOWNS))
    plain = f"{first}.{last}".lower().translate(str.maketrans("æøå", "eoa"))
    return {
        "customer": customer,
        "name": f"{first} {last}",
        "born": (date(1940, 1, 1) + timedelta(days=dice.whole(0, 24_000))).isoformat(),
        "street": f"{dice.one_of(_STREETS)} {dice.whole(1, 60)}",
        "postcode": postcode,
        "town": _TOWNS[postcode],
        # No Norwegian number begins with 0, so nobody has this one.
        "phone": f"0{dice.whole(1_000_000, 9_999_999)}",
        "email": f"{plain}{dice.whole(1, 99)}@example.no" if dice.chance(0.85) else "",
        "since": (date(2016, 1, 1) + timedelta(days=dice.whole(0, 3_900))).isoformat(),
        "same_as": "",
    }


def _entered_again(entry: Mapping[str, str], dice: _Dice, customer: str) -> dict[str, str]:
    """The same person once more, as another agent wrote it down."""
    first, last = entry["name"].split(" ", 1)
    again = dict(entry) | {"customer": customer, "same_as": entry["customer"], "since": "2026-10-01"}
    match dice.whole(1, 6):
        case 1:
            again["name"] = f"{_NICKNAMES.get(first, first[:1] + '.')} {last}"
        case 2:
            again["name"] = f"{last.upper()}, {first.upper()}"
        case 3:
            place = dice.whole(2, len(last))
            again["name"] = f"{first} {last[:place]}{last[place - 1]}{last[place:]}"
        case 4:
            again["street"] = f"{dice.one_of(_STREETS)} {dice.whole(1, 60)}"
        case 5:
            again["phone"] = f"{entry['phone'][:-2]}{entry['phone'][-1]}{entry['phone'][-2]}"
        case _:
            year, month, day = entry["born"].split("-")
            again["born"] = f"{year}-{day}-{month}" if int(day) <= len(_MONTHS) else entry["born"]
    if dice.chance(0.5):
        again["email"] = ""
    return again


def _order(number: int, ordered: date, dice: _Dice) -> tuple[str, ...]:
    delivered = ordered + timedelta(days=dice.whole(2, 12))
    returned = delivered + timedelta(days=dice.whole(1, 40)) if dice.chance(0.18) else None
    reason = dice.pick(_REASONS)
    has_come = delivered <= _LAST_DAY
    is_back = has_come and returned is not None and returned <= _LAST_DAY
    return (
        f"N-{number}",
        f"K{dice.whole(10_000, 99_999)}",
        ordered.isoformat(),
        dice.pick(_PRODUCTS),
        delivered.isoformat() if has_come else "",
        returned.isoformat() if is_back and returned else "",
        reason if is_back else "",
    )


def _contact(contact_id: int, called: int, dice: _Dice) -> tuple[Any, ...]:
    agent = dice.one_of(_LATE_TEAM)
    segment = dice.pick({"customer": 0.6, "new": 0.4})
    own = segment == "customer"
    reached = dice.chance(0.55)
    offered = reached and dice.chance(0.8 if own else 0.6)
    sold = offered and dice.chance(0.22 if own else 0.08)
    confirmed = sold and dice.chance(0.8)
    talk_s = 0 if not reached else round(15 + dice.log_normal(240 if sold else 110 if offered else 30, 0.5))
    return contact_id, called, agent, segment, reached, offered, sold, confirmed, talk_s


if __name__ == "__main__":
    main()
