"""The staffing board: what it shows is Erlang C, whatever the sliders send."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccjobs_utils.activities.board import AROUND, LIMITS, START, StaffingBoard, picture, staffing_board
from ccjobs_utils.activities.words import WORDS
from ccjobs_utils.desk.staffing import erlang_c


def settings(name: str) -> st.SearchStrategy[int]:
    return st.integers(*LIMITS[name])


@given(calls=settings("calls"), aht_s=settings("aht_s"), agents=settings("agents"))
def test_the_picture_is_erlang_c(calls: int, aht_s: int, agents: int) -> None:
    shown = picture(calls, aht_s, agents)
    crews = [row["agents"] for row in shown["rows"]]
    assert agents in crews
    assert crews == list(range(max(1, agents - AROUND), agents + AROUND + 1))
    for row in shown["rows"]:
        alone = erlang_c(calls, 1800, aht_s, row["agents"], target_s=20)
        assert row["service_level"] == pytest.approx(alone.service_level, abs=1e-4)
        assert row["occupancy"] == pytest.approx(alone.occupancy, abs=1e-4)
        if math.isinf(alone.asa_s):
            assert row["asa_s"] is None
        else:
            assert row["asa_s"] == pytest.approx(alone.asa_s, abs=0.06)


def test_moving_a_slider_draws_anew() -> None:
    board = StaffingBoard("nb")
    before = board.picture
    board.settings = {**START, "agents": START["agents"] + 1}
    assert board.picture["agents"] == START["agents"] + 1
    assert board.picture != before


@pytest.mark.parametrize("wrong", [None, "many", -5, 10**9, True, math.nan, [], 2.4])
def test_a_setting_that_no_slider_has_is_brought_within_limits(wrong: Any) -> None:
    board = StaffingBoard("en")
    board.settings = {"calls": wrong, "agents": wrong}
    assert LIMITS["agents"][0] <= board.picture["agents"] <= LIMITS["agents"][1]
    assert board.picture["rows"]


def test_it_speaks_the_language_of_the_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    board = staffing_board()
    assert board is not None
    assert board.words == WORDS["nb"]
    (tmp_path / "activities.json").write_text('{"module": "09-x", "edition": "en", "activities": {}}')
    english = staffing_board()
    assert english is not None
    assert (english.language, english.words) == ("en", WORDS["en"])


@pytest.mark.parametrize("execution", ["validate", "autograde"])
def test_nbgrader_gets_no_widget(monkeypatch: pytest.MonkeyPatch, execution: str) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert staffing_board() is None
