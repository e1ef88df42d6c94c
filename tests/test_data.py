"""The data sets: made the same everywhere, true to their data sheets, and read with the right types."""

import hashlib
import math
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ccjobs_utils.desk import data
from ccjobs_utils.desk.data import (
    COLUMNS,
    MADE,
    TABLES,
    BadTable,
    call_log,
    campaign,
    crm,
    load,
    orders,
    table_rows,
    to_csv,
)

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


@pytest.mark.parametrize("name", MADE)
def test_shipped_files_are_fresh(name: str) -> None:
    shipped = (COURSE_DATA / f"{name}.csv").read_bytes()
    assert shipped == to_csv(MADE[name]()), "run: python -m ccjobs_utils.desk.data"
    assert len(shipped) < 60_000


@pytest.mark.parametrize("name", MADE)
def test_shipped_files_are_read_back_as_they_were_made(name: str) -> None:
    pd.testing.assert_frame_equal(load(name), MADE[name]())


def test_file_format() -> None:
    text = SHIPPED.read_bytes().decode("ascii")
    head, *rows = text.removesuffix("\n").split("\n")
    assert "\r" not in text
    assert head == ",".join(COLUMNS)
    assert all(re.match(r"\d{6},2026-11-\d\dT\d\d:\d\d:\d\d\+01:00,[a-z]+,K\d{5},", row) for row in rows)


def test_types(log: pd.DataFrame) -> None:
    types = {name: str(dtype) for name, dtype in log.dtypes.items()}
    whole = dict.fromkeys(["call_id", *SECONDS], "int64")
    text = dict.fromkeys(["queue", "customer", "agent", "transfer"], "str")
    flags = dict.fromkeys(["answered", "resolved"], "bool")
    assert types == {**whole, **text, **flags, "started": "datetime64[us, Europe/Oslo]", "csat": "Int64"}
    assert tuple(log.columns) == COLUMNS


@pytest.mark.parametrize("calls", [0, -1, 5_000_001])
def test_number_of_calls_out_of_range(calls: int) -> None:
    with pytest.raises(ValueError, match=r"calls must be between 1 and 5,000,000"):
        call_log(calls)


@pytest.mark.parametrize("make", [crm, orders, campaign])
def test_number_of_rows_out_of_range(make: Callable[..., pd.DataFrame]) -> None:
    for number in (0, -3, 10**9):
        with pytest.raises(ValueError, match="must be between 1 and"):
            make(number)


def test_a_log_begins_on_a_monday_and_lasts_a_week_or_more() -> None:
    for wrong in ({"weeks": 0}, {"first_day": date(2026, 11, 3)}):
        with pytest.raises(ValueError, match="first_day a Monday"):
            call_log(10, **wrong)


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    """A year of two sites."""
    return call_log(120_000, seed=4, first_day=date(2026, 1, 5), weeks=52)


class TestAYear:
    def test_is_the_same_for_the_same_seed(self, year: pd.DataFrame) -> None:
        again = call_log(120_000, seed=4, first_day=date(2026, 1, 5), weeks=52)
        pd.testing.assert_frame_equal(year, again)
        # Worked out once; another machine or version must come to the same.
        assert hashlib.sha256(to_csv(year.head(2_000))).hexdigest()[:16] == "28f98842342d03ed"

    def test_seasons_weeks_and_hours_rise_and_fall(self, year: pd.DataFrame) -> None:
        per_day = year.groupby(year["started"].dt.date).size()
        months = pd.to_datetime(per_day.index.to_series()).dt.month
        mean = per_day.groupby(months.to_numpy()).mean()
        assert mean[12] > 1.3 * mean[7]
        by_weekday = year.groupby(year["started"].dt.day_of_week).size()
        assert by_weekday[0] > 1.2 * by_weekday[2] > 1.2 * by_weekday[5]
        by_hour = year.groupby(year["started"].dt.hour).size()
        assert by_hour[10] > 1.5 * by_hour[8]

    def test_opening_hours_hold_on_both_sides_of_summer_time(self, year: pd.DataFrame) -> None:
        clock = year["started"].dt
        assert set(clock.hour) == set(range(8, 20))
        offsets = {moment.utcoffset() for moment in year["started"].iloc[::500]}
        assert offsets == {timedelta(hours=1), timedelta(hours=2)}

    def test_handle_times_are_log_normal(self, year: pd.DataFrame) -> None:
        talk = np.log(year.loc[year["answered"] & (year["queue"] == "broadband"), "talk_s"] - 20)
        assert talk.mean() == pytest.approx(math.log(385), abs=0.02)
        assert talk.std() == pytest.approx(0.5, abs=0.01)
        assert abs(talk.skew()) < 0.1

    def test_each_site_has_its_own_crew_and_customers(self, year: pd.DataFrame) -> None:
        second = year["agent"].str.endswith(" 2", na=False)
        assert second.any()
        assert year.loc[second, "customer"].str.endswith("-2").all()
        assert not year.loc[~second & year["answered"], "customer"].str.endswith("-2").any()

    def test_who_was_not_helped_calls_again(self, year: pd.DataFrame) -> None:
        again = year.duplicated(["customer", "queue"], keep="last")
        helped = year["resolved"]
        assert again[~helped].mean() > 5 * again[helped].mean()

    def test_more_give_up_when_the_queue_is_long(self, year: pd.DataFrame) -> None:
        by_hour = year.groupby(year["started"].dt.hour)
        gave_up = 1 - by_hour["answered"].mean()
        assert gave_up[10] > 1.5 * gave_up[19]
        patience = year.loc[~year["answered"], "wait_s"]
        assert patience.min() >= 3


class TestCrm:
    def test_a_second_entry_is_the_same_person_written_down_otherwise(self) -> None:
        table = crm(2_000, seed=2)
        twice = table[table["same_as"] != ""]
        assert 0.12 < len(twice) / 2_000 < 0.21
        first = table.set_index("customer").loc[twice["same_as"]].reset_index()
        assert (first["same_as"] == "").all()
        told = ["name", "born", "street", "phone"]
        same = twice[told].to_numpy() == first[told].to_numpy()
        assert (same.sum(axis=1) >= 3).all()
        changed = (~same).sum(axis=0)
        assert (changed > 10).all(), dict(zip(told, changed, strict=True))

    def test_nobody_is_real(self) -> None:
        table = crm(500)
        assert table["phone"].str.fullmatch(r"0\d{7}").all()
        assert table["email"].str.fullmatch(r"|.+@example\.no").all()
        assert table["customer"].is_unique


def test_orders_come_back_only_after_they_came() -> None:
    table = orders(2_000, seed=3)
    back = table[table["returned"] != ""]
    assert 0.08 < len(back) / len(table) < 0.2
    assert (back["delivered"] < back["returned"]).all()
    assert (table.loc[table["delivered"] != "", "delivered"] > table.loc[table["delivered"] != "", "ordered"]).all()
    assert set(back["reason"]) == set(load("returns")["reason"])
    assert set(table["product"]) <= set(load("prices")["product"])
    assert (table.loc[table["returned"] == "", "reason"] == "").all()


def test_a_campaign_sells_only_what_was_offered_to_those_it_reached() -> None:
    table = campaign(5_000, seed=3)
    for later, earlier in (("offered", "reached"), ("sold", "offered"), ("confirmed", "sold")):
        assert not (table[later] & ~table[earlier]).any()
    own, new = table["segment"] == "customer", table["segment"] == "new"
    rate = {name: table.loc[rows & table["offered"], "sold"].mean() for name, rows in (("own", own), ("new", new))}
    assert rate["own"] == pytest.approx(0.22, abs=0.04)
    assert rate["new"] == pytest.approx(0.08, abs=0.04)
    assert ((table["talk_s"] > 0) == table["reached"]).all()
    assert table["called"].dt.hour.between(10, 20).all()
    assert (table["called"].dt.day_of_week < 5).all()


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

    @pytest.mark.parametrize("name", MADE)
    def test_data_sheets_name_every_column(self, name: str) -> None:
        sheet = (COURSE_DATA / f"{name}.md").read_text(encoding="utf-8")
        assert re.findall(r"^\| `(\w+)` \|", sheet, flags=re.MULTILINE) == list(load(name).columns)


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
        with pytest.raises(
            ValueError, match=r"The course has: authority, calls, campaign, crm, orders, pay, prices, returns, rota\."
        ):
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


def test_pay_is_as_the_source_says_and_says_so() -> None:
    table = load("pay").set_index("figure")
    assert table.loc["bls-median-hourly", "value"] == 20.59
    assert table.loc["bls-median-annual", "value"] == 42_830
    assert table.loc["bls-openings", "value"] == 341_700
    assert table["source"].str.contains("BLS|Glassdoor").all()
    assert table["checked"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_main_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_CHECKOUT_DATA", tmp_path)
    data.main()
    for name in MADE:
        assert (tmp_path / f"{name}.csv").read_bytes() == (COURSE_DATA / f"{name}.csv").read_bytes()


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
