"""Erlang B, C and A: published values, the textbook formulas, a simulation, and laws that must hold everywhere."""

import csv
import math
import random
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from ccjobs_utils.desk.staffing import agents_needed, erlang_a, erlang_b, erlang_c

ORACLES = list(csv.DictReader((Path(__file__).parent / "oracles" / "erlang.csv").read_text("utf-8").splitlines()))
"""Published values; `source` says whose."""

loads = st.floats(0.1, 500)
crews = st.integers(1, 600)


def digits(text: str) -> float:
    """Half a unit of the last digit given."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2])


@pytest.mark.parametrize("row", ORACLES, ids=lambda row: f"{row['model']}-{row['calls']}")
def test_published_values_to_the_digits_given(row: dict[str, str]) -> None:
    inputs: dict[str, Any] = {key: float(row[key]) for key in ("calls", "period_s", "aht_s", "agents")}
    if row["target_s"]:
        inputs["target_s"] = float(row["target_s"])
    if row["model"] == "erlang_a":
        got = erlang_a(**inputs, patience_s=float(row["patience_s"]))._asdict()
    else:
        got = erlang_c(**inputs)._asdict()
    wanted = {key: row[key] for key in ("p_wait", "service_level", "asa_s", "occupancy", "p_abandon") if row[key]}
    assert wanted
    for key, text in wanted.items():
        assert got[key] == pytest.approx(float(text), abs=digits(text) * 1.0001), key


def test_a_published_sizing_example() -> None:
    assert agents_needed(250, 3600, 330, service_level=0.8, target_s=30) == 28


def blocked_step_by_step(load: float, agents: int) -> float:
    """Erlang B by its recursion: B(0) = 1, B(n) = a B(n−1) / (n + a B(n−1))."""
    share = 1.0
    for n in range(1, agents + 1):
        share = load * share / (n + load * share)
    return share


@given(load=st.floats(0, 2_000), agents=st.integers(0, 1_500))
def test_erlang_b_is_its_recursion(load: float, agents: int) -> None:
    assert erlang_b(load, agents) == pytest.approx(blocked_step_by_step(load, agents), rel=1e-9, abs=1e-290)


@pytest.mark.parametrize("load", [5_000.0, 9_990.0, 10_000.0, 13_900.0, 20_000.0, 1e7])
def test_ten_thousand_agents(load: float) -> None:
    assert erlang_b(load, 10_000) == pytest.approx(blocked_step_by_step(load, 10_000), rel=1e-9, abs=1e-290)
    got = erlang_c(load, 100, 100, 10_000)
    assert all(math.isfinite(value) or value == math.inf for value in got)


@given(load=loads, agents=crews)
def test_erlang_c_is_the_textbook_sum(load: float, agents: int) -> None:
    got = erlang_c(load, 300, 300, agents, target_s=20)
    if agents <= load:
        assert got == (1.0, 0.0, math.inf, 1.0)
        return
    b = blocked_step_by_step(load, agents)
    wait = agents * b / (agents - load * (1 - b))
    assert got.p_wait == pytest.approx(wait, rel=1e-9)
    assert got.service_level == pytest.approx(1 - wait * math.exp(-(agents - load) * 20 / 300), rel=1e-9)
    assert got.asa_s == pytest.approx(wait * 300 / (agents - load), rel=1e-9)
    assert got.occupancy == pytest.approx(load / agents)


def impatient_step_by_step(load: float, agents: int, patience: float) -> tuple[float, float]:
    """The share that waits and the share that abandons, from the balance of births and deaths; AHT is 1."""
    weights = [1.0]
    while len(weights) <= agents or weights[-1] > 1e-18 * sum(weights):
        n = len(weights)
        weights.append(weights[-1] * load / (min(n, agents) + max(0, n - agents) / patience))
        if weights[-1] > 1e250:
            weights = [weight / 1e250 for weight in weights]
    total = math.fsum(weights)
    abandoning = math.fsum((n - agents) / patience * weight for n, weight in enumerate(weights) if n > agents)
    return math.fsum(weights[agents:]) / total, abandoning / total / load


@given(load=st.floats(0.5, 120), agents=st.integers(1, 120), patience=st.floats(0.02, 50))
def test_erlang_a_is_the_balance_of_births_and_deaths(load: float, agents: int, patience: float) -> None:
    wait, abandon = impatient_step_by_step(load, agents, patience)
    got = erlang_a(load, 1, 1, agents, patience_s=patience)
    assert got.p_wait == pytest.approx(wait, rel=1e-8, abs=1e-12)
    assert got.p_abandon == pytest.approx(abandon, rel=1e-8, abs=1e-12)
    assert got.asa_s == pytest.approx(abandon * patience, rel=1e-8, abs=1e-12)
    assert got.occupancy == pytest.approx(load * (1 - abandon) / agents, rel=1e-8)


class TestLaws:
    @given(load=loads, agents=crews)
    def test_more_agents_are_never_worse(self, load: float, agents: int) -> None:
        assert erlang_b(load, agents + 1) <= erlang_b(load, agents)
        for got, more in (
            (erlang_c(load, 300, 300, agents), erlang_c(load, 300, 300, agents + 1)),
            (
                erlang_a(load, 300, 300, agents, patience_s=120),
                erlang_a(load, 300, 300, agents + 1, patience_s=120),
            ),
        ):
            assert more.p_wait <= got.p_wait + 1e-12
            assert more.service_level >= got.service_level - 1e-12
            assert more.asa_s <= got.asa_s + 1e-9
            assert more.occupancy <= got.occupancy + 1e-12

    @given(load=loads, agents=crews)
    def test_b_is_no_more_than_c(self, load: float, agents: int) -> None:
        assert erlang_b(load, agents) <= erlang_c(load, 300, 300, agents).p_wait * (1 + 1e-12)

    @given(agents=st.integers(1, 300), share=st.floats(0.05, 0.97))
    def test_a_becomes_c_as_patience_grows(self, agents: int, share: float) -> None:
        inputs = (agents * share, 300, 300, agents)
        patient = erlang_c(*inputs)
        apart = []
        for patience_s in (1e4, 1e8, 1e12):
            got = erlang_a(*inputs, patience_s=patience_s)
            pairs = zip(got[:4], patient, strict=True)
            apart.append(max(abs(a - c) for a, c in pairs))
        assert apart[2] <= apart[1] * 1.001 + 1e-9 <= apart[0] * 1.002 + 2e-9
        assert erlang_a(*inputs, patience_s=1e12) == pytest.approx((*patient, 0.0), rel=1e-5, abs=1e-8)

    @given(load=loads, agents=crews, patience_s=st.floats(0.01, 1e6), target_s=st.floats(0, 600))
    def test_every_share_is_a_share(self, load: float, agents: int, patience_s: float, target_s: float) -> None:
        got = erlang_a(load, 300, 300, agents, patience_s=patience_s, target_s=target_s)
        for share in (got.p_wait, got.service_level, got.occupancy, got.p_abandon):
            assert 0 <= share <= 1
        assert 0 <= got.asa_s <= patience_s
        # Whoever does not wait is answered in time; whoever abandons is not.
        assert 1 - got.p_wait <= got.service_level + 1e-9
        assert got.service_level <= 1 - got.p_abandon + 1e-9

    @given(load=loads, target_s=st.floats(0, 60), goal=st.floats(0.3, 0.99), most=st.floats(0.5, 1))
    def test_agents_needed_is_enough_and_one_less_is_not(
        self, load: float, target_s: float, goal: float, most: float
    ) -> None:
        goals = {"service_level": goal, "target_s": target_s, "max_occupancy": most}
        for patience_s in (None, 90.0):
            needed = agents_needed(load, 300, 300, **goals, patience_s=patience_s)

            def meets(n: int, patience_s: float | None = patience_s) -> bool:
                if n == 0:
                    return False
                got = (
                    erlang_c(load, 300, 300, n, target_s=target_s)
                    if patience_s is None
                    else erlang_a(load, 300, 300, n, target_s=target_s, patience_s=patience_s)
                )
                return bool(got.service_level >= goal and got.occupancy <= most)

            assert meets(needed)
            assert not meets(needed - 1)


class TestArrays:
    def test_a_year_of_half_hours_gives_what_each_gives_alone(self) -> None:
        dice = np.random.default_rng(3)
        calls = dice.integers(0, 400, 17_520)
        aht = dice.uniform(120, 500, 17_520)
        needed = agents_needed(calls, 1800, aht, max_occupancy=0.88, shrinkage=0.3)
        got = erlang_c(calls, 1800, aht, needed, target_s=20)
        impatient = erlang_a(calls, 1800, aht, np.maximum(needed, 1), patience_s=90)
        for place in dice.integers(0, 17_520, 40):
            c, t, n = int(calls[place]), float(aht[place]), int(needed[place])
            assert n == agents_needed(c, 1800, t, max_occupancy=0.88, shrinkage=0.3)
            assert [float(values[place]) for values in got] == pytest.approx(list(erlang_c(c, 1800, t, n)))
            alone = erlang_a(c, 1800, t, max(n, 1), patience_s=90)
            assert [float(values[place]) for values in impatient] == pytest.approx(list(alone))

    def test_shapes_go_together(self) -> None:
        got = erlang_c([[100], [200]], 1800, 180, [14, 25, 30])
        assert got.service_level.shape == (2, 3)
        assert agents_needed([[10, 20]], 1800, 180).shape == (1, 2)
        assert agents_needed([], 1800, 180).shape == (0,)

    def test_numbers_give_numbers(self) -> None:
        assert isinstance(agents_needed(100, 1800, 180), int)
        assert all(isinstance(value, float) for value in erlang_c(100, 1800, 180, 14))


def test_shrinkage_divides_and_rounds_up() -> None:
    assert agents_needed(250, 3600, 330, target_s=30, shrinkage=0.3) == 40
    assert agents_needed(250, 3600, 330, target_s=30, shrinkage=0.31) == 41


def test_no_calls_need_nobody() -> None:
    assert agents_needed(0, 1800, 200, shrinkage=0.3) == 0
    assert erlang_c(0, 1800, 200, 3) == (0.0, 1.0, 0.0, 0.0)
    assert erlang_a(0, 1800, 200, 3, patience_s=60) == pytest.approx((0.0, 1.0, 0.0, 0.0, 0.0))


def test_too_much_load_is_told_and_no_error() -> None:
    assert erlang_c(200, 1800, 180, 20) == (1.0, 0.0, math.inf, 1.0)
    assert erlang_c(200, 1800, 180, 5) == (1.0, 0.0, math.inf, 1.0)
    assert erlang_c(200, 1800, 180, 0) == (1.0, 0.0, math.inf, 1.0)
    flooded = erlang_a(1e6, 1800, 180, 5, patience_s=60)
    assert flooded.p_abandon == pytest.approx(1 - 5 / 100_000, rel=1e-6)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"calls": -1}, "calls must be 0 or more and finite, but is -1"),
        ({"calls": [1.0, math.nan]}, r"calls must be 0 or more and finite, but is nan at place \(1,\)"),
        ({"period_s": 0}, "period_s must be above 0"),
        ({"aht_s": math.inf}, "aht_s must be above 0 and finite, but is inf"),
        ({"aht_s": "long"}, "aht_s must be a number"),
        ({"agents": 2.5}, "agents must be whole"),
        ({"agents": -2}, "agents must be 0 or more"),
        ({"target_s": -1}, "target_s must be 0 or more"),
    ],
)
def test_bad_input_is_named(inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        erlang_c(**({"calls": 100, "period_s": 1800, "aht_s": 180, "agents": 14} | inputs))


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"service_level": 1.0}, "service_level is a share, above 0 and below 1"),
        ({"service_level": 80}, "service_level is a share"),
        ({"max_occupancy": 0}, "max_occupancy is a share, above 0 and at most 1"),
        ({"shrinkage": 1}, "shrinkage is a share, 0 or more and below 1"),
        ({"patience_s": 0}, "patience_s must be above 0"),
    ],
)
def test_impossible_goals_are_named(inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        agents_needed(100, 1800, 180, **inputs)


def simulated(
    dice: random.Random, calls: int, gap_s: float, aht_s: float, agents: int, patience_s: float | None
) -> list[tuple[float, bool]]:
    """Calls through a real queue: for each, how long it waited and whether it was answered."""
    desk = simpy.Environment()
    crew = simpy.Resource(desk, agents)
    seen: list[tuple[float, bool]] = []

    def call() -> Iterator[Any]:
        came = desk.now
        with crew.request() as turn:
            gives_up = desk.timeout(math.inf if patience_s is None else dice.expovariate(1 / patience_s))
            got = yield turn | gives_up
            seen.append((desk.now - came, turn in got))
            if turn in got:
                yield desk.timeout(dice.expovariate(1 / aht_s))

    def arrivals() -> Iterator[Any]:
        for _ in range(calls):
            yield desk.timeout(dice.expovariate(1 / gap_s))
            desk.process(call())

    desk.process(arrivals())
    desk.run(until=calls * gap_s * 2)
    return seen


@pytest.mark.parametrize("patience_s", [None, 90.0])
def test_a_simulated_desk_agrees_within_its_confidence(patience_s: float | None) -> None:
    """Twenty independent runs; the formula lies within the 99.9 % interval of their mean (Student's t, 19 degrees: 3.883)."""
    gap_s, aht_s, agents, target_s = 18.0, 180.0, 12, 20.0
    runs = []
    for seed in range(20):
        seen = simulated(random.Random(seed), 4_000, gap_s, aht_s, agents, patience_s)[400:]
        waits = [wait for wait, _ in seen]
        runs.append(
            (
                statistics.fmean(answered and wait <= target_s for wait, answered in seen),
                statistics.fmean(waits),
                statistics.fmean(wait > 0 for wait in waits),
                statistics.fmean(not answered for _, answered in seen),
            )
        )
    if patience_s is None:
        got = erlang_c(1800 / gap_s, 1800, aht_s, agents, target_s=target_s)
        expected = (got.service_level, got.asa_s, got.p_wait, 0.0)
    else:
        left = erlang_a(1800 / gap_s, 1800, aht_s, agents, target_s=target_s, patience_s=patience_s)
        expected = (left.service_level, left.asa_s, left.p_wait, left.p_abandon)
    for wanted, values in zip(expected, zip(*runs, strict=True), strict=True):
        margin = 3.883 * statistics.stdev(values) / math.sqrt(len(values))
        assert abs(statistics.fmean(values) - wanted) <= margin + 1e-12
