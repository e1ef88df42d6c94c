"""The call log: made the same everywhere, true to its data sheet, and read with the right types."""

import re
from datetime import time, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ccjobs_utils.desk import data
from ccjobs_utils.desk.data import COLUMNS, TABLES, BadTable, call_log, load, table_rows, to_csv

COURSE_DATA = Path(__file__).parents[1] / "course" / "data"
SHIPPED = COURSE_DATA / "calls.csv"
QUEUES = {"mobile", "broadband", "tv", "billing", "orders"}
SECONDS = ["wait_s", "talk_s", "hold_s", "acw_s"]


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return call_log()


@pytest.fixture
def notebook_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder beside a notebook far from the course; the notebook's folder is the working folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    return folder


def test_same_seed_gives_the_same_bytes() -> None:
    assert to_csv(call_log(60, seed=7)) == to_csv(call_log(60, seed=7))


def test_another_seed_gives_another_log() -> None:
    assert to_csv(call_log(60, seed=7)) != to_csv(call_log(60, seed=8))


def test_shipped_file_is_fresh() -> None:
    assert SHIPPED.read_bytes() == to_csv(call_log()), "run: python -m ccjobs_utils.desk.data"


def test_file_format() -> None:
    text = SHIPPED.read_bytes().decode("ascii")
    head, *rows = text.removesuffix("\n").split("\n")
    assert "\r" not in text
    assert head == ",".join(COLUMNS)
    assert all(re.match(r"\d{6},2026-11-\d\dT\d\d:\d\d:\d\d\+01:00,[a-z]+,K\d{5},", row) for row in rows)


def test_read_back_is_what_was_made(log: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(load("calls"), log)


def test_types(log: pd.DataFrame) -> None:
    types = {name: str(dtype) for name, dtype in log.dtypes.items()}
    whole = dict.fromkeys(["call_id", *SECONDS], "int64")
    text = dict.fromkeys(["queue", "customer", "agent", "transfer"], "str")
    flags = dict.fromkeys(["answered", "resolved"], "bool")
    assert types == {**whole, **text, **flags, "started": "datetime64[us, Europe/Oslo]", "csat": "Int64"}
    assert tuple(log.columns) == COLUMNS


@pytest.mark.parametrize("calls", [0, -1, 10_001])
def test_number_of_calls_out_of_range(calls: int) -> None:
    with pytest.raises(ValueError, match=r"between 1 and 10,000"):
        call_log(calls)


@pytest.mark.parametrize("calls", [1, 2_000])
def test_number_of_calls(calls: int) -> None:
    assert len(call_log(calls, seed=3)) == calls


@pytest.mark.parametrize(("calls", "seed"), [(400, 2026), (400, 1), (3_000, 5)])
class TestEveryLog:
    """What holds for each log, also for one so busy that callers wait for an agent."""

    def test_ids_are_unique_and_in_order_of_arrival(self, calls: int, seed: int) -> None:
        log = call_log(calls, seed)
        assert log["call_id"].is_unique
        assert log["started"].is_monotonic_increasing
        assert log["call_id"].is_monotonic_increasing

    def test_calls_come_within_opening_hours(self, calls: int, seed: int) -> None:
        started = call_log(calls, seed)["started"]
        weekday, clock = started.dt.day_of_week, started.dt.time
        assert not (weekday == 6).any()
        for days, opens, closes in ((weekday < 5, time(8), time(20)), (weekday == 5, time(10), time(16))):
            assert days.any()
            assert ((clock[days] >= opens) & (clock[days] < closes)).all()

    def test_abandoned_calls_have_no_conversation(self, calls: int, seed: int) -> None:
        log = call_log(calls, seed)
        abandoned = log[~log["answered"]]
        assert len(abandoned) > 0
        assert abandoned["agent"].isna().all()
        assert abandoned["csat"].isna().all()
        assert (abandoned[["talk_s", "hold_s", "acw_s"]] == 0).all(axis=None)
        assert (abandoned["transfer"] == "none").all()
        assert not abandoned["resolved"].any()

    def test_answered_calls_have_an_agent_and_a_conversation(self, calls: int, seed: int) -> None:
        log = call_log(calls, seed)
        answered = log[log["answered"]]
        assert answered["agent"].notna().all()
        assert (answered[["talk_s", "acw_s"]] > 0).all(axis=None)
        assert (log[SECONDS] >= 0).all(axis=None)
        assert set(answered["transfer"]) == {"none", "warm", "cold"}
        assert (answered.loc[answered["transfer"] == "warm", "hold_s"] > 0).all()
        assert answered["csat"].dropna().between(1, 5).all()
        assert 0 < answered["csat"].isna().mean() < 1

    def test_nobody_is_on_two_calls_at_once(self, calls: int, seed: int) -> None:
        log = call_log(calls, seed)
        answered_at = log["started"] + pd.to_timedelta(log["wait_s"], unit="s")
        hung_up_at = answered_at + pd.to_timedelta(log["talk_s"] + log["hold_s"], unit="s")
        done_at = hung_up_at + pd.to_timedelta(log["acw_s"], unit="s")
        spans = log.assign(answered_at=answered_at, hung_up_at=hung_up_at, done_at=done_at)
        for _, work in spans[spans["answered"]].sort_values("answered_at").groupby("agent"):
            assert (work["answered_at"].iloc[1:].to_numpy() >= work["done_at"].iloc[:-1].to_numpy()).all()
        for _, contacts in spans.groupby("customer"):
            assert (contacts["started"].iloc[1:].to_numpy() > contacts["hung_up_at"].iloc[:-1].to_numpy()).all()


class TestShippedLog:
    """What the course counts on in the file that it ships."""

    def test_is_about_400_calls_over_two_weeks(self, log: pd.DataFrame) -> None:
        assert len(log) == 400
        assert log["started"].dt.date.nunique() == 12
        assert log["started"].max() - log["started"].min() < timedelta(days=13)

    def test_every_queue_has_calls_and_long_holds(self, log: pd.DataFrame) -> None:
        assert set(log["queue"]) == QUEUES
        assert set(log.loc[log["hold_s"] > 45, "queue"]) == QUEUES

    def test_about_a_third_of_the_calls_have_a_hold(self, log: pd.DataFrame) -> None:
        assert (log.loc[log["answered"], "hold_s"] > 0).mean() == pytest.approx(1 / 3, abs=0.05)

    def test_customers_who_were_not_helped_call_again(self, log: pd.DataFrame) -> None:
        calls_again = log["customer"].duplicated(keep="last")
        assert calls_again.sum() > 30
        assert calls_again[~log["resolved"]].mean() > 3 * calls_again[log["resolved"]].mean()

    def test_days_rise_and_fall_and_mondays_are_busiest(self, log: pd.DataFrame) -> None:
        by_hour = log.groupby(log["started"].dt.hour).size()
        by_day = log.groupby(log["started"].dt.day_of_week).size()
        assert by_hour[[8, 19]].max() < 0.6 * by_hour.loc[9:16].mean()
        assert by_day.idxmax() == 0

    def test_unsolved_calls_please_less(self, log: pd.DataFrame) -> None:
        csat = log.groupby("resolved")["csat"].mean()
        assert csat[True] > csat[False] + 1

    def test_data_sheet_names_every_column(self) -> None:
        sheet = (COURSE_DATA / "calls.md").read_text(encoding="utf-8")
        assert tuple(re.findall(r"^\| `(\w+)` \|", sheet, flags=re.MULTILINE)) == COLUMNS


class TestLoad:
    def test_prefers_the_folder_beside_the_notebook(self, notebook_data: Path) -> None:
        (notebook_data / "calls.csv").write_bytes(to_csv(call_log(12, seed=1)))
        assert len(load("calls")) == 12

    def test_works_from_anywhere(self, notebook_data: Path, log: pd.DataFrame) -> None:
        assert not any(notebook_data.iterdir())
        assert len(load("calls")) == len(log)

    def test_finds_the_copy_in_an_installed_package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        shipped = tmp_path / "shipped"
        shipped.mkdir()
        (shipped / "calls.csv").write_bytes(to_csv(call_log(9, seed=1)))
        monkeypatch.setattr(data, "_SHIPPED_DATA", shipped)
        assert len(load("calls")) == 9

    def test_reads_a_log_across_the_end_of_summer_time(self, notebook_data: Path) -> None:
        made = to_csv(call_log(2, seed=1)).decode().splitlines()
        made[1] = re.sub(r"2026\S{21}", "2026-10-24T11:00:00+02:00", made[1])
        made[2] = re.sub(r"2026\S{21}", "2026-10-26T11:00:00+01:00", made[2])
        (notebook_data / "calls.csv").write_text("\n".join(made), encoding="utf-8")
        assert load("calls")["started"].dt.hour.to_list() == [11, 11]

    @pytest.mark.parametrize("name", ["", "call", "../calls", "data/calls", "/etc/passwd", "calls.csv", "CALLS"])
    def test_unknown_names_list_the_known_ones(self, name: str, notebook_data: Path) -> None:
        (notebook_data.parent / "calls.csv").write_bytes(SHIPPED.read_bytes())
        with pytest.raises(ValueError, match=r"The course has: authority, calls, prices, returns\."):
            load(name)

    def test_missing_everywhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(data, "_SHIPPED_DATA", tmp_path)
        monkeypatch.setattr(data, "_CHECKOUT_DATA", tmp_path)
        with pytest.raises(FileNotFoundError, match=r"calls\.csv is not in .*data.*Fetch the module again"):
            load("calls")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"", b""),
            (b"wait_s", b"wait"),
            (b",True,", b",maybe,"),
            (b"2026-11-02T", b"yesterday"),
            (b"100001", b"one"),
            (b"mobile", b"mob\xffile"),
        ],
        ids=["empty", "column", "flag", "time", "number", "encoding"],
    )
    def test_damaged_file_is_named(self, old: bytes, new: bytes, notebook_data: Path) -> None:
        (notebook_data / "calls.csv").write_bytes(SHIPPED.read_bytes().replace(old, new, 1) if old else b"")
        with pytest.raises(ValueError, match=r"data.calls\.csv is damaged .*Delete it"):
            load("calls")


def test_main_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_CHECKOUT_DATA", tmp_path)
    data.main()
    assert (tmp_path / "calls.csv").read_bytes() == SHIPPED.read_bytes()


def test_main_outside_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_CHECKOUT_DATA", tmp_path / "nowhere")
    with pytest.raises(SystemExit, match="checkout"):
        data.main()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_company_is_read_with_its_types(name: str) -> None:
    rows = table_rows(COURSE_DATA / f"{name}.csv")
    table = load(name)
    assert len(table) == len(rows) > 1
    assert list(table.columns) == list(TABLES[name])
    for column, kind in TABLES[name].items():
        assert str(table[column].dtype) == ("int64" if kind is int else "str")
        assert list(table[column]) == [row[column] for row in rows.values()]


def test_authority_rises_with_the_role() -> None:
    limits = list(load("authority")["limit_kr"])
    assert limits == sorted(set(limits))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("limit_kr", "limit", 1, "columns should be"),
        (",300,", ",300 kr,", 2, "no whole number"),
        (",300,", ",-300,", 2, "no whole number"),
        ("specialist,", "agent,", 3, "stands twice"),
        (",1000,", ",1000,1000,", 3, "a row has"),
        (",1000,", ",", 3, "a row has"),
    ],
)
def test_a_broken_table_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    text = (COURSE_DATA / "authority.csv").read_text(encoding="utf-8")
    path = tmp_path / "authority.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadTable) as caught:
        table_rows(path)
    assert (caught.value.line, said in str(caught.value)) == (line, True), caught.value


@pytest.mark.parametrize("name", TABLES)
def test_a_table_and_its_data_sheet_agree(name: str) -> None:
    sheet = (COURSE_DATA / f"{name}.md").read_text(encoding="utf-8")
    assert set(TABLES[name]) <= set(re.findall(r"`(\w+)`", sheet))
