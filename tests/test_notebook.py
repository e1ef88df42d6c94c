"""`activity("id")` in each of its modes, and the code of exercises as data."""

import math
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest

from ccjobs_utils.activities import notebook
from ccjobs_utils.activities.answers import AnswerFile
from ccjobs_utils.activities.model import Exercise, Handout, load, public
from ccjobs_utils.activities.notebook import RETURNED_MIME, NotReady, activity
from ccjobs_utils.activities.running import NotComparable, as_data, run_cases
from ccjobs_utils.activities.widget import ActivityWidget

SAMPLE = Path(__file__).parent / "browser" / "sample" / "activities.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def make(edition: str = "nb", place: str = "workspace/ccjobs/00-sample") -> Path:
        made = tmp_path / place
        made.mkdir(parents=True)
        handout = Handout(module="00-sample", edition=edition, activities=public(load(SAMPLE)))
        (made / "activities.json").write_bytes(msgspec.json.encode(handout))
        monkeypatch.chdir(made)
        return made

    return make


def test_a_graded_widget_holds_no_key_and_practice_tells_python_alone(folder: Callable[..., Path]) -> None:
    folder()
    for activity_id in ("exam", "practice", "note", "draft", "code"):
        widget = activity(activity_id)
        assert isinstance(widget, ActivityWidget)
        state = widget.get_state()
        said = msgspec.json.encode({key: state[key] for key in ("shown", "state", "words")}).decode()
        for key in (
            "correct",
            "Aldri kortkode",
            "57.5",
            "varm overføring",
            "ringte om nettet",
            "alle fakta",
            "snakker med Eli",
        ):
            assert key not in said, (activity_id, key)
        assert '"answer":' not in said
        assert "6" not in msgspec.json.encode(widget.shown.get("cases", {}).get("hidden", {})).decode()


def test_validate_names_what_is_missing_and_passes_when_all_is_there(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = folder()
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotReady, match="«Prøve»: ubesvart eller ikke ferdig: spørsmål 1, 2, 3, 4, 5, 6, 7") as caught:
        activity("exam")
    assert caught.value._render_traceback_() == [str(caught.value)]
    with pytest.raises(NotReady, match="skriv minst 5 ord"):
        activity("note")
    with pytest.raises(NotReady, match="koden gir ikke noe svar ennå"):
        activity("code")
    assert activity("practice") is None
    file = AnswerFile(made, "00-sample")
    right: dict[str, Any] = {
        "one": "number",
        "many": ["pin"],
        "steps": ["close", "solve", "verify", "greet"],
        "pairs": {"angry": "cold", "hours": "cold"},
        "table": {row: {"priority": "now", "route": "tech"} for row in ("down", "copy")},
        "sum": "1",
        "word": "x",
    }
    for key, value in right.items():
        file.record("exam", key, value)
    file.record("note", "text", "Fem ord er nok her.")
    assert activity("exam") is None
    assert activity("note") is None
    monkeypatch.setattr(notebook, "namespace", lambda: {"handle_time": lambda *a: sum(a)})
    assert activity("code") is None
    monkeypatch.setattr(notebook, "namespace", lambda: {"handle_time": lambda *_: 15})
    with pytest.raises(NotReady, match="stemmer ikke ennå i 1 av tilfellene"):
        activity("code")


def test_without_the_trainers_scoring_nothing_counts(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = folder()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    sent: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: sent.append(data))
    monkeypatch.setattr(notebook, "namespace", lambda: {"handle_time": lambda *a: sum(a)})
    assert activity("exam") == 0.0
    assert activity("note") == 0.0
    assert activity("code") == 0.0
    assert activity("practice") is None
    returned = {"short": {"value": 15}, "long": {"value": 400}, "hidden": {"value": 6}}
    assert sent == [{RETURNED_MIME: {"activity": "code", "returned": returned}}]
    assert not (made / "answers.json").exists()


@pytest.mark.parametrize("place", ["source/nb/00-sample", "release/en/00-sample"])
def test_a_preview_writes_nothing_beside_the_source(folder: Callable[..., Path], place: str) -> None:
    made = folder(place=place)
    widget = activity("exam")
    assert isinstance(widget, ActivityWidget)
    widget._received(widget, {"do": "answer", "item": "one", "value": "greet", "client": "c", "sequence": 1}, [])
    assert widget.state["answers"] == {"one": "greet"}
    assert widget.shown["place"] == ""
    assert [path.name for path in made.iterdir()] == ["activities.json"]


def test_an_unknown_activity_or_folder_says_what_to_do(
    folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(edition="en")
    with pytest.raises(NotReady, match="no activity nothing here. The activities are: practice, exam"):
        activity("nothing")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotReady, match="fetch the module again"):
        activity("exam")


def test_starting_a_notebook_is_quick() -> None:
    script = "import sys, ccjobs_utils; ccjobs_utils.activity; print(sorted({'pandas', 'nbgrader', 'jupytext', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


EXERCISE = load(SAMPLE)["code"]
assert isinstance(EXERCISE, Exercise)


def test_whatever_code_raises_is_an_error_of_its_case() -> None:
    def leaves(*_: object) -> None:
        raise SystemExit(3)

    returned = run_cases(EXERCISE, {"handle_time": leaves})
    assert returned == {key: {"error": "SystemExit: 3"} for key in EXERCISE.cases}
    assert run_cases(EXERCISE, {})["short"] == {"error": "NameError: name 'handle_time' is not defined"}
    assert run_cases(EXERCISE, {"handle_time": lambda *_: "x" * 300_000})["short"].keys() == {"error"}
    assert run_cases(EXERCISE, {"handle_time": lambda *_: object()})["short"]["error"].endswith(
        "object cannot be compared"
    )


def test_a_case_cannot_change_the_input_of_the_next() -> None:
    table = [{"queue": "tv", "hold_s": 1}]
    cases = {key: msgspec.structs.replace(EXERCISE.cases["short"], args=[{"table": table}]) for key in ("a", "b")}
    exercise = msgspec.structs.replace(EXERCISE, cases=cases)

    def greedy(calls: pd.DataFrame) -> int:
        count = len(calls.columns)
        del calls["queue"]
        return count

    assert run_cases(exercise, {"handle_time": greedy}) == {"a": {"value": 2}, "b": {"value": 2}}


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (np.int64(3), 3),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (math.nan, None),
        (math.inf, "inf"),
        ((1, 2), [1, 2]),
        ({2, 1}, [1, 2]),
        (pd.Series({"mobile": 0.5}), {"mobile": 0.5}),
        (pd.DataFrame([{"a": 1, "b": None}]), {"table": [{"a": 1, "b": None}]}),
        (pd.Timestamp("2026-11-02T08:00+01:00"), "2026-11-02T08:00:00+01:00"),
        (pd.NaT, None),
        (date(2026, 11, 2), "2026-11-02"),
        (np.array([1, 2]), [1, 2]),
        ({1: {"x": (True,)}}, {"1": {"x": [True]}}),
    ],
)
def test_values_become_plain_data(value: object, data: object) -> None:
    assert as_data(value) == data
    assert type(as_data(value)) is type(data)


def test_an_object_equal_to_everything_is_no_data() -> None:
    class Everything:
        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 0

    with pytest.raises(NotComparable):
        as_data(Everything())
