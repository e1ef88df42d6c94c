"""The data sets of the course: `load` and `table_rows` read them, `call_log` makes Nordlys Telekom's call log.

``python -m ccjobs_utils.desk.data`` writes ``course/data/calls.csv`` of a checkout anew.
"""

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

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
}
"""What holds at Nordlys Telekom, table by table: the columns and what is in them. The first column names the row."""
DEFAULT_CALLS = 400
DEFAULT_SEED = 2026
MAX_CALLS = 10_000

_OSLO = ZoneInfo("Europe/Oslo")
_FIRST_DAY = date(2026, 11, 2)
_WEEKS = 2
_SATURDAY = 5
_SHIPPED_DATA = Path(__file__).parents[1] / "shipped"
_CHECKOUT_DATA = Path(__file__).parents[2] / "course" / "data"

# How busy each opening hour is, against the busiest (10).
_WEEKDAY_HOURS = dict(zip(range(8, 20), (5, 8, 10, 10, 8, 7, 7, 8, 9, 7, 5, 4), strict=True))
_SATURDAY_HOURS = dict(zip(range(10, 16), (4, 5, 5, 4, 4, 3), strict=True))
_MONDAY_RUSH = 1.3

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
                raise ValueError(
                    f"{place.resolve()} is damaged ({error}). Delete it and fetch the module again."
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


def call_log(calls: int = DEFAULT_CALLS, seed: int = DEFAULT_SEED) -> "pd.DataFrame":
    """Make the call log of Nordlys Telekom for 2 to 14 November 2026, in the order in which the calls came in.

    The same arguments give the same log on every machine, whatever versions it runs: Python promises that
    ``Random(seed).random()`` never changes, which it promises for no other draw (and NumPy's Generator for none), so
    every other distribution is worked out here from those numbers. Times are rounded to whole seconds, so the last bit
    in which two mathematics libraries may differ does not matter.

    Arguments:
        calls: number of calls, 1 to 10,000.
        seed: which of the possible logs to make.

    Returns:
        One row for each call, with the columns of `COLUMNS`.

    Raises:
        ValueError: if `calls` is out of range.
    """
    import pandas as pd

    if not 1 <= calls <= MAX_CALLS:
        raise ValueError(f"calls must be between 1 and {MAX_CALLS:,}, not {calls:,}")
    log = pd.DataFrame(_simulated(calls, _Dice(seed)), columns=list(COLUMNS))
    return _in_oslo_time(log.astype(_TYPES))


def to_csv(log: "pd.DataFrame") -> bytes:
    """Give the bytes of the log's csv file: UTF-8, a line feed after each row, times in ISO 8601 with offset."""
    times = log["started"].map(lambda started: started.isoformat(timespec="seconds"))
    text: str = log.assign(started=times).to_csv(index=False, lineterminator="\n")
    return text.encode()


def main() -> None:
    """Write ``course/data/calls.csv`` of the checkout that this file lies in."""
    if not _CHECKOUT_DATA.is_dir():
        raise SystemExit(f"{_CHECKOUT_DATA} does not exist: run this in a checkout of the project.")
    target = _CHECKOUT_DATA / "calls.csv"
    target.write_bytes(to_csv(call_log()))
    print(f"{target}: {DEFAULT_CALLS} calls, seed {DEFAULT_SEED}")  # noqa: T201 - says what the command did


def _read_calls(path: Path) -> "pd.DataFrame":
    import pandas as pd

    missing = {"agent": [""], "csat": [""]}
    # With the types given, a wrong value is an error; converted afterwards, any text at all would become True.
    log = pd.read_csv(path, dtype=_TYPES, keep_default_na=False, na_values=missing)
    if list(log.columns) != list(COLUMNS):
        raise ValueError(f"its columns should be {', '.join(COLUMNS)}")
    return _in_oslo_time(log.assign(started=log["started"].map(datetime.fromisoformat)))


def _in_oslo_time(log: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    # By way of UTC, because a log across a change to or from summer time holds two offsets.
    started = pd.to_datetime(log["started"], utc=True).dt.tz_convert("Europe/Oslo").dt.as_unit("us")
    return log.assign(started=started)


def _read_table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    kinds = {column: "int64" if kind is int else "str" for column, kind in TABLES[path.stem].items()}
    return pd.DataFrame(list(table_rows(path).values())).astype(kinds)


_READERS: dict[str, Callable[[Path], "pd.DataFrame"]] = {"calls": _read_calls, **dict.fromkeys(TABLES, _read_table)}


class _Dice:
    """Draws from the distributions that a call log needs, all made from one source of numbers in [0, 1)."""

    def __init__(self, seed: int) -> None:
        self._number = Random(seed).random  # noqa: S311 - a log that must repeat, no secret

    def chance(self, probability: float) -> bool:
        return self._number() < probability

    def pick(self, weights: Mapping[T, float]) -> T:
        mark = self._number() * sum(weights.values())
        for value, weight in weights.items():
            mark -= weight
            if mark < 0:
                return value
        return value

    def whole(self, first: int, last: int) -> int:
        return first + int(self._number() * (last - first + 1))

    def exponential(self, mean: float) -> float:
        return -mean * math.log(1 - self._number())

    def normal(self, mean: float, spread: float) -> float:
        # The inverse has no value at exactly 0, which may be drawn once in 2**53 times.
        return NormalDist(mean, spread).inv_cdf(self._number() or 0.5)

    def log_normal(self, median: float, spread: float) -> float:
        return median * math.exp(self.normal(0, spread))


def _simulated(calls: int, dice: _Dice) -> Iterator[tuple[Any, ...]]:
    shares = {name: queue.share for name, queue in _QUEUES.items()}
    free_from = dict.fromkeys(_EARLY_TEAM + _LATE_TEAM, datetime.combine(_FIRST_DAY, time(), _OSLO))
    will_call_again: list[tuple[datetime, str, str]] = []
    customers: set[str] = set()
    for call_id, started in enumerate(_starts(calls, dice), start=100_001):
        if will_call_again and will_call_again[0][0] <= started:
            _, customer, name = heappop(will_call_again)
        else:
            customer, name = _new_customer(customers, dice), dice.pick(shares)
        agent = min(_on_shift(started), key=lambda agent: free_from[agent])
        wait_s = max(_line_s(started, dice), math.ceil((free_from[agent] - started).total_seconds()))
        patience_s = round(3 + dice.exponential(420))
        if patience_s < wait_s:
            outcome = "abandoned"
            ended = started + timedelta(seconds=patience_s)
            yield call_id, started, name, customer, None, patience_s, False, 0, 0, 0, "none", False, None
        else:
            talk_s, hold_s, acw_s, transfer, resolved = _conversation(_QUEUES[name], dice)
            outcome = "resolved" if resolved else "unresolved"
            ended = started + timedelta(seconds=wait_s + talk_s + hold_s)
            free_from[agent] = ended + timedelta(seconds=acw_s)
            csat = _csat(wait_s, hold_s, transfer, dice, resolved=resolved)
            yield call_id, started, name, customer, agent, wait_s, True, talk_s, hold_s, acw_s, transfer, resolved, csat
        if dice.chance(_CALLS_AGAIN[outcome]):
            mean_hours = 2 if outcome == "abandoned" else 20
            pause = timedelta(minutes=10, hours=dice.exponential(mean_hours))
            heappush(will_call_again, (ended + pause, customer, name))


def _starts(calls: int, dice: _Dice) -> list[datetime]:
    """When the calls come in: each in an hour picked by how busy it is, at any second of it."""
    hours = {}
    for number in range(7 * _WEEKS):
        day = _FIRST_DAY + timedelta(days=number)
        rush = _MONDAY_RUSH if day.weekday() == 0 else 1.0
        for hour, weight in _hours(day).items():
            hours[datetime.combine(day, time(hour), _OSLO)] = weight * rush
    return sorted(dice.pick(hours) + timedelta(seconds=dice.whole(0, 3599)) for _ in range(calls))


def _hours(day: date) -> dict[int, int]:
    if day.weekday() < _SATURDAY:
        return _WEEKDAY_HOURS
    return _SATURDAY_HOURS if day.weekday() == _SATURDAY else {}


def _on_shift(moment: datetime) -> Sequence[str]:
    if moment.weekday() == _SATURDAY:
        first_week = moment.date() - _FIRST_DAY < timedelta(weeks=1)
        return _EARLY_TEAM if first_week else _LATE_TEAM
    if moment.hour < _LATE_FROM:
        return _EARLY_TEAM
    return _LATE_TEAM if moment.hour >= _EARLY_UNTIL else _EARLY_TEAM + _LATE_TEAM


def _line_s(started: datetime, dice: _Dice) -> int:
    """Seconds behind the calls that are not in the log (it is a sample), longer the busier the hour."""
    busy = _hours(started.date())[started.hour] / 10
    ringing = 2 + dice.exponential(5)
    return round(ringing + dice.exponential(30 + 60 * busy)) if dice.chance(0.55 * busy) else round(ringing)


def _new_customer(known: set[str], dice: _Dice) -> str:
    while (customer := f"K{dice.whole(10_000, 99_999)}") in known:
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


if __name__ == "__main__":
    main()
