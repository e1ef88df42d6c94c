"""Key figures of a contact centre, worked out from its call log: `aht`, `asa`, `fcr`, … one by one, `summary` for all.

**The call log** is a pandas table with one row for each call, and the columns of ``course/data/calls.md``. Some figures
need a column that not every log has: `available_s` (how long the agent stood ready before this call, seconds; 0 when
abandoned), `nps` (0–10), `ces` (1–7), `offered` and `sold` (True or False: an offer was made, and accepted) and `qa`
(0–100). `shrinkage` and `adherence` are not of calls but of paid time, and take a **shift table**: one row for each
agent and shift, with `agent`, `started`, `paid_s`, `unavailable_s`, `scheduled_s` and `adherent_s`.

A figure asks only for the columns that it needs. They are checked before anything is worked out, `summary` checks each
of them once, and `BadLog` names the column and the rows that are wrong.

**Groups.** Every figure is of the whole table, or of each group that `by` names:

- the name of a column, such as ``"agent"`` or ``"queue"``;
- an interval of `started`, as pandas writes it: ``"15min"``, ``"1h"``, ``"1D"``, ``"1W"`` (from Monday);
- a list of these, for each combination that the table holds.

Columns come first: a text is an interval only if no column has that name. Groups stand in their natural order (of the
categories, for a categorical column). A group in which a figure has nothing to divide by is NaN. A row without a value
in a column is in no group of it: ``by="agent"`` leaves out the abandoned calls, which nobody answered, so service level
and abandonment are of answered calls alone there. A category without any row is a group when `by` names that column
alone; an interval without any row is not, and ``.asfreq("30min")`` puts those in.

**Intervals** follow the clock on the wall, in the time zone of `started`. A day lasts from midnight to midnight, be it
23, 24 or 25 hours. Hours that the clock skips are no interval, and an hour that it shows twice is two of them, told
apart by the offset from UTC. An interval that begins before the clock is changed and ends after it is longer or shorter
than its name, as the day is.

Rates are shares from 0 to 1; only `nps` runs from −100 to 100.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

    import numpy as np
    import pandas as pd

    Numbers = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Codes = np.ndarray[Any, np.dtype[np.integer[Any]]]
    Checked = dict[str, Any]
    """Column → its values: numbers, flags, names as `_Names`, times as a pandas column."""
    Fraction = tuple[Numbers | Flags, Numbers | Flags]
    """What each row adds above and below the line."""

_ROWS_SHOWN = 5
_CALL_AGAIN = "7D"


class BadLog(ValueError):
    """A call log or shift table that is not as the documentation of its columns says.

    Attributes:
        column: the column that is wrong.
        rows: the index labels of the first rows that are wrong; empty when the whole column is missing.
        count: how many rows are wrong.
    """

    def __init__(self, column: str, message: str, rows: tuple[Any, ...] = (), count: int = 0) -> None:
        super().__init__(f"{column}: {message}")
        self.column = column
        self.rows = rows
        self.count = count


def aht(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Average handle time (AHT).

    Formula: (talk + hold + after-call work) / handled.
    Denominator: handled calls, which are the answered ones.
    Unit: seconds.
    Source: Definition used in this course, ``metric-aht`` in ``course/facts.yaml``.

    Arguments:
        log: calls, with `answered`, `talk_s`, `hold_s` and `acw_s` (s).
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _AHT)


def asa(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Average speed of answer (ASA).

    Formula: wait of answered calls / answered.
    Denominator: answered calls; the wait of those who gave up counts in neither.
    Unit: seconds.
    Source: Definition used in this course, ``metric-asa`` in ``course/facts.yaml``.

    Arguments:
        log: calls, with `answered` and `wait_s` (s).
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _ASA)


def service_level(
    log: "pd.DataFrame", by: str | list[str] | None = None, *, target_s: float = 20, short_s: float | None = None
) -> "float | pd.Series[float]":
    """Service level: who was answered in time.

    Formula: answered after a wait of `target_s` or less / offered.
    Denominator: offered calls, abandoned ones included; without the short abandons if `short_s` says so.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-service-level`` in ``course/facts.yaml``; what a short abandon is,
    ``short-abandon`` there.

    Arguments:
        log: calls, with `answered` and `wait_s` (s).
        by: a column, an interval or a list of these; None for the whole log.
        target_s: the longest wait that counts as in time, seconds.
        short_s: abandoned calls with a wait under so many seconds are left out; None counts them all.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval, or a time is negative.
    """
    return _figure(log, by, _service_level(target_s, short_s))


def abandonment(
    log: "pd.DataFrame", by: str | list[str] | None = None, *, short_s: float | None = None
) -> "float | pd.Series[float]":
    """Abandonment: who hung up before anyone answered.

    Formula: abandoned / offered.
    Denominator: offered calls, answered and abandoned. If `short_s` says so, short abandons count in neither.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-abandonment`` in ``course/facts.yaml``; what a short abandon is,
    ``short-abandon`` there.

    Arguments:
        log: calls, with `answered`, and `wait_s` (s) if `short_s` is given.
        by: a column, an interval or a list of these; None for the whole log.
        short_s: abandoned calls with a wait under so many seconds are left out; None counts them all.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval, or `short_s` is negative.
    """
    return _figure(log, by, _abandonment(short_s))


def occupancy(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Occupancy: how much of their time on the phones the agents spent on calls.

    Formula: handling / (handling + available), where handling is talk + hold + after-call work.
    Denominator: the time on calls, and the time ready for a call. It is right only for a log that holds every call of
    these agents.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-occupancy`` in ``course/facts.yaml``.

    Arguments:
        log: calls, with `talk_s`, `hold_s`, `acw_s` and `available_s` (s).
        by: a column, an interval or a list of these; None for the whole log. All the time of a call, and of the wait
            for it, counts in the interval in which the call came in.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _OCCUPANCY)


def shrinkage(shifts: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Shrinkage: how much of the paid time the agents could not take calls, for training, meetings, breaks or illness.

    Formula: paid but unavailable / paid.
    Denominator: paid time.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-shrinkage`` in ``course/facts.yaml``.

    Arguments:
        shifts: a shift table, with `paid_s` and `unavailable_s` (s).
        by: a column, an interval of when the shifts started, or a list of these; None for the whole table.

    Returns:
        The figure of the whole table, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(shifts, by, _SHRINKAGE)


def adherence(shifts: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Adherence: how much of the scheduled time the agents did what their schedule said.

    Formula: time in adherence / scheduled.
    Denominator: scheduled time.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-adherence`` in ``course/facts.yaml``.

    Arguments:
        shifts: a shift table, with `scheduled_s` and `adherent_s` (s).
        by: a column, an interval of when the shifts started, or a list of these; None for the whole table.

    Returns:
        The figure of the whole table, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(shifts, by, _ADHERENCE)


def fcr(
    log: "pd.DataFrame", by: str | list[str] | None = None, *, window: str = _CALL_AGAIN
) -> "float | pd.Series[float]":
    """First contact resolution (FCR).

    Formula: contacts resolved at the first contact / contacts. A contact is an answered call that is no repeat: no
    earlier call of the same customer in the same queue was answered within `window` before it. It was resolved at the
    first contact if the agent marked it as resolved and the customer made no further call in that queue, answered or
    abandoned, within `window` after it. Calls of the same moment follow each other as they stand in the log.
    Denominator: contacts. Repeats are sought in the whole log, across groups; a contact counts in the group of its own
    call. Calls before the log begins are not known, and calls after it ends neither, which makes its last days look
    too good.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-fcr`` in ``course/facts.yaml``. What a repeat is, and the seven
    days, are this course's choice: name them when you state the figure.

    Arguments:
        log: calls, with `started`, `queue`, `customer`, `answered` and `resolved`.
        by: a column, an interval or a list of these; None for the whole log.
        window: within what time a further call is a repeat, from start to start. A day is 24 hours here.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval, or `window` is no length of time.
    """
    return _figure(log, by, _fcr(window))


def transfer_rate(
    log: "pd.DataFrame", by: str | list[str] | None = None, *, kind: Literal["warm", "cold"] | None = None
) -> "float | pd.Series[float]":
    """Transfer rate: which calls were passed on to a colleague.

    Formula: transferred / answered.
    Denominator: answered calls.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-transfer`` in ``course/facts.yaml``; warm and cold as in
    ``course/data/calls.md``.

    Arguments:
        log: calls, with `answered` and `transfer`.
        by: a column, an interval or a list of these; None for the whole log.
        kind: count only warm or only cold transfers; None counts both.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval, or there is no such kind.
    """
    return _figure(log, by, _transfer_rate(kind))


def csat(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Customer satisfaction (CSAT), as the share of the top two boxes.

    Formula: answers of 4 or 5 / answers, on a scale from 1 to 5.
    Denominator: survey answers, not calls.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-csat`` in ``course/facts.yaml``.

    Arguments:
        log: calls, with `csat` (1 to 5; empty where the caller gave no answer).
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if the column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _CSAT)


def nps(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Net Promoter Score (NPS).

    Formula: per cent who answer 9 or 10 − per cent who answer 0 to 6.
    Denominator: survey answers, those of 7 and 8 included; not calls.
    Unit: points, −100 to 100.
    Source: Definition used in this course, ``metric-nps`` in ``course/facts.yaml``.

    Arguments:
        log: calls, with `nps` (0 to 10; empty where the caller gave no answer).
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if the column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _NPS)


def ces(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Customer Effort Score (CES).

    Formula: sum of the answers / answers, to "… made it easy for me to handle my issue", from 1 (disagree strongly)
    to 7 (agree strongly): more is better.
    Denominator: survey answers, not calls.
    Unit: points, 1 to 7.
    Source: Definition used in this course, ``metric-ces`` in ``course/facts.yaml``: the seven-point question known as
    CES 2.0. Older surveys ask for the effort itself, where less is better: do not mix the two.

    Arguments:
        log: calls, with `ces` (1 to 7; empty where the caller gave no answer).
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if the column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _CES)


def conversion(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Conversion: which offers became sales.

    Formula: sales / offers.
    Denominator: calls in which an offer was made.
    Unit: share, 0 to 1.
    Source: Definition used in this course, ``metric-conversion`` in ``course/facts.yaml``.

    Arguments:
        log: calls, with `offered` and `sold`.
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _CONVERSION)


def qa_score(log: "pd.DataFrame", by: str | list[str] | None = None) -> "float | pd.Series[float]":
    """Quality assurance score: how good the calls were that someone listened to.

    Formula: sum of the scores / scored calls.
    Denominator: scored calls, not all calls.
    Unit: points, 0 to 100.
    Source: Definition used in this course, ``metric-qa`` in ``course/facts.yaml``: the totals of its QA form, whose
    criteria weigh 100 together.

    Arguments:
        log: calls, with `qa` (0 to 100; empty where nobody scored the call).
        by: a column, an interval or a list of these; None for the whole log.

    Returns:
        The figure of the whole log, or of each group.

    Raises:
        BadLog: if the column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval.
    """
    return _figure(log, by, _QA)


def summary(
    log: "pd.DataFrame", by: str | list[str] | None = "30min", *, target_s: float = 20, short_s: float | None = None
) -> "pd.DataFrame":
    """All key figures of a call log side by side, each equal to what its own function gives.

    Formula, denominator, unit and source of each figure stand with the function of its name.

    Arguments:
        log: calls, with the columns of ``course/data/calls.md``; `call_id` is not needed.
        by: a column, an interval or a list of these; None for one row of the whole log.
        target_s: the longest wait that counts as in time for the service level, seconds.
        short_s: abandoned calls with a wait under so many seconds are left out of `offered`, `abandoned`, the service
            level and abandonment; None counts them all.

    Returns:
        One row for each group. The columns: `offered`, `answered`, `abandoned` (calls), `aht_s`, `asa_s` (s),
        `service_level`, `abandonment`, `transfer_rate`, `fcr`, `csat`; then, of a log that has what they need,
        `occupancy`, `nps`, `ces`, `conversion` and `qa`. (`offered` in the log says that an offer was made, and is
        needed for `conversion` only.)

    Raises:
        BadLog: if a column is missing or holds wrong values.
        ValueError: if `by` names neither a column nor an interval, or a time is negative.
    """
    import pandas as pd

    known = set(_columns_of(log))
    figures = [
        _AHT,
        _ASA,
        _service_level(target_s, short_s),
        _abandonment(short_s),
        _transfer_rate(None),
        _fcr(_CALL_AGAIN),
        _CSAT,
    ]
    figures += [figure for figure in (_OCCUPANCY, _NPS, _CES, _CONVERSION, _QA) if set(figure.needs) <= known]
    columns, groups = _prepared(log, by, figures)
    abandoned, offered = _abandoned_and_offered(columns, short_s)
    counts = {"offered": offered, "answered": columns["answered"], "abandoned": abandoned}
    return pd.DataFrame(
        {
            **{name: groups.totals(counted).astype("int64") for name, counted in counts.items()},
            **{figure.name: groups.shares(figure.fraction(columns)) for figure in figures},
        },
        index=groups.labels,
    )


# The figures: what each row adds above and below the line.


class _Figure(NamedTuple):
    name: str
    needs: tuple[str, ...]
    fraction: "Callable[[Checked], Fraction]"


def _handling(columns: "Checked") -> "Numbers":
    handling: Numbers = columns["talk_s"] + columns["hold_s"] + columns["acw_s"]
    return handling


def _answers(columns: "Checked", name: str) -> "Fraction":
    import numpy as np

    answers = columns[name]
    return np.nan_to_num(answers), ~np.isnan(answers)


def _net_promoters(columns: "Checked") -> "Fraction":
    import numpy as np

    answers = columns["nps"]
    return 100.0 * (answers >= 9) - 100.0 * (answers <= 6), ~np.isnan(answers)  # noqa: PLR2004 - the scale itself


def _top_two_boxes(columns: "Checked") -> "Fraction":
    answers, answered = _answers(columns, "csat")
    return answers >= 4, answered  # noqa: PLR2004 - the scale itself


_AHT = _Figure("aht_s", ("answered", "talk_s", "hold_s", "acw_s"), lambda log: (_handling(log), log["answered"]))
_ASA = _Figure("asa_s", ("answered", "wait_s"), lambda log: (log["wait_s"] * log["answered"], log["answered"]))
_OCCUPANCY = _Figure(
    "occupancy",
    ("talk_s", "hold_s", "acw_s", "available_s"),
    lambda log: (_handling(log), _handling(log) + log["available_s"]),
)
_SHRINKAGE = _Figure("shrinkage", ("paid_s", "unavailable_s"), lambda log: (log["unavailable_s"], log["paid_s"]))
_ADHERENCE = _Figure("adherence", ("scheduled_s", "adherent_s"), lambda log: (log["adherent_s"], log["scheduled_s"]))
_CSAT = _Figure("csat", ("csat",), _top_two_boxes)
_NPS = _Figure("nps", ("nps",), _net_promoters)
_CES = _Figure("ces", ("ces",), lambda log: _answers(log, "ces"))
_CONVERSION = _Figure("conversion", ("offered", "sold"), lambda log: (log["sold"], log["offered"]))
_QA = _Figure("qa", ("qa",), lambda log: _answers(log, "qa"))


def _service_level(target_s: float, short_s: float | None) -> _Figure:
    _time_in_seconds("target_s", target_s)
    _time_in_seconds("short_s", short_s)

    def fraction(columns: "Checked") -> "Fraction":
        _, offered = _abandoned_and_offered(columns, short_s)
        return columns["answered"] & (columns["wait_s"] <= target_s), offered

    return _Figure("service_level", ("answered", "wait_s"), fraction)


def _abandonment(short_s: float | None) -> _Figure:
    _time_in_seconds("short_s", short_s)
    needs = ("answered",) if short_s is None else ("answered", "wait_s")
    return _Figure("abandonment", needs, lambda columns: _abandoned_and_offered(columns, short_s))


def _abandoned_and_offered(columns: "Checked", short_s: float | None) -> "tuple[Flags, Flags]":
    answered = columns["answered"]
    abandoned = ~answered if short_s is None else ~answered & (columns["wait_s"] >= short_s)
    return abandoned, answered | abandoned


def _time_in_seconds(name: str, value: float | None) -> None:
    if value is not None and not (isinstance(value, Real) and value >= 0):
        raise ValueError(f"{name} should be 0 seconds or more, not {value!r}.")


def _transfer_rate(kind: str | None) -> _Figure:
    if kind not in (None, "warm", "cold"):
        raise ValueError(f"kind should be 'warm', 'cold', or None for both, not {kind!r}.")
    kinds = {"warm", "cold"} if kind is None else {kind}
    return _Figure(
        "transfer_rate", ("answered", "transfer"), lambda log: (log["transfer"].among(kinds), log["answered"])
    )


def _fcr(window: str) -> _Figure:
    import pandas as pd

    try:
        length = pd.Timedelta(window)
    except ValueError as error:
        raise ValueError(f"window should be a length of time such as '7D' or '48h', not {window!r}.") from error
    if not length >= pd.Timedelta(seconds=1):  # a number without a unit would be nanoseconds
        raise ValueError(f"window should be a second or longer, with its unit, such as '7D' or '48h', not {window!r}.")
    return _Figure(
        "fcr",
        ("started", "queue", "customer", "answered", "resolved"),
        lambda columns: _first_contacts(columns, length.to_timedelta64()),
    )


def _first_contacts(columns: "Checked", window: "np.timedelta64") -> "tuple[Flags, Flags]":
    """Which calls are contacts resolved at the first contact, and which are contacts."""
    import numpy as np

    customer, queue = columns["customer"], columns["queue"]
    matter = customer.codes.astype("int64") * len(queue.labels) + queue.codes
    started = columns["started"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    in_turn = np.lexsort((started, matter))
    matter, started, answered = matter[in_turn], started[in_turn], columns["answered"][in_turn]

    last_answered = np.maximum.accumulate(np.where(answered, np.arange(len(in_turn)), -1))
    earlier = np.roll(last_answered, 1)
    earlier[:1] = -1
    repeat = (earlier >= 0) & (matter[earlier] == matter) & (started - started[earlier] <= window)
    calls_again = np.zeros(len(in_turn), dtype=bool)
    calls_again[:-1] = (matter[1:] == matter[:-1]) & (started[1:] - started[:-1] <= window)

    contact = np.empty(len(in_turn), dtype=bool)
    contact[in_turn] = answered & ~repeat
    settled = np.empty(len(in_turn), dtype=bool)
    settled[in_turn] = ~calls_again
    return contact & settled & columns["resolved"], contact


# The groups.


class _Groups(NamedTuple):
    codes: "Codes"
    """The group of each row; -1 for a row that is in none."""
    labels: "pd.Index[Any]"

    def totals(self, values: "Numbers | Flags") -> "Numbers":
        import numpy as np

        # The first bin is that of the rows in no group.
        totals: Numbers = np.bincount(self.codes + 1, values, len(self.labels) + 1)[1:]  # type: ignore[assignment]
        return totals

    def shares(self, fraction: "Fraction") -> "Numbers":
        import numpy as np

        above, below = (self.totals(values) for values in fraction)
        shares: Numbers = np.full(len(below), math.nan)
        np.divide(above, below, out=shares, where=below > 0)
        return shares


def _figure(table: "pd.DataFrame", by: str | list[str] | None, figure: _Figure) -> "float | pd.Series[float]":
    import pandas as pd

    columns, groups = _prepared(table, by, [figure])
    values = groups.shares(figure.fraction(columns))
    return float(values[0]) if by is None else pd.Series(values, groups.labels, name=figure.name)


def _prepared(
    table: "pd.DataFrame", by: str | list[str] | None, figures: Iterable[_Figure]
) -> "tuple[Checked, _Groups]":
    """The columns that the figures and the groups need, checked, and the groups."""
    import numpy as np
    import pandas as pd

    known = _columns_of(table)
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    if by is not None and not names:
        raise ValueError("by=[] names no group. Write None for the whole table.")
    intervals = {name: _interval(name, known) for name in names if name not in known}
    grouped_by = ["started" if name in intervals else name for name in names]
    needs = [need for figure in figures for need in figure.needs]
    columns = _checked(table, needs + [name for name in grouped_by if name in _COLUMNS])

    keys = [
        _intervals_of(columns["started"], intervals[name]) if name in intervals else _sorted_names(table, columns, name)
        for name in names
    ]
    if not keys:
        return columns, _Groups(np.zeros(len(table), dtype="int64"), pd.RangeIndex(1))
    if len(keys) == 1:
        return columns, _Groups(keys[0].codes, keys[0].labels.rename(grouped_by[0]))
    return columns, _combined(keys, grouped_by)


def _columns_of(table: "pd.DataFrame") -> list[str]:
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"This takes a whole table (a pandas DataFrame), not a {type(table).__name__}.")
    for name in table.columns[table.columns.duplicated()]:
        raise BadLog(name, "more than one column has this name. Rename or drop the others.")
    return list(table.columns)


def _combined(keys: "list[_Names]", names: list[str]) -> _Groups:
    import numpy as np
    import pandas as pd

    sizes = [len(key.labels) for key in keys]
    combined = np.zeros(len(keys[0].codes), dtype="int64")
    for key, size in zip(keys, sizes, strict=True):
        combined = combined * size + key.codes
    combined[np.any([key.codes < 0 for key in keys], axis=0)] = -1
    codes, found = pd.factorize(combined, sort=True)
    known = found[found >= 0]
    parts = np.unravel_index(known, sizes) if len(known) else [known] * len(keys)
    labels = [key.labels.take(part) for key, part in zip(keys, parts, strict=True)]
    return _Groups(codes - (len(found) - len(known)), pd.MultiIndex.from_arrays(labels, names=names))


def _interval(name: str, columns: list[str]) -> "pd.tseries.offsets.BaseOffset":
    """Read the length of an interval, one that the days of a calendar can be cut into."""
    import pandas as pd
    from pandas.tseries.frequencies import to_offset

    known = ", ".join(map(str, columns))
    try:
        length = to_offset(name)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"by={name!r} is neither a column ({known}) nor an interval such as '30min', '1h', '1D' or '1W'."
        ) from error
    if isinstance(length, pd.tseries.offsets.Tick):
        time, day = pd.Timedelta(length), pd.Timedelta(days=1)
        if time == day:
            return pd.tseries.offsets.Day()
        usable = time > pd.Timedelta(0) and day % time == pd.Timedelta(0)
    else:
        usable = isinstance(length, pd.tseries.offsets.Day | pd.tseries.offsets.Week) and length.n == 1
    if not usable:
        raise ValueError(
            f"by={name!r}: an interval is a whole part of a day ('15min', '30min', '1h', '6h'), '1D' or '1W'. "
            "For others, put a column of your own into the table and name it."
        )
    return length


def _intervals_of(started: "pd.Series[Any]", length: "pd.tseries.offsets.BaseOffset") -> "_Names":
    import pandas as pd

    moments = pd.DatetimeIndex(started)
    # pandas floors a time with zone only if the result is unambiguous, so the wall clock is floored instead.
    codes, found = pd.factorize(_floor(moments.tz_localize(None), length))
    floors = pd.DatetimeIndex(found)
    first, again = (_shown(floors, moments.tz, again=again) for again in (False, True))
    begins = first.take(codes)
    if isinstance(length, pd.tseries.offsets.Tick) and not first.equals(again):
        # When the clock shows the beginning twice, a call is in the interval that began last. A day begins once.
        begun_again = again.take(codes)
        begins = begins.where(begun_again > moments, begun_again)
    return _Names(*pd.factorize(begins, sort=True))


def _shown(walls: "pd.DatetimeIndex", zone: "tzinfo | None", *, again: bool) -> "pd.DatetimeIndex":
    """When the clock shows these times, for the first or the second time; or when it skips them."""
    import numpy as np
    import pandas as pd

    first = np.full(len(walls), fill_value=not again)
    moments = walls.tz_localize(zone, ambiguous=first, nonexistent="NaT")
    # nonexistent="shift_forward" goes to the next whole hour: too far where the clock skips half an hour (Lord Howe).
    day = pd.Timedelta(days=1)
    for place in np.flatnonzero(moments.isna()).tolist():
        wall = walls[place]
        minutes = pd.date_range(wall - day, wall + day, freq="1min", tz="UTC").tz_convert(zone)
        skipped_at = minutes[int(np.argmax(minutes.tz_localize(None) >= wall))]
        moments = moments.delete(place).insert(place, skipped_at)
    return moments


def _floor(wall: "pd.DatetimeIndex", length: "pd.tseries.offsets.BaseOffset") -> "pd.DatetimeIndex":
    import pandas as pd

    if isinstance(length, pd.tseries.offsets.Tick):
        return wall.floor(length)
    return wall.to_period(length.freqstr).start_time.as_unit(wall.unit)


class _Names(NamedTuple):
    """A column of names: which one each row has, -1 for none."""

    codes: "Codes"
    labels: "pd.Index[Any]"

    def among(self, names: set[str]) -> "Flags":
        import numpy as np

        named = np.array([*self.labels.isin(list(names)), False])
        return named[self.codes]


def _names(column: "pd.Series[Any]") -> _Names:
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return _Names(
            column.cat.codes.to_numpy("int64"), pd.CategoricalIndex(column.cat.categories, dtype=column.dtype)
        )
    return _Names(*pd.factorize(column))


def _sorted_names(table: "pd.DataFrame", columns: "Checked", name: str) -> _Names:
    import numpy as np
    import pandas as pd

    names = columns.get(name)
    if not isinstance(names, _Names):
        names = _names(table[name])
    if isinstance(names.labels, pd.CategoricalIndex):
        return names
    place, values = pd.factorize(names.labels, sort=True)
    return _Names(np.append(place, -1)[names.codes], values)


# The columns and their checks.


class _Column(NamedTuple):
    read: "Callable[[pd.DataFrame, str], Any]"
    holds: str
    lowest: float = 0
    highest: float = math.inf
    whole: bool = False
    may_be_empty: bool = False


def _checked(table: "pd.DataFrame", names: Iterable[str]) -> "Checked":
    columns = {}
    for name in dict.fromkeys(names):
        if name not in table.columns:
            raise BadLog(name, f"this column is missing. It should hold {_COLUMNS[name].holds}.")
        columns[name] = _COLUMNS[name].read(table, name)
    for name, wrong, problem, remedy in _contradictions(columns):
        _refuse(table, name, wrong, problem, remedy)
    return columns


def _refuse(table: "pd.DataFrame", name: str, wrong: "Flags", problem: str, remedy: str) -> None:
    """Raise BadLog if any row is wrong."""
    count = int(wrong.sum())
    if count == 0:
        return
    rows = tuple(table.index[wrong][:_ROWS_SHOWN].tolist())
    shown = ", ".join(map(str, rows)) + (", …" if count > len(rows) else "")
    [value] = table[name][wrong][:1].tolist()
    where = f"{count:,} row{'s' if count > 1 else ''} (index {shown}; the first holds {value!r})"
    raise BadLog(name, f"{problem} in {where}. It should hold {_COLUMNS[name].holds}. {remedy}", rows, count)


def _read_time(table: "pd.DataFrame", name: str) -> "pd.Series[Any]":
    import numpy as np
    import pandas as pd

    column: pd.Series[Any] = table[name]
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        everywhere = np.ones(len(table), dtype=bool)
        example = "log['started'].dt.tz_localize('Europe/Oslo')"
        if not pd.api.types.is_datetime64_any_dtype(column.dtype):
            example = "pd.to_datetime(log['started'], utc=True).dt.tz_convert('Europe/Oslo')"
        _refuse(table, name, everywhere, "no times with a time zone", f"Give it one: {example}.")
        return pd.to_datetime(column, utc=True)
    _refuse(table, name, column.isna().to_numpy(), "empty", _FILL_IN)
    return column


def _read_names(table: "pd.DataFrame", name: str) -> _Names:
    import numpy as np

    names = _names(table[name])
    blank = np.array([*(isinstance(value, str) and not value.strip() for value in names.labels.tolist()), False])
    _refuse(table, name, blank[names.codes], "blank text", "Write NaN or None where there is none.")
    if not _COLUMNS[name].may_be_empty:
        _refuse(table, name, names.codes < 0, "empty", _FILL_IN)
    return names


def _read_transfer(table: "pd.DataFrame", name: str) -> _Names:
    names = _read_names(table, name)
    known = names.among({"none", "warm", "cold"})
    _refuse(table, name, ~known, "an unknown kind of transfer", "Write it as one of these.")
    return names


def _read_flags(table: "pd.DataFrame", name: str) -> "Flags":
    import pandas as pd

    column: pd.Series[Any] = table[name]
    _refuse(table, name, column.isna().to_numpy(), "empty", _FILL_IN)
    if not pd.api.types.is_bool_dtype(column.dtype):
        other = ~column.astype(object).map(pd.api.types.is_bool).to_numpy("bool")
        remedy = "Turn 1 and 0 into these with .astype(bool), text with .map({'yes': True, 'no': False})."
        _refuse(table, name, other, "neither True nor False", remedy)
    return column.to_numpy("bool")


def _read_numbers(table: "pd.DataFrame", name: str) -> "Numbers":
    import numpy as np
    import pandas as pd

    column: pd.Series[Any] = table[name]
    holds = _COLUMNS[name]
    empty = column.isna().to_numpy()
    if not pd.api.types.is_any_real_numeric_dtype(column.dtype):
        column = column.astype(object)
        other = ~column.map(_is_number).to_numpy("bool") & ~empty
        remedy = "Turn text into numbers with pd.to_numeric, lengths of time into seconds with .dt.total_seconds()."
        _refuse(table, name, other, "no number", remedy)
    if not holds.may_be_empty:
        _refuse(table, name, empty, "empty", _FILL_IN)
    values = column.to_numpy("float64", na_value=math.nan)
    outside = (values < holds.lowest) | (values > holds.highest) | np.isinf(values)
    _refuse(table, name, outside, "out of range", _CORRECT)
    if holds.whole:
        _refuse(table, name, ~empty & (values % 1 != 0), "no whole number", _CORRECT)
    return values


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _contradictions(columns: "Checked") -> "Iterator[tuple[str, Flags, str, str]]":
    """What two columns say that cannot both be true: the column to name, which rows, the problem and its remedy."""
    answered = columns.get("answered")
    if answered is not None:
        for name in ("talk_s", "hold_s", "acw_s", "available_s"):
            if name in columns:
                yield name, ~answered & (columns[name] > 0), "time of an agent on an abandoned call", _ABANDONED
        if "transfer" in columns:
            yield (
                "transfer",
                ~answered & ~columns["transfer"].among({"none"}),
                "an abandoned call passed on",
                _ABANDONED,
            )
        if "resolved" in columns:
            yield "resolved", ~answered & columns["resolved"], "an abandoned call marked as resolved", _ABANDONED
        if "agent" in columns:
            named = columns["agent"].codes >= 0
            yield "agent", ~answered & named, "an agent on an abandoned call", _ABANDONED
            yield "agent", answered & ~named, "no agent on an answered call", _FILL_IN
    if {"offered", "sold"} <= columns.keys():
        yield "sold", columns["sold"] & ~columns["offered"], "a sale without an offer", "Correct sold or offered."
    for part, whole in (("unavailable_s", "paid_s"), ("adherent_s", "scheduled_s")):
        if {part, whole} <= columns.keys():
            yield part, columns[part] > columns[whole], f"more than {whole}", f"Correct {part} or {whole}."


_FILL_IN = "Fill it in, or leave those rows out."
_CORRECT = "Correct those rows, or leave them out."
_ABANDONED = "Correct this column or answered."

_OF_SHIFTS = "in a shift table, which has a row for each agent and shift"
_COLUMNS = {
    "started": _Column(_read_time, "the time when the call came in, or the shift began, with its time zone"),
    "queue": _Column(_read_names, "the queue of the call"),
    "customer": _Column(_read_names, "who called, the same name at each call"),
    "agent": _Column(_read_names, "who answered; nothing when the call was abandoned", may_be_empty=True),
    "wait_s": _Column(_read_numbers, "the wait in seconds (0 or more), until the answer or until the caller gave up"),
    "answered": _Column(_read_flags, "True, or False when the caller hung up before anyone answered"),
    "talk_s": _Column(_read_numbers, "the conversation in seconds (0 or more), 0 when abandoned"),
    "hold_s": _Column(_read_numbers, "all holds of the call in seconds (0 or more), 0 when abandoned"),
    "acw_s": _Column(_read_numbers, "the after-call work in seconds (0 or more), 0 when abandoned"),
    "available_s": _Column(
        _read_numbers, "how long the agent stood ready before this call in seconds (0 or more), 0 when abandoned"
    ),
    "transfer": _Column(_read_transfer, "none, warm or cold; none when abandoned"),
    "resolved": _Column(_read_flags, "True when the agent marked the matter as solved, otherwise False"),
    "csat": _Column(
        _read_numbers, "an answer from 1 to 5, or nothing", lowest=1, highest=5, whole=True, may_be_empty=True
    ),
    "nps": _Column(_read_numbers, "an answer from 0 to 10, or nothing", highest=10, whole=True, may_be_empty=True),
    "ces": _Column(
        _read_numbers, "an answer from 1 to 7, or nothing", lowest=1, highest=7, whole=True, may_be_empty=True
    ),
    "offered": _Column(_read_flags, "True when the agent made an offer, otherwise False"),
    "sold": _Column(_read_flags, "True when the caller accepted an offer, otherwise False"),
    "qa": _Column(_read_numbers, "the score of a QA form from 0 to 100, or nothing", highest=100, may_be_empty=True),
    "paid_s": _Column(_read_numbers, f"paid seconds (0 or more), {_OF_SHIFTS}"),
    "unavailable_s": _Column(_read_numbers, f"seconds (0 or more) paid but not available for calls, {_OF_SHIFTS}"),
    "scheduled_s": _Column(_read_numbers, f"scheduled seconds (0 or more), {_OF_SHIFTS}"),
    "adherent_s": _Column(_read_numbers, f"seconds (0 or more) spent as scheduled, {_OF_SHIFTS}"),
}
