"""The key figures: equal to a slow recomputation in plain Python, right on the days when the clock changes."""

import math
import re
import subprocess
import sys
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ccjobs_utils.desk import kpi
from ccjobs_utils.desk.data import call_log, load
from ccjobs_utils.desk.kpi import BadLog

Row = dict[str, Any]
Key = tuple[Any, ...]

FACTS = Path(__file__).parents[1] / "course" / "facts.yaml"

OF_CALLS: dict[str, Callable[..., Any]] = {
    "aht_s": kpi.aht,
    "asa_s": kpi.asa,
    "service_level": kpi.service_level,
    "abandonment": kpi.abandonment,
    "transfer_rate": kpi.transfer_rate,
    "fcr": kpi.fcr,
    "csat": kpi.csat,
    "occupancy": kpi.occupancy,
    "nps": kpi.nps,
    "ces": kpi.ces,
    "conversion": kpi.conversion,
    "qa": kpi.qa_score,
}
OF_SHIFTS = {"shrinkage": kpi.shrinkage, "adherence": kpi.adherence}
FIGURES = OF_CALLS | OF_SHIFTS
ALWAYS = [
    *("offered", "answered", "abandoned", "aht_s", "asa_s"),
    *("service_level", "abandonment", "transfer_rate", "fcr", "csat"),
]
OPTIONAL = ["occupancy", "nps", "ces", "conversion", "qa"]

# A moment near a change of the clock, where there is one.
CHANGES = {
    "Europe/Oslo": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "Asia/Kathmandu": [datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)],
    "UTC": [datetime(2026, 1, 1, tzinfo=UTC)],
}
# The clock goes back over midnight, forward over midnight, below the standard time, and by a whole day.
ODD_CHANGES = {
    "America/Havana": [datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 3, 8, 5, tzinfo=UTC)],
    "America/Sao_Paulo": [datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2018, 2, 18, 2, tzinfo=UTC)],
    "Europe/Dublin": [datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "Africa/Casablanca": [datetime(2026, 2, 15, 2, tzinfo=UTC), datetime(2026, 3, 22, 2, tzinfo=UTC)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10, tzinfo=UTC)],
    "Pacific/Chatham": [datetime(2026, 4, 4, 14, tzinfo=UTC)],
}
INTERVALS = {"15min": 15, "30min": 30, "1h": 60, "80min": 80, "4h": 240, "1D": 1440, "24h": 1440, "1W": 10080}
GROUPINGS: list[str | list[str]] = ["agent", "queue", *INTERVALS, ["queue", "30min"], ["1D", "agent"], ["transfer"]]


@st.composite
def call_logs(draw: st.DrawFn) -> pd.DataFrame:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = draw(st.sampled_from(CHANGES[zone]))
    rows = draw(st.lists(calls(change), max_size=14))
    return table(rows, zone).sample(frac=1, random_state=len(rows))


@st.composite
def calls(draw: st.DrawFn, change: datetime) -> Row:
    answered = draw(st.booleans() | st.just(value=True))
    offered = draw(st.booleans())

    def of_the_agent(value: st.SearchStrategy[Any], otherwise: Any) -> Any:
        return draw(value) if answered else otherwise

    def survey(lowest: int, highest: int) -> int | None:
        return draw(st.none() | st.integers(lowest, highest))

    seconds = st.integers(0, 900)
    return {
        "started": draw(moments(change)),
        "queue": draw(st.sampled_from(["mobile", "tv"])),
        "customer": draw(st.sampled_from(["K1", "K2", "K3"])),
        "agent": of_the_agent(st.sampled_from(["Tuva", "Amina"]), None),
        "wait_s": draw(st.integers(0, 40)),
        "answered": answered,
        "talk_s": of_the_agent(seconds, 0),
        "hold_s": of_the_agent(seconds, 0),
        "acw_s": of_the_agent(seconds, 0),
        "transfer": of_the_agent(st.sampled_from(["none", "warm", "cold"]), "none"),
        "resolved": of_the_agent(st.booleans(), otherwise=False),
        "csat": survey(1, 5),
        "available_s": of_the_agent(seconds, 0),
        "nps": survey(0, 10),
        "ces": survey(1, 7),
        "offered": offered,
        "sold": offered and draw(st.booleans()),
        "qa": draw(st.none() | st.integers(0, 200).map(lambda halves: halves / 2)),
    }


def moments(change: datetime) -> st.SearchStrategy[datetime]:
    """Mostly within hours of the change, and also days away, on either side of seven days."""
    near = (st.integers(-70, 70) | st.integers(-400, 400)).map(lambda minutes: change + timedelta(minutes=minutes))
    far = st.builds(
        lambda days, seconds: change + timedelta(days=days, seconds=seconds),
        st.integers(-8, 8),
        st.integers(-1, 1),
    )
    return near | far


COLUMNS = [
    *("started", "queue", "customer", "agent", "wait_s", "answered", "talk_s", "hold_s", "acw_s", "transfer"),
    *("resolved", "csat", "available_s", "nps", "ces", "offered", "sold", "qa"),
]


def table(rows: list[Row], zone: str) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=COLUMNS)
    types = {
        **dict.fromkeys(("queue", "customer", "agent", "transfer"), "str"),
        **dict.fromkeys(("answered", "resolved", "offered", "sold"), "bool"),
        **dict.fromkeys(("csat", "nps", "ces"), "Int64"),
        **dict.fromkeys(("wait_s", "talk_s", "hold_s", "acw_s", "available_s"), "int64"),
        "qa": "float64",
    }
    started = pd.to_datetime(made["started"], utc=True).dt.tz_convert(zone).dt.as_unit("us")
    return made.assign(started=started).astype(types)


def plain_rows(log: pd.DataFrame) -> list[Row]:
    """The rows as plain Python, in the order of the log; nothing for what is missing, and the moment in UTC."""
    rows = []
    for row in log.to_dict("records"):
        plain = {name: None if pd.isna(value) else value for name, value in row.items()}
        rows.append(plain | {"started": row["started"].tz_convert("UTC").to_pydatetime()})
    return rows


# The same figures in plain Python. Each gives what one call adds above and below the line.


def contact(row: Row, rows: list[Row], window: timedelta) -> tuple[bool, bool]:
    place = next(number for number, other in enumerate(rows) if other is row)

    def key(number: int) -> tuple[datetime, int]:
        return rows[number]["started"], number

    same = [
        number
        for number, other in enumerate(rows)
        if (other["customer"], other["queue"]) == (row["customer"], row["queue"])
        and abs(other["started"] - row["started"]) <= window
    ]
    first = row["answered"] and not any(rows[number]["answered"] for number in same if key(number) < key(place))
    return first and row["resolved"] and not any(key(number) > key(place) for number in same), first


def parts(figure: str, row: Row, rows: list[Row], settings: Row) -> tuple[Any, Any]:
    short_s = settings.get("short_s")
    answered = row["answered"]
    offered = answered or short_s is None or row["wait_s"] >= short_s
    on_call = row["talk_s"] + row["hold_s"] + row["acw_s"]
    kinds = [settings["kind"]] if settings.get("kind") else ["warm", "cold"]
    in_time = answered and row["wait_s"] <= settings.get("target_s", 20)

    def answer(name: str, worth: Callable[[Any], Any]) -> tuple[Any, Any]:
        return (0, 0) if row[name] is None else (worth(row[name]), 1)

    made: dict[str, Callable[[], tuple[Any, Any]]] = {
        "aht_s": lambda: (on_call, 1) if answered else (0, 0),
        "asa_s": lambda: (row["wait_s"], 1) if answered else (0, 0),
        "service_level": lambda: (in_time, offered),
        "abandonment": lambda: (offered and not answered, offered),
        "transfer_rate": lambda: (row["transfer"] in kinds, answered),
        "fcr": lambda: contact(row, rows, settings.get("window", timedelta(days=7))),
        "csat": lambda: answer("csat", lambda box: box in (4, 5)),
        "occupancy": lambda: (on_call, on_call + row["available_s"]),
        "nps": lambda: answer("nps", lambda score: 100 if score in (9, 10) else -100 if score in range(7) else 0),
        "ces": lambda: answer("ces", lambda score: score),
        "conversion": lambda: (row["sold"], row["offered"]),
        "qa": lambda: answer("qa", lambda score: score),
    }
    return made[figure]()


def plain(figure: str, log: pd.DataFrame, by: str | list[str] | None = None, **settings: Any) -> dict[Key, float]:
    """Group → figure, for every group that the log holds."""
    rows = plain_rows(log)
    zone = str(log["started"].dt.tz)
    totals: dict[Key, tuple[Fraction, Fraction]] = {} if by else {(): (Fraction(0), Fraction(0))}
    for row in rows:
        key = tuple(group(row, name, zone) for name in ([by] if isinstance(by, str) else by or []))
        if None not in key:
            above, below = totals.get(key, (Fraction(0), Fraction(0)))
            more, whole = parts(figure, row, rows, settings)
            totals[key] = above + Fraction(more), below + Fraction(whole)
    return {key: float(above / below) if below else math.nan for key, (above, below) in sorted(totals.items())}


def group(row: Row, name: str, zone: str) -> Hashable:
    return interval_start(row["started"], INTERVALS[name], ZoneInfo(zone)) if name in INTERVALS else row[name]


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def interval_start(moment: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Walk back, minute by minute, until the clock shows the beginning of the interval, or skipped it."""
    moment = moment.replace(second=0, microsecond=0)
    midnight = wall(moment, zone).replace(hour=0, minute=0)
    if minutes >= 1440:
        return first_minute(midnight - timedelta(days=midnight.weekday() if minutes > 1440 else 0), zone)
    length, minute = timedelta(minutes=minutes), timedelta(minutes=1)
    floor = midnight + (wall(moment, zone) - midnight) // length * length
    while wall(moment, zone) != floor and wall(moment - minute, zone) >= floor:
        moment -= minute
    return moment


@cache
def first_minute(midnight: datetime, zone: ZoneInfo) -> datetime:
    """The first minute of a day, which its clock may have skipped or shown twice."""
    earliest = midnight.replace(tzinfo=UTC) - timedelta(days=1)
    return next(
        start
        for start in (earliest + timedelta(minutes=minutes) for minutes in range(2 * 1440))
        if wall(start, zone) >= midnight
    )


def as_plain(values: "pd.Series[float]") -> dict[Key, float]:
    def key(label: Any) -> Key:
        return tuple(
            part.tz_convert("UTC").to_pydatetime() if isinstance(part, pd.Timestamp) else part
            for part in (label if isinstance(label, tuple) else (label,))
        )

    return {key(label): value for label, value in zip(values.index, values.tolist(), strict=True)}


def same(left: dict[Key, float], right: dict[Key, float]) -> bool:
    return list(left) == list(right) and all(
        value == right[key] or (math.isnan(value) and math.isnan(right[key])) for key, value in left.items()
    )


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return load("calls")


def one_call(**changes: Any) -> pd.DataFrame:
    call = {"queue": "mobile", "customer": "K1", "agent": "Tuva", "wait_s": 10, "answered": True}
    work = {"talk_s": 200, "hold_s": 30, "acw_s": 40, "transfer": "none", "resolved": True, "csat": 5}
    extra = {"available_s": 60, "nps": 9, "ces": 6, "offered": True, "sold": False, "qa": 80.0}
    started = {"started": datetime(2026, 11, 2, 9, 10, tzinfo=UTC)}
    return table([started | call | work | extra | changes], "Europe/Oslo")


ABANDONED = dict.fromkeys(("agent", "csat", "nps", "ces", "qa")) | {
    **dict.fromkeys(("talk_s", "hold_s", "acw_s", "available_s"), 0),
    **dict.fromkeys(("answered", "resolved", "offered"), False),
}


def log_of(*rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(rows, ignore_index=True)


def shifts(**changes: Any) -> pd.DataFrame:
    made = {
        "agent": ["Tuva", "Amina", "Tuva"],
        "started": pd.to_datetime(["2026-11-02 08:00", "2026-11-02 12:00", "2026-11-03 08:00"]).tz_localize(
            "Europe/Oslo"
        ),
        "paid_s": [27_000, 27_000, 0],
        "unavailable_s": [5_400, 2_700, 0],
        "scheduled_s": [25_000, 25_000, 0],
        "adherent_s": [24_000, 20_000, 0],
    }
    return pd.DataFrame(made | changes)


class TestAgainstPlainPython:
    @given(log=call_logs())
    @settings(max_examples=40, deadline=None, derandomize=True)
    def test_the_whole_log(self, log: pd.DataFrame) -> None:
        for name, figure in OF_CALLS.items():
            value = figure(log)
            assert type(value) is float
            assert same({(): value}, plain(name, log)), name

    @given(log=call_logs(), by=st.sampled_from(GROUPINGS))
    @settings(max_examples=80, deadline=None, derandomize=True)
    def test_groups(self, log: pd.DataFrame, by: str | list[str]) -> None:
        for name, figure in OF_CALLS.items():
            values = figure(log, by)
            assert values.name == name
            assert same(as_plain(values), plain(name, log, by)), name

    @given(
        log=call_logs(),
        target_s=st.integers(0, 40),
        short_s=st.none() | st.integers(0, 40),
        kind=st.sampled_from(["warm", "cold", None]),
        window=st.sampled_from(["30min", "2h", "1D", "7D", "8D"]),
    )
    @settings(max_examples=50, deadline=None, derandomize=True)
    def test_settings(self, log: pd.DataFrame, target_s: int, short_s: int | None, kind: Any, window: str) -> None:
        level = kpi.service_level(log, "queue", target_s=target_s, short_s=short_s)
        assert same(as_plain(level), plain("service_level", log, "queue", target_s=target_s, short_s=short_s))
        lost = kpi.abandonment(log, "queue", short_s=short_s)
        assert same(as_plain(lost), plain("abandonment", log, "queue", short_s=short_s))
        passed_on = kpi.transfer_rate(log, "queue", kind=kind)
        assert same(as_plain(passed_on), plain("transfer_rate", log, "queue", kind=kind))
        first = kpi.fcr(log, "agent", window=window)
        length = pd.Timedelta(window).to_pytimedelta()
        assert same(as_plain(first), plain("fcr", log, "agent", window=length))

    @given(
        log=call_logs(),
        by=st.none() | st.sampled_from(GROUPINGS),
        target_s=st.integers(0, 40),
        short_s=st.none() | st.integers(0, 40),
    )
    @settings(max_examples=60, deadline=None, derandomize=True)
    def test_summary_equals_the_single_figures(
        self, log: pd.DataFrame, by: str | list[str] | None, target_s: int, short_s: int | None
    ) -> None:
        summary = kpi.summary(log, by, target_s=target_s, short_s=short_s)
        assert list(summary.columns) == ALWAYS + OPTIONAL
        chosen: dict[str, Row] = {
            "service_level": {"target_s": target_s, "short_s": short_s},
            "abandonment": {"short_s": short_s},
        }
        for name, figure in OF_CALLS.items():
            value = figure(log, by, **chosen.get(name, {}))
            expected = pd.Series([value], name=name) if by is None else value
            pd.testing.assert_series_equal(summary[name], expected, check_exact=True)
        assert (summary["offered"] == summary["answered"] + summary["abandoned"]).all()
        share = summary["abandoned"] / summary["offered"].where(summary["offered"] > 0)
        pd.testing.assert_series_equal(share, summary["abandonment"], check_exact=True, check_names=False)

    @pytest.mark.parametrize("by", [None, "agent", "queue", "30min", "1D", ["queue", "1W"]])
    def test_the_shipped_log(self, log: pd.DataFrame, by: str | list[str] | None) -> None:
        summary = kpi.summary(log, by)
        rows = log.assign(available_s=0)
        for name in ALWAYS[3:]:
            expected = plain(name, rows, by)
            found = {(): summary[name].iloc[0]} if by is None else as_plain(summary[name])
            assert same(found, expected), name

    def test_the_order_of_the_rows_and_their_labels_do_not_matter(self, log: pd.DataFrame) -> None:
        shuffled = log.sample(frac=1, random_state=7).set_axis(["same"] * len(log))
        pd.testing.assert_frame_equal(kpi.summary(shuffled), kpi.summary(log), check_exact=True)

    def test_the_log_is_left_as_it_was(self, log: pd.DataFrame) -> None:
        before = log.copy(deep=True)
        kpi.summary(log, ["agent", "1h"])
        pd.testing.assert_frame_equal(log, before)


class TestFormulas:
    """Small cases worked out by hand."""

    def test_handle_time_is_of_answered_calls(self) -> None:
        assert kpi.aht(log_of(one_call(), one_call(talk_s=100), one_call(**ABANDONED))) == (270 + 170) / 2

    def test_who_gave_up_does_not_shorten_the_speed_of_answer(self) -> None:
        assert kpi.asa(log_of(one_call(wait_s=10), one_call(wait_s=40), one_call(**ABANDONED, wait_s=300))) == 25

    @pytest.mark.parametrize(("wait_s", "level"), [(19, 1), (20, 1), (21, 0)])
    def test_answered_at_the_target_is_in_time(self, wait_s: int, level: float) -> None:
        assert kpi.service_level(one_call(wait_s=wait_s)) == level

    @pytest.mark.parametrize(("wait_s", "lost"), [(9, 0), (10, 0.5), (11, 0.5)])
    def test_short_abandons_count_in_neither(self, wait_s: int, lost: float) -> None:
        calls = log_of(one_call(), one_call(**ABANDONED, wait_s=wait_s))
        assert kpi.abandonment(calls) == 0.5
        assert kpi.abandonment(calls, short_s=10) == lost
        assert kpi.service_level(calls, short_s=10) == 1 - lost
        assert kpi.summary(calls, None, short_s=10)["offered"].to_list() == [1 + (lost > 0)]

    def test_occupancy(self) -> None:
        assert kpi.occupancy(log_of(one_call(), one_call(available_s=480))) == 540 / (540 + 540)

    def test_shifts(self) -> None:
        assert kpi.shrinkage(shifts()) == 8_100 / 54_000
        assert kpi.adherence(shifts()) == 44_000 / 50_000
        assert kpi.shrinkage(shifts(), "agent").to_dict() == {"Amina": 0.1, "Tuva": 0.2}
        by_day = kpi.adherence(shifts(), "1D")
        assert by_day.name == "adherence"
        assert by_day.to_list()[0] == 0.88
        assert math.isnan(by_day.to_list()[1])

    @pytest.mark.parametrize(
        ("calls", "share"),
        [
            ([("9", True, True)], 1),
            ([("9", True, False)], 0),
            ([("9", False, False), ("10", True, True)], 1),
            ([("9", True, True), ("10", False, False)], 0),
            ([("9", True, True), ("10", True, True)], 0),
            ([("9", False, False)], math.nan),
        ],
        ids=["solved", "not solved", "got through later", "called again, gave up", "called again", "never answered"],
    )
    def test_first_contact(self, calls: list[tuple[str, bool, bool]], share: float) -> None:
        rows = [
            one_call(
                **({} if answered else ABANDONED)
                | {"resolved": resolved, "started": datetime(2026, 11, 2, int(hour), tzinfo=UTC)}
            )
            for hour, answered, resolved in calls
        ]
        assert kpi.fcr(log_of(*rows)) == pytest.approx(share, nan_ok=True)

    def test_another_queue_or_customer_is_another_matter(self) -> None:
        assert kpi.fcr(log_of(one_call(), one_call(queue="tv"), one_call(customer="K2"))) == 1

    def test_a_repeat_of_a_repeat_is_a_repeat(self) -> None:
        days = [one_call(started=datetime(2026, 11, day, 9, tzinfo=UTC)) for day in (2, 8, 14)]
        assert kpi.fcr(log_of(*days), "1D").to_list() == pytest.approx([0, math.nan, math.nan], nan_ok=True)

    @pytest.mark.parametrize(("second", "contacts"), [(0, 1), (1, 2)])
    def test_the_window_includes_its_end(self, second: int, contacts: int) -> None:
        calls = [one_call(started=datetime(2026, 11, day, 9, 0, second * (day > 2), tzinfo=UTC)) for day in (2, 9)]
        assert kpi.fcr(log_of(*calls), "1D").notna().sum() == contacts

    def test_repeats_are_seen_across_groups(self) -> None:
        calls = log_of(one_call(agent="Tuva"), one_call(agent="Amina", started=datetime(2026, 11, 3, tzinfo=UTC)))
        assert kpi.fcr(calls, "agent").to_dict() == pytest.approx({"Amina": math.nan, "Tuva": 0}, nan_ok=True)

    def test_surveys(self) -> None:
        calls = log_of(*(one_call(csat=csat, nps=nps) for csat, nps in ((3, 10), (4, 8), (5, 6), (None, None))))
        assert kpi.csat(calls) == 2 / 3
        assert kpi.nps(calls) == 0
        assert kpi.nps(one_call(nps=6)) == -100
        assert kpi.nps(log_of(one_call(nps=9), one_call(nps=9), one_call(nps=7))) == 200 / 3
        assert kpi.ces(log_of(one_call(ces=7), one_call(ces=2), one_call(ces=None))) == 4.5
        assert kpi.qa_score(log_of(one_call(qa=90.5), one_call(qa=None))) == 90.5
        assert kpi.conversion(log_of(one_call(sold=True), one_call(), one_call(offered=False))) == 0.5


def labels(started: list[str], zone: str, by: str) -> list[str]:
    """The intervals into which calls at these moments fall, as text with offset."""
    calls = log_of(*(one_call() for _ in started))
    moments = pd.to_datetime(pd.Series(started), utc=True).dt.tz_convert(zone)
    index = kpi.aht(calls.assign(started=moments), by).index
    assert isinstance(index, pd.DatetimeIndex)
    assert str(index.tz) == zone
    assert index.is_unique
    assert index.is_monotonic_increasing
    return [label.isoformat() for label in index]


class TestIntervals:
    def test_the_25_hour_day_has_two_intervals_at_two(self) -> None:
        calls = [f"2026-10-25T0{hour}:40+0{offset}:00" for hour, offset in ((1, 2), (2, 2), (2, 1), (3, 1))]
        assert labels(calls, "Europe/Oslo", "1h") == [
            "2026-10-25T01:00:00+02:00",
            "2026-10-25T02:00:00+02:00",
            "2026-10-25T02:00:00+01:00",
            "2026-10-25T03:00:00+01:00",
        ]
        assert labels(calls, "Europe/Oslo", "30min")[1:3] == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
        assert labels(calls, "Europe/Oslo", "1D") == ["2026-10-25T00:00:00+02:00"]
        assert labels(calls, "Europe/Oslo", "4h") == ["2026-10-25T00:00:00+02:00"]

    def test_the_23_hour_day_has_none(self) -> None:
        calls = ["2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T23:59:59+02:00"]
        assert labels(calls, "Europe/Oslo", "1h") == [
            "2026-03-29T01:00:00+01:00",
            "2026-03-29T03:00:00+02:00",
            "2026-03-29T23:00:00+02:00",
        ]
        assert labels(calls, "Europe/Oslo", "2h")[:2] == ["2026-03-29T00:00:00+01:00", "2026-03-29T03:00:00+02:00"]
        assert labels(calls, "Europe/Oslo", "1D") == ["2026-03-29T00:00:00+01:00"]
        assert labels(calls, "Europe/Oslo", "1W") == ["2026-03-23T00:00:00+01:00"]

    def test_a_whole_year_of_oslo_has_every_hour_and_day(self) -> None:
        hours = pd.date_range("2026-01-01", "2027-01-01", freq="1h", inclusive="left", tz="Europe/Oslo")
        calls = one_call().loc[[0] * len(hours)].assign(started=hours + pd.Timedelta(minutes=59))
        per_hour, per_day = kpi.summary(calls, "1h")["offered"], kpi.summary(calls, "1D")["offered"]
        assert list(per_hour.index) == list(hours)
        assert per_hour.unique().tolist() == [1]
        assert len(per_day) == 365
        unusual = per_day[per_day != 24]
        assert {str(day.date()): calls for day, calls in unusual.items()} == {"2026-03-29": 23, "2026-10-25": 25}

    def test_kathmandu_is_a_quarter_off(self) -> None:
        calls = ["2026-11-02T10:05+05:45", "2026-11-02T10:29+05:45", "2026-11-02T10:30+05:45"]
        assert labels(calls, "Asia/Kathmandu", "30min") == ["2026-11-02T10:00:00+05:45", "2026-11-02T10:30:00+05:45"]
        assert labels(calls, "Asia/Kathmandu", "1D") == ["2026-11-02T00:00:00+05:45"]

    def test_lord_howe_changes_by_half_an_hour(self) -> None:
        back = ["2026-04-05T01:20+11:00", "2026-04-05T01:40+11:00", "2026-04-05T01:40+10:30", "2026-04-05T02:10+10:30"]
        assert labels(back, "Australia/Lord_Howe", "30min") == [
            "2026-04-05T01:00:00+11:00",
            "2026-04-05T01:30:00+11:00",
            "2026-04-05T01:30:00+10:30",
            "2026-04-05T02:00:00+10:30",
        ]
        assert labels(back, "Australia/Lord_Howe", "1h") == ["2026-04-05T01:00:00+11:00", "2026-04-05T02:00:00+10:30"]
        forward = ["2026-10-04T01:40+10:30", "2026-10-04T02:40+11:00"]
        assert labels(forward, "Australia/Lord_Howe", "1h") == [
            "2026-10-04T01:00:00+10:30",
            "2026-10-04T02:30:00+11:00",
        ]
        assert labels(back + forward, "Australia/Lord_Howe", "1D") == [
            "2026-04-05T00:00:00+11:00",
            "2026-10-04T00:00:00+10:30",
        ]

    @given(data=st.data(), zone=st.sampled_from(sorted(CHANGES | ODD_CHANGES)), by=st.sampled_from(sorted(INTERVALS)))
    @settings(max_examples=150, deadline=None, derandomize=True)
    def test_the_clock_on_the_wall_in_any_zone(self, data: st.DataObject, zone: str, by: str) -> None:
        change = data.draw(st.sampled_from((CHANGES | ODD_CHANGES)[zone]))
        started = data.draw(st.lists(moments(change), min_size=1, max_size=4))
        expected = sorted({interval_start(moment, INTERVALS[by], ZoneInfo(zone)) for moment in started})
        found = [datetime.fromisoformat(label) for label in labels([str(moment) for moment in started], zone, by)]
        assert found == expected

    def test_a_week_may_begin_on_another_day(self) -> None:
        assert labels(["2026-11-01T12:00+01:00"], "Europe/Oslo", "W-SAT") == ["2026-11-01T00:00:00+01:00"]

    def test_the_unit_of_the_log_is_kept(self, log: pd.DataFrame) -> None:
        for by, zone in (("30min", "Europe/Oslo"), ("1D", "Europe/Oslo"), ("1W", "Europe/Oslo"), ("2h", "Etc/GMT-1")):
            started = log["started"].dt.tz_convert(zone)
            index = kpi.aht(log.assign(started=started), by).index
            assert (index.dtype, index.name) == (started.dtype, "started")
        for unit in ("s", "ms", "us", "ns"):
            started = pd.Series(pd.DatetimeIndex(["2026-03-29T03:30+02:00"]).tz_convert("Europe/Oslo").as_unit(unit))
            assert kpi.aht(one_call().assign(started=started), "2h").index.dtype == started.dtype
            assert kpi.fcr(one_call().assign(started=started)) == 1

    def test_a_fixed_offset_will_do(self, log: pd.DataFrame) -> None:
        fixed = log.assign(started=log["started"].dt.tz_convert("+01:00"))
        assert kpi.asa(fixed, "1D").to_list() == kpi.asa(log, "1D").to_list()

    def test_empty_intervals_can_be_put_in(self, log: pd.DataFrame) -> None:
        filled = kpi.aht(log, "30min").asfreq("30min")
        assert filled.loc["2026-11-02 08:30:00+01:00":"2026-11-02 09:00:00+01:00"].isna().to_list() == [True, False]

    @pytest.mark.parametrize("by", ["7h", "7min", "25h", "2D", "2W", "0min", "-30min", "ME", "QE", "B"])
    def test_other_intervals_are_refused(self, log: pd.DataFrame, by: str) -> None:
        with pytest.raises(ValueError, match=rf"by='{by}': an interval is a whole part of a day"):
            kpi.summary(log, by)


class TestGroups:
    def test_a_column_comes_before_an_interval(self, log: pd.DataFrame) -> None:
        named = log.assign(**{"1D": log["queue"]})
        assert kpi.aht(named, "1D").to_dict() == kpi.aht(log, "queue").to_dict()

    def test_any_column_will_do(self, log: pd.DataFrame) -> None:
        by_weekday = kpi.summary(log.assign(weekday=log["started"].dt.day_of_week), "weekday")
        assert list(by_weekday.index) == [0, 1, 2, 3, 4, 5]
        assert by_weekday["offered"].sum() == len(log)

    def test_by_agent_leaves_out_who_was_answered_by_nobody(self, log: pd.DataFrame) -> None:
        summary = kpi.summary(log, "agent")
        assert list(summary.index) == sorted(log["agent"].dropna().unique())
        assert summary["answered"].sum() == log["answered"].sum()
        assert summary["abandoned"].sum() == 0

    def test_a_group_with_nothing_to_divide_by_is_nan(self) -> None:
        calls = log_of(one_call(), one_call(**ABANDONED, queue="tv"))
        summary = kpi.summary(calls, "queue")
        empty = ["aht_s", "asa_s", "transfer_rate", "fcr", "csat", *OPTIONAL]
        assert summary.loc["mobile"].notna().all()
        assert list(summary.columns[summary.loc["tv"].isna()]) == empty

    def test_a_category_without_calls_is_nan(self) -> None:
        queues = pd.Categorical(["mobile"], categories=["tv", "mobile", "billing"])
        summary = kpi.summary(one_call().assign(queue=queues), "queue")
        assert list(summary.index) == ["tv", "mobile", "billing"]
        assert summary["offered"].to_list() == [0, 1, 0]
        assert summary["aht_s"].to_list() == pytest.approx([math.nan, 270, math.nan], nan_ok=True)
        assert list(kpi.aht(one_call().assign(queue=queues), ["queue", "1D"]).index.get_level_values(0)) == ["mobile"]

    def test_a_list_gives_levels_in_its_order(self, log: pd.DataFrame) -> None:
        index = kpi.aht(log, ["queue", "1D"]).index
        assert index.names == ["queue", "started"]
        assert index.is_monotonic_increasing
        assert set(index) == set(zip(log["queue"], log["started"].dt.normalize(), strict=True)) - {
            key for key, calls in log.groupby(["queue", log["started"].dt.normalize()]) if calls.empty
        }

    @pytest.mark.parametrize("by", [None, "agent", "30min", "1D", ["queue", "1h"], ["agent", "queue", "1W"]])
    @pytest.mark.parametrize("typed", [True, False])
    def test_an_empty_log(self, log: pd.DataFrame, by: str | list[str] | None, *, typed: bool) -> None:
        empty = one_call().iloc[:0] if typed else pd.DataFrame(columns=COLUMNS)
        summary = kpi.summary(empty, by)
        assert list(summary.columns) == ALWAYS + OPTIONAL
        assert len(summary) == (by is None)
        for figure in OF_CALLS.values():
            value = figure(empty, by)
            assert math.isnan(value) if by is None else value.empty and value.dtype == "float64"
        if typed and by in ("30min", "1D"):
            assert summary.index.dtype == log["started"].dtype
        for figure in OF_SHIFTS.values():
            value = figure(shifts().iloc[:0], None if by is None else "1D")
            assert math.isnan(value) if by is None else value.empty

    def test_unknown_groups_list_the_known_ones(self, log: pd.DataFrame) -> None:
        with pytest.raises(ValueError, match=r"by='agnt' is neither a column \(call_id, .*csat\) nor an interval"):
            kpi.aht(log, "agnt")
        with pytest.raises(ValueError, match=r"by=\[\] names no group"):
            kpi.aht(log, [])

    def test_only_what_the_log_has_is_summed_up(self, log: pd.DataFrame) -> None:
        assert list(kpi.summary(log).columns) == ALWAYS
        assert list(kpi.summary(log.assign(nps=9)).columns) == [*ALWAYS, "nps"]
        assert list(kpi.summary(log.assign(offered=True)).columns) == ALWAYS

    def test_types_that_say_the_same_give_the_same(self, log: pd.DataFrame) -> None:
        other = log.astype(
            {
                **dict.fromkeys(("queue", "customer", "agent", "transfer"), "category"),
                **dict.fromkeys(("wait_s", "talk_s"), "Int64"),
                **dict.fromkeys(("hold_s", "csat", "resolved"), "object"),
                "acw_s": "float32",
                "answered": "boolean",
            }
        )
        for by in (None, "30min", "agent"):
            expected = kpi.summary(log, by)
            found = kpi.summary(other, by)
            assert list(found.index) == list(expected.index)
            pd.testing.assert_frame_equal(found.set_axis(expected.index), expected, check_exact=True)


BROKEN = {
    "negative": (
        "wait_s",
        -5,
        r"wait_s: out of range in 2 rows \(index b, d; the first holds -5\).*seconds \(0 or more\)",
    ),
    "endless": ("talk_s", math.inf, r"talk_s: out of range in 2 rows \(index b, d; the first holds inf\)"),
    "empty": ("hold_s", math.nan, r"hold_s: empty in 2 rows \(index b, d; .*Fill it in, or leave those rows out"),
    "text": ("acw_s", "40 s", r"acw_s: no number in 2 rows \(index b, d; the first holds '40 s'\).*pd\.to_numeric"),
    "duration": ("talk_s", pd.Timedelta("4min"), r"talk_s: no number in 2 rows .*\.dt\.total_seconds\(\)"),
    "truth as number": ("wait_s", True, r"wait_s: no number in 2 rows"),
    "above the scale": ("csat", 6, r"csat: out of range in 2 rows .*from 1 to 5"),
    "below the scale": ("csat", 0, r"csat: out of range in 2 rows .*from 1 to 5"),
    "between the boxes": ("csat", 4.5, r"csat: no whole number in 2 rows"),
    "nps": ("nps", 11, r"nps: out of range in 2 rows .*from 0 to 10"),
    "ces": ("ces", 0, r"ces: out of range in 2 rows .*from 1 to 7"),
    "qa": ("qa", 100.5, r"qa: out of range in 2 rows .*from 0 to 100"),
    "number as truth": ("answered", 1, r"answered: neither True nor False in 2 rows .*\.astype\(bool\)"),
    "text as truth": ("resolved", "no", r"resolved: neither True nor False in 2 rows"),
    "truth unknown": ("answered", None, r"answered: empty in 2 rows"),
    "nobody called": ("customer", None, r"customer: empty in 2 rows"),
    "no queue": ("queue", "", r"queue: blank text in 2 rows"),
    "transfer": ("transfer", "hot", r"transfer: an unknown kind of transfer in 2 rows .*none, warm or cold"),
    "no time": ("started", pd.NaT, r"started: empty in 2 rows \(index b, d; the first holds NaT\)"),
    "no offer": ("offered", False, r"sold: a sale without an offer in 2 rows"),
}
CONTRADICTIONS = {
    "talk_s": (1, "time of an agent on an abandoned call"),
    "hold_s": (1, "time of an agent on an abandoned call"),
    "acw_s": (1, "time of an agent on an abandoned call"),
    "available_s": (1, "time of an agent on an abandoned call"),
    "transfer": ("warm", "an abandoned call passed on"),
    "resolved": (True, "an abandoned call marked as resolved"),
    "agent": ("Tuva", "an agent on an abandoned call"),
}


class TestBadLogs:
    @pytest.fixture
    def calls(self) -> pd.DataFrame:
        return log_of(*(one_call(sold=True) for _ in range(4))).set_axis(["a", "b", "c", "d"])

    @pytest.mark.parametrize(("column", "value", "said"), BROKEN.values(), ids=BROKEN)
    def test_wrong_values_are_named_with_their_rows(
        self, calls: pd.DataFrame, column: str, value: Any, said: str
    ) -> None:
        wrong = pd.Series([False, True, False, True], index=calls.index)
        kind = calls[column].dtype if column in ("started", "offered") else "object"
        broken = calls.assign(**{column: calls[column].astype(kind).mask(wrong, value)})
        with pytest.raises(BadLog, match=said) as caught:
            kpi.summary(broken)
        assert (caught.value.rows, caught.value.count) == (("b", "d"), 2)
        assert caught.value.column == said.split(":", maxsplit=1)[0]

    @pytest.mark.parametrize("column", CONTRADICTIONS)
    def test_an_abandoned_call_has_nothing_of_an_agent(self, column: str) -> None:
        value, said = CONTRADICTIONS[column]
        calls = log_of(one_call(), one_call(**ABANDONED | {column: value}))
        with pytest.raises(BadLog, match=rf"{column}: {said} in 1 row \(index 1; the first holds "):
            kpi.summary(calls, "agent")

    def test_an_answered_call_has_an_agent(self) -> None:
        with pytest.raises(BadLog, match="agent: no agent on an answered call in 1 row"):
            kpi.aht(one_call(agent=None), "agent")

    def test_times_need_a_zone(self, log: pd.DataFrame) -> None:
        naive = log.assign(started=log["started"].dt.tz_localize(None))
        with pytest.raises(BadLog, match=r"started: no times with a time zone in 400 rows .*\.dt\.tz_localize"):
            kpi.aht(naive, "30min")
        text = log.assign(started=log["started"].astype(str))
        with pytest.raises(BadLog, match=r"started: no times .*pd\.to_datetime\(.*utc=True\)\.dt\.tz_convert"):
            kpi.fcr(text)

    def test_the_remedies_for_times_work(self, log: pd.DataFrame) -> None:
        text = log.assign(started=log["started"].map(lambda time: time.isoformat()))
        cured = text.assign(started=pd.to_datetime(text["started"], utc=True).dt.tz_convert("Europe/Oslo"))
        pd.testing.assert_frame_equal(kpi.summary(cured), kpi.summary(log))

    def test_only_the_first_rows_are_listed(self, log: pd.DataFrame) -> None:
        with pytest.raises(BadLog, match=r"wait_s: out of range in 400 rows \(index 0, 1, 2, 3, 4, …;") as caught:
            kpi.asa(log.assign(wait_s=-1))
        assert (caught.value.rows, caught.value.count) == ((0, 1, 2, 3, 4), 400)

    @pytest.mark.parametrize("name", OF_CALLS)
    def test_a_figure_asks_only_for_what_it_needs(self, name: str) -> None:
        calls, figure = log_of(one_call(), one_call(**ABANDONED)), OF_CALLS[name]
        needed = [column for column in COLUMNS if fails(figure, calls.drop(columns=column))]
        assert needed
        assert figure(calls[needed]) == figure(calls)

    @pytest.mark.parametrize("name", FIGURES)
    def test_a_missing_column_is_named_with_what_it_should_hold(self, name: str) -> None:
        with pytest.raises(BadLog, match=r"^\w+: this column is missing\. It should hold .{15,}\.$") as caught:
            FIGURES[name](pd.DataFrame({"call_id": [1]}))
        assert (caught.value.rows, caught.value.count) == ((), 0)

    def test_summary_needs_every_column_of_the_data_sheet_but_one(self, log: pd.DataFrame) -> None:
        needed = {column for column in log.columns if fails(kpi.summary, log.drop(columns=column))}
        assert needed == set(log.columns) - {"call_id", "agent"}

    def test_parts_are_no_more_than_the_whole(self) -> None:
        with pytest.raises(BadLog, match="unavailable_s: more than paid_s in 1 row"):
            kpi.shrinkage(shifts(unavailable_s=[30_000, 0, 0]))
        with pytest.raises(BadLog, match="adherent_s: more than scheduled_s in 2 rows"):
            kpi.adherence(shifts(adherent_s=[30_000, 0, 1]))

    def test_a_column_that_stands_twice(self, log: pd.DataFrame) -> None:
        with pytest.raises(BadLog, match="wait_s: more than one column has this name"):
            kpi.summary(pd.concat([log, log[["wait_s"]]], axis=1))

    def test_what_is_no_table(self, log: pd.DataFrame) -> None:
        for figure in (kpi.aht, kpi.summary):
            with pytest.raises(TypeError, match="a whole table .*, not a Series"):
                figure(log["talk_s"])  # type: ignore[arg-type]

    @pytest.mark.parametrize("value", [-1, math.nan, "20"])
    def test_times_that_are_none(self, log: pd.DataFrame, value: Any) -> None:
        for figure in (kpi.service_level, kpi.summary):
            with pytest.raises(ValueError, match="target_s should be 0 seconds or more"):
                figure(log, target_s=value)
        for figure in (kpi.service_level, kpi.abandonment, kpi.summary):
            with pytest.raises(ValueError, match="short_s should be 0 seconds or more"):
                figure(log, short_s=value)

    @pytest.mark.parametrize("window", ["a week", "-7D", "0s", "7", 7, "NaT", None])
    def test_windows_that_are_none(self, log: pd.DataFrame, window: Any) -> None:
        with pytest.raises(ValueError, match="window should be"):
            kpi.fcr(log, window=window)

    def test_a_kind_of_transfer_that_is_none(self, log: pd.DataFrame) -> None:
        with pytest.raises(ValueError, match="kind should be 'warm', 'cold', or None for both, not 'none'"):
            kpi.transfer_rate(log, kind="none")  # type: ignore[arg-type]

    def test_each_column_is_checked_once(self, log: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
        read: list[str] = []

        def counted(column: kpi._Column) -> kpi._Column:
            def reader(table: pd.DataFrame, name: str) -> Any:
                read.append(name)
                return column.read(table, name)

            return column._replace(read=reader)

        monkeypatch.setattr(kpi, "_COLUMNS", {name: counted(column) for name, column in kpi._COLUMNS.items()})
        kpi.summary(log, ["queue", "agent", "30min"])
        assert sorted(read) == sorted(set(log.columns) - {"call_id"})


def fails(figure: Callable[..., Any], calls: pd.DataFrame) -> bool:
    try:
        figure(calls)
    except BadLog:
        return True
    return False


def test_a_made_log_of_any_seed_is_a_good_log() -> None:
    for seed in range(3):
        assert kpi.summary(call_log(300, seed), None).notna().all(axis=None)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_says_how_it_is_made(name: str) -> None:
    said = FIGURES[name].__doc__
    assert said is not None
    for part in ("Formula", "Denominator", "Unit", "Source", "Arguments", "Returns", "Raises"):
        assert re.search(rf"^    {part}:", said, re.MULTILINE), part
    facts = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    assert set(re.findall(r"``([a-z]+(?:-[a-z]+)+)``", said)) <= facts.keys()


@pytest.mark.parametrize("name", ["kpi", "staffing", "rules"])
def test_a_notebook_gets_the_desk_by_name_and_loads_it_at_first_use(name: str) -> None:
    code = (
        "import sys, ccjobs_utils\n"
        "assert not {'pandas', 'numpy'} & set(sys.modules)\n"
        f"module = 'ccjobs_utils.desk.{name}'\n"
        "assert module not in sys.modules\n"
        f"from ccjobs_utils import {name}\n"
        f"assert {name} is sys.modules[module]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


def test_pandas_is_loaded_no_earlier_than_needed() -> None:
    code = "import sys\nfrom ccjobs_utils import kpi\nassert not {'pandas', 'numpy'} & set(sys.modules)\n"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


def test_other_names_are_unknown() -> None:
    with pytest.raises(ImportError, match="cannot import name 'desks'"):
        from ccjobs_utils import desks  # noqa: F401
