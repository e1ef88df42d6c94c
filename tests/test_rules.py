"""What an agent may do: each rule at its edges, its reason and its source, and that its values come from the course."""

import ast
import math
import re
import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from ccjobs_utils.desk import facts, rules
from ccjobs_utils.desk.data import load
from ccjobs_utils.desk.rules import (
    GROUNDS,
    PURPOSES,
    RELATIONS,
    Ruling,
    collection_step,
    may_call,
    may_compensate,
)

from .rulings import COURSE, FACTS, assert_complete, steady

NORDLYS = yaml.safe_load((COURSE / "data" / "nordlys.yaml").read_text(encoding="utf-8"))
OSLO = ZoneInfo("Europe/Oslo")
TUESDAY = date(2026, 11, 24)
MOMENTS = st.integers(0, 10**9).map(lambda seconds: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=2 * seconds))
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
FLAGS = st.booleans()


def at(hour: int, minute: int = 0, second: int = 0, micro: int = 0, *, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute, second, micro), OSLO)


def sell(when: datetime, **how: Any) -> Ruling:
    usual = {"register_reserved": False, "relation": "none", "opted_out": False, "number_visible": True}
    return may_call(when, purpose="sale", **{**usual, **how})


def easter(year: int) -> date:
    """Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l_) // 451
    month, day = divmod(h + l_ - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date) -> bool:
    moving = {easter(day.year) + timedelta(days=days) for days in (-3, -2, 0, 1, 39, 49, 50)}
    return day in moving or (day.month, day.day) in {(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}


class TestMayCall:
    @pytest.mark.parametrize(
        ("when", "allowed"),
        [
            (at(8, 59, 59, 999_999), False),
            (at(9), True),
            (at(20, 59, 59), True),
            (at(21), True),
            (at(21, 0, 0, 1), False),
            (at(0), False),
            (at(12, day=date(2026, 11, 28)), False),
            (at(12, day=date(2026, 11, 29)), False),
        ],
        ids=str,
    )
    def test_sale_at_the_edges_of_the_day(self, when: datetime, allowed: bool) -> None:
        ruling = sell(when)
        assert ruling.allowed is allowed
        assert_complete(ruling)

    @pytest.mark.parametrize(
        ("day", "nb", "en"),
        [
            (date(2026, 1, 1), "Første nyttårsdag", "New Year's Day"),
            (date(2026, 4, 2), "Skjærtorsdag", "Maundy Thursday"),
            (date(2026, 5, 1), "Arbeidernes dag", "Labour Day"),
            (date(2027, 5, 17), " og ", "Constitution Day"),
            (date(2026, 12, 25), "Første juledag", "Christmas Day"),
        ],
    )
    def test_holiday_is_named(self, day: date, nb: str, en: str) -> None:
        ruling = sell(at(12, day=day))
        assert not ruling.allowed
        assert nb in ruling.reason["nb"]
        assert en in ruling.reason["en"]
        assert ruling.source == FACTS["telemarketing-days"]["source"]

    @pytest.mark.parametrize("day", [date(2026, 12, 24), date(2026, 12, 31), date(2026, 4, 1), date(2026, 5, 22)])
    def test_the_eve_is_no_holiday(self, day: date) -> None:
        assert sell(at(12, day=day)).allowed

    @steady
    @given(MOMENTS, FLAGS, st.sampled_from(RELATIONS), FLAGS, FLAGS)
    def test_sale_against_the_rules_worked_out_anew(
        self, when: datetime, reserved: bool, relation: str, opted_out: bool, visible: bool
    ) -> None:
        local = when.astimezone(OSLO)
        day_and_hour = local.isoweekday() < 6 and not is_holiday(local.date()) and time(9) <= local.time() <= time(21)
        wanted = day_and_hour and visible and not opted_out and (not reserved or relation != "none")
        ruling = may_call(when, reserved, relation, "sale", opted_out, visible)
        assert ruling.allowed is wanted
        assert_complete(ruling)

    @steady
    @given(MOMENTS, st.tuples(FLAGS, st.sampled_from(RELATIONS), st.sampled_from(PURPOSES), FLAGS, FLAGS))
    def test_the_clock_that_tells_the_time_does_not_matter(self, when: datetime, rest: tuple[Any, ...]) -> None:
        zones = ("UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Europe/Oslo")
        assert len({may_call(when.astimezone(ZoneInfo(zone)), *rest).reason["en"] for zone in zones}) == 1

    @pytest.mark.skipif(not hasattr(clock, "tzset"), reason="this system cannot change its own time zone")
    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
    def test_the_machine_s_own_time_zone_does_not_matter(self, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
        here = [sell(at(hour)) for hour in range(24)]
        with monkeypatch.context() as context:
            context.setenv("TZ", zone)
            clock.tzset()
            there = [sell(at(hour)) for hour in range(24)]
        clock.tzset()
        assert here == there

    @steady
    @given(MOMENTS, FLAGS, st.sampled_from(RELATIONS), st.sampled_from(PURPOSES), FLAGS, FLAGS)
    def test_more_that_speaks_against_never_opens_a_call(
        self, when: datetime, reserved: bool, relation: str, purpose: str, opted_out: bool, visible: bool
    ) -> None:
        allowed = may_call(when, reserved, relation, purpose, opted_out, visible).allowed
        assert may_call(when, True, relation, purpose, opted_out, visible).allowed <= allowed
        assert may_call(when, reserved, "none", purpose, opted_out, visible).allowed <= allowed
        assert may_call(when, reserved, relation, purpose, True, visible).allowed <= allowed
        assert may_call(when, reserved, relation, purpose, opted_out, False).allowed <= allowed

    @steady
    @given(MOMENTS, FLAGS, st.sampled_from(RELATIONS), FLAGS, FLAGS)
    def test_what_is_no_sale(self, when: datetime, reserved: bool, relation: str, opted_out: bool, shown: bool) -> None:
        survey, service, collection = (
            may_call(when, reserved, relation, purpose, opted_out, shown)
            for purpose in ("survey", "service", "collection")
        )
        assert survey.allowed is not opted_out
        assert service.allowed
        assert collection.allowed
        for ruling in (survey, service, collection):
            assert_complete(ruling)
        assert FACTS["collection-proposal-weekdays"]["statement"]["en"] in collection.reason["en"]

    def test_the_strongest_reason_is_given(self) -> None:
        worst: dict[str, Any] = {"register_reserved": True, "opted_out": True, "number_visible": False}
        saturday_night = at(23, day=date(2026, 11, 28))
        steps = [
            ("opted_out", False, "said no directly to us"),
            ("register_reserved", False, "has opted out of telemarketing, is not a customer"),
            ("number_visible", True, "is not shown"),
        ]
        for name, mended, said in steps:
            assert said in sell(saturday_night, **worst).reason["en"]
            worst[name] = mended
        assert sell(saturday_night, **worst).reason["en"].startswith("It is Saturday.")
        assert sell(at(23), **worst).reason["en"].startswith("It is 23:00:00 in Norway.")
        assert sell(at(12), **worst).allowed

    @pytest.mark.parametrize("relation", ["customer", "consented"])
    def test_a_reserved_person_we_know_may_be_called(self, relation: str) -> None:
        assert sell(at(12), register_reserved=True, relation=relation).allowed
        assert not sell(at(12), register_reserved=True, relation=relation, opted_out=True).allowed

    def test_takes_what_a_table_gives(self) -> None:
        assert sell(pd.Timestamp("2026-11-24 12:00", tz="Europe/Oslo"), number_visible=np.True_).allowed

    @pytest.mark.parametrize(
        ("wrong", "error", "said"),
        [
            ({"when": at(12).replace(tzinfo=None)}, ValueError, r"when .* no time zone: give it one"),
            ({"when": pd.Timestamp("2026-11-24")}, ValueError, "no time zone"),
            ({"when": TUESDAY}, TypeError, "when is a moment"),
            ({"when": "12:00"}, TypeError, "when is a moment"),
            ({"when": pd.NaT}, ValueError, "no time zone"),
            ({"when": at(12, day=date(2101, 3, 1))}, ValueError, "1901 to 2100"),
            ({"relation": "friend"}, ValueError, "relation is one of none, customer, consented, not 'friend'"),
            ({"purpose": "sales"}, ValueError, "purpose is one of sale, survey, service, collection"),
            ({"opted_out": "nei"}, ValueError, "opted_out is True or False, not 'nei'"),
            ({"register_reserved": None}, ValueError, "register_reserved is True or False"),
            ({"number_visible": math.nan}, ValueError, "number_visible is True or False"),
        ],
    )
    def test_bad_input_is_named(self, wrong: dict[str, Any], error: type[Exception], said: str) -> None:
        good = {"register_reserved": False, "relation": "none", "opted_out": False, "number_visible": True}
        with pytest.raises(error, match=said):
            may_call(**{"when": at(12), "purpose": "sale", **good, **wrong})


class TestCollectionStep:
    DUE = date(2026, 11, 2)
    WARNED = date(2026, 11, 3)
    DEMANDED = date(2026, 11, 18)

    @pytest.mark.parametrize(
        ("warned", "demanded", "today", "step", "from_day", "allowed"),
        [
            (None, None, date(2026, 10, 1), "wait", date(2026, 11, 3), False),
            (None, None, date(2026, 11, 2), "wait", date(2026, 11, 3), False),
            (None, None, date(2026, 11, 3), "warn", date(2026, 11, 3), True),
            (WARNED, None, date(2026, 11, 17), "wait", date(2026, 11, 18), False),
            (WARNED, None, date(2026, 11, 18), "demand", date(2026, 11, 18), True),
            (WARNED, DEMANDED, date(2026, 12, 2), "wait", date(2026, 12, 3), False),
            (WARNED, DEMANDED, date(2026, 12, 3), "collect", date(2026, 12, 3), True),
            # Sent too early: it does not count, and the case stops.
            (DUE, None, date(2026, 12, 3), "warn", date(2026, 11, 3), False),
            (DUE, DEMANDED, date(2026, 12, 3), "warn", date(2026, 11, 3), False),
            (DUE, None, DUE, "wait", date(2026, 11, 3), False),
            (None, DEMANDED, date(2026, 12, 3), "warn", date(2026, 11, 3), False),
            (WARNED, date(2026, 11, 17), date(2026, 12, 3), "demand", date(2026, 11, 18), False),
            (WARNED, date(2026, 11, 1), date(2026, 12, 3), "demand", date(2026, 11, 18), False),
            (WARNED, date(2026, 11, 10), date(2026, 11, 10), "wait", date(2026, 11, 18), False),
        ],
    )
    def test_each_step(
        self, warned: date | None, demanded: date | None, today: date, step: str, from_day: date, allowed: bool
    ) -> None:
        ruling = collection_step(self.DUE, warned, demanded, today)
        assert (ruling.step, ruling.from_day, ruling.allowed) == (step, from_day, allowed)
        assert_complete(ruling)
        assert f"{from_day.day} {from_day:%B %Y}" in ruling.reason["en"]

    def test_reason_says_what_was_too_early(self) -> None:
        today = date(2026, 12, 3)
        reasons = [
            collection_step(self.DUE, *sent, today).reason["nb"]
            for sent in ((self.DUE, None), (None, self.DEMANDED), (self.WARNED, self.WARNED))
        ]
        assert "før forfallsdagen var over, så det teller ikke" in reasons[0]
        assert "uten varsel først, så den teller ikke" in reasons[1]
        assert "før fristen i varselet var ute, så den teller ikke" in reasons[2]
        assert "3. november 2026" in reasons[0]

    @steady
    @given(DAYS, st.integers(-40, 40), st.integers(0, 60), st.integers(0, 90))
    def test_each_letter_gives_the_debtor_all_days(self, due: date, warn: int, demand: int, wait: int) -> None:
        warned = due + timedelta(days=warn)
        demanded = warned + timedelta(days=demand)
        today = demanded + timedelta(days=wait)
        ruling = collection_step(due, warned, demanded, today)
        in_order = warn > 0 and demand > FACTS["collection-warning-days"]["value"]
        assert ruling.allowed is (in_order and wait > FACTS["collection-demand-days"]["value"])
        assert (ruling.step == "wait") is (today < ruling.from_day)
        assert_complete(ruling)

    @steady
    @given(DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS), DAYS, st.integers(0, 50))
    def test_time_only_moves_a_case_on(
        self, due: date, warned: date | None, demanded: date | None, today: date, later: int
    ) -> None:
        assume(all(day is None or day <= today for day in (warned, demanded)))
        now = collection_step(due, warned, demanded, today)
        then = collection_step(due, warned, demanded, today + timedelta(days=later))
        assert now.from_day == then.from_day
        assert now.allowed <= then.allowed

    @pytest.mark.parametrize(
        ("wrong", "error", "said"),
        [
            ({"due": None}, TypeError, "due is a day"),
            ({"today": at(12)}, TypeError, r"today is a day \(datetime\.date\)"),
            ({"warned": "2026-11-03"}, TypeError, "warned is a day"),
            ({"demanded": pd.Timestamp("2026-11-03")}, TypeError, "demanded is a day"),
            ({"warned": date(2027, 1, 1)}, ValueError, r"warned \(2027-01-01\) lies after today \(2026-12-03\)"),
            ({"demanded": date(2027, 1, 1)}, ValueError, "demanded .* lies after today"),
        ],
    )
    def test_bad_input_is_named(self, wrong: dict[str, Any], error: type[Exception], said: str) -> None:
        good = {"due": self.DUE, "warned": self.WARNED, "demanded": None, "today": date(2026, 12, 3)}
        with pytest.raises(error, match=said):
            collection_step(**{**good, **wrong})


class TestMayCompensate:
    LIMITS = MappingProxyType(dict(load("authority")[["role", "limit_kr"]].to_numpy().tolist()))

    @pytest.mark.parametrize("role", LIMITS)
    def test_goodwill_up_to_the_limit(self, role: str) -> None:
        limit = self.LIMITS[role]
        for amount, allowed in ((0, True), (limit, True), (limit + 0.01, False), (np.int64(limit), True)):
            ruling = may_compensate(role, amount, "goodwill")
            assert ruling.allowed is allowed
            assert_complete(ruling)
            assert f"{limit:,} kroner" in ruling.reason["en"]

    def test_beyond_the_limit_it_names_who_decides(self) -> None:
        assert "rollen klagespesialist" in may_compensate("agent", 301, "goodwill").reason["nb"]
        assert "role of team leader" in may_compensate("agent", 1001, "goodwill").reason["en"]
        assert "Nobody decides this amount alone" in may_compensate("agent", 10_001, "goodwill").reason["en"]

    @steady
    @given(st.sampled_from(list(LIMITS)), st.floats(0, 1e6), st.sampled_from(GROUNDS))
    def test_every_ground(self, role: str, amount: float, ground: str) -> None:
        ruling = may_compensate(role, amount, ground)
        assert_complete(ruling)
        owed = {"goodwill": amount <= self.LIMITS[role], "wrong-charge": True, "price-reduction": True}
        assert ruling.allowed is owed.get(ground, False)

    def test_reasons_are_the_company_s_words(self) -> None:
        words = NORDLYS["compensation"]
        for language in ("nb", "en"):
            assert words["goodwill_when"][language] in may_compensate("agent", 1, "goodwill").reason[language]
            assert words["wrong_charge"][language] in may_compensate("agent", 1, "wrong-charge").reason[language]
            assert words["never"][language] in may_compensate("agent", 1, "not-our-fault").reason[language]
        assert f" {words['days_in_month']} " in may_compensate("agent", 1, "price-reduction").reason["nb"]

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"role": "boss"}, "role is one of agent, specialist, team-leader, manager, not 'boss'"),
            (
                {"reason": "pity"},
                "reason is one of goodwill, wrong-charge, price-reduction, to-end-the-call, not-our-fault",
            ),
            ({"amount": -1}, "amount is kroner, 0 or more, not -1"),
            ({"amount": math.nan}, "amount is kroner"),
            ({"amount": math.inf}, "amount is kroner"),
            ({"amount": "300"}, "amount is kroner"),
            ({"amount": None}, "amount is kroner"),
        ],
    )
    def test_bad_input_is_named(self, wrong: dict[str, Any], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            may_compensate(**{"role": "agent", "amount": 100, "reason": "goodwill", **wrong})


class TestFacts:
    def test_all_are_read_as_they_are_written(self) -> None:
        read = {name: msgspec.structs.asdict(fact) for name, fact in facts.facts().items()}
        fields = ("value", "statement", "source", "checked", "unit")
        assert read == {name: {field: written.get(field) for field in fields} for name, written in FACTS.items()}

    def test_every_fact_that_is_named_exists(self) -> None:
        written = ast.walk(ast.parse(Path(rules.__file__).read_text(encoding="utf-8")))
        groups = ("telemarketing-", "opt-out-", "existing-", "caller-", "collection-", "recording-", "card-security")
        named = {node.value for node in written if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        named = {name for name in named if name.startswith(groups) and re.fullmatch(r"[a-z-]+", name)}
        assert len(named) >= 15
        assert named <= set(FACTS)

    def test_values_come_from_the_facts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        changed = {"telemarketing-earliest": "10:30", "telemarketing-latest": "18:00", "collection-warning-days": 20}
        read = {
            name: msgspec.structs.replace(fact, value=changed.get(name, fact.value), checked=date(2025, 1, 1))
            for name, fact in facts.facts().items()
        }
        monkeypatch.setattr(rules, "facts", lambda: read)
        assert [hour for hour in range(24) if sell(at(hour)).allowed] == list(range(11, 19))
        assert "10.30–18.00" in sell(at(12)).reason["nb"]
        assert sell(at(12)).checked == date(2025, 1, 1)
        due, warned = date(2026, 11, 2), date(2026, 11, 3)
        assert collection_step(due, warned, None, warned).from_day == date(2026, 11, 24)

    def test_checked_is_the_earliest_day_of_the_facts_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read = dict(facts.facts())
        read["telemarketing-latest"] = msgspec.structs.replace(read["telemarketing-latest"], checked=date(2020, 2, 2))
        monkeypatch.setattr(rules, "facts", lambda: read)
        assert sell(at(12)).checked == date(2020, 2, 2)
        assert sell(at(12, day=date(2026, 11, 28))).checked == date(2026, 11, 23)

    def test_a_proposal_is_never_applied(self) -> None:
        night = at(3, day=date(2026, 11, 29))
        ruling = may_call(night, False, "customer", "collection", False, True)
        assert ruling.allowed
        assert "not known" in ruling.reason["en"]
        for name, fact in FACTS.items():
            if fact["standing"] == "proposed" and name != "collection-proposal-answer":
                assert fact["statement"]["nb"] in ruling.reason["nb"]

    @pytest.fixture
    def forgotten(self) -> Iterator[None]:
        readers = (facts.facts, facts.nordlys, facts.authority)
        for reader in readers:
            reader.cache_clear()
        yield
        for reader in readers:
            reader.cache_clear()

    @pytest.mark.usefixtures("forgotten")
    def test_works_where_the_package_is_installed_without_the_course(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path in (COURSE / "facts.yaml", COURSE / "data" / "nordlys.yaml", COURSE / "data" / "authority.csv"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        monkeypatch.setattr(facts, "_SHIPPED", tmp_path)
        monkeypatch.setattr(facts, "_COURSE", tmp_path / "nowhere")
        assert sell(at(12)).allowed
        assert may_compensate("agent", 300, "goodwill").allowed

    @pytest.mark.usefixtures("forgotten")
    def test_missing_everywhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(facts, "_SHIPPED", tmp_path)
        monkeypatch.setattr(facts, "_COURSE", tmp_path)
        with pytest.raises(FileNotFoundError, match=r"facts\.yaml is not in the course .*Install ccjobs again"):
            sell(at(12))

    def test_the_wheel_ships_the_facts(self) -> None:
        project = (COURSE.parent / "pyproject.toml").read_text(encoding="utf-8")
        assert '"course/facts.yaml" = "ccjobs_utils/shipped/facts.yaml"' in project
