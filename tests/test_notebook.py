"""``activity("id")`` in a notebook: shown, validated, graded; what code gives back; what the browser is sent."""

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.validator import Validator

from ccjobs_utils.activities import notebook, widget
from ccjobs_utils.activities.answers import ANSWERS, AnswerFile
from ccjobs_utils.activities.model import Call, Case, Exercise, Handout, Text, public
from ccjobs_utils.activities.notebook import RETURNED_MIME, NotReady, activity
from ccjobs_utils.activities.running import MAX_PRINTED, NotComparable, Run, as_data, run_cases
from ccjobs_utils.activities.way import State
from ccjobs_utils.grading import feedback_page

from .handins import sample_activities

MODULE = "00-sample"
SOLVED = "def handle_time(talk, hold, work):\n    return talk + hold + work"
GIVEN = {
    "one": "greet",
    "many": ["name", "birth"],
    "steps": ["greet", "verify", "solve", "close"],
    "pairs": {"angry": "warm", "hours": "cold"},
    "table": {"down": {"priority": "now", "route": "tech"}, "copy": {"priority": "later", "route": "billing"}},
    "sum": "57,5",
    "word": "varm",
}


def put_handout(folder: Path, edition: str = "nb") -> None:
    handout = Handout(module=MODULE, edition=edition, activities=public(sample_activities()))
    (folder / "activities.json").write_bytes(msgspec.json.encode(handout))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trainee's folder of the sample's module, which is the working folder."""
    put_handout(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the notebook's code has defined; a test puts names into it."""
    defined: dict[str, Any] = {}
    for module in (notebook, widget):
        monkeypatch.setattr(module, "namespace", lambda: defined)
    yield defined
    widget._alive.clear()


@pytest.fixture
def mode(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what nbgrader is doing."""
    return lambda name: monkeypatch.setenv("NBGRADER_EXECUTION", name)


def exercise(*, args: list[Any] | None = None, **cases: Case) -> Exercise:
    title = Text(nb="Øv", en="Practise")
    return Exercise(title=title, graded=True, name="made", points=1, cases=cases or {"one": Case(args=args)})


def given_by(value: Any, *args: Any) -> Any:
    return run_cases(exercise(args=list(args) if args else None), {"made": value}).returned["one"]


def fail(error: BaseException) -> Callable[[int], None]:
    def made(_number: int) -> None:
        raise error

    return made


class TestWhatCodeGivesBack:
    def test_plain_values_stay(self) -> None:
        value = {"a": [1, 2.5, "x", True, None], "b": {"c": -3}}
        assert as_data(value) == value
        assert as_data((1, 2)) == [1, 2]
        assert as_data({3, 1, 2}) == [1, 2, 3]
        assert as_data({1: "a", (1, 2): "b"}) == {"1": "a", "[1, 2]": "b"}
        assert as_data(float("nan")) is None
        assert as_data(float("-inf")) == "-inf"
        assert as_data("half \ud83d") == "half ?"

    def test_what_pandas_made_becomes_plain(self) -> None:
        import numpy as np
        import pandas as pd

        table = pd.DataFrame({"queue": ["tv", None], "hold_s": [10, 20], "at": pd.Timestamp("2026-11-02 09:30")})
        records = [
            {"queue": "tv", "hold_s": 10, "at": "2026-11-02T09:30:00"},
            {"queue": None, "hold_s": 20, "at": "2026-11-02T09:30:00"},
        ]
        assert as_data(table) == {"table": records}
        assert as_data(table.groupby("queue")["hold_s"].mean()) == {"tv": 10.0}
        assert as_data([np.int64(3), np.float64(2.5), np.bool_(True), np.str_("x")]) == [3, 2.5, True, "x"]
        assert as_data(np.array([[1, 2], [3, 4]])) == [[1, 2], [3, 4]]
        assert as_data([pd.NaT, pd.NA, np.nan]) == [None, None, None]
        assert as_data(pd.Series([0.5], index=pd.Index([1]))) == {"1": 0.5}
        assert as_data(pd.Timestamp("2026-11-02T08:00+01:00")) == "2026-11-02T08:00:00+01:00"
        assert type(as_data(np.float64(0.5))) is float
        json.dumps(as_data(table))

    @pytest.mark.parametrize("value", [object(), len, iter([1]), 1j, [object()], {"a": {object()}}])
    def test_anything_else_cannot_be_compared(self, value: Any) -> None:
        with pytest.raises(NotComparable):
            as_data(value)

    def test_an_object_equal_to_everything_is_no_data(self) -> None:
        class Everything:
            def __eq__(self, other: object) -> bool:
                return True

            def __hash__(self) -> int:
                return 0

        assert given_by(Everything()) == {"error": "NotComparable: a Everything cannot be compared"}

    def test_a_list_in_itself_cannot_be_compared(self) -> None:
        endless: list[Any] = []
        endless.append(endless)
        assert "go too deep" in given_by(endless)["error"]

    @pytest.mark.parametrize(
        "error", [ValueError("no such queue"), SystemExit(3), KeyboardInterrupt(), RecursionError(), GeneratorExit()]
    )
    def test_whatever_is_raised_is_an_error_of_its_case(self, error: BaseException) -> None:
        assert given_by(fail(error), 1) == {"error": f"{type(error).__name__}: {error}"}

    def test_an_error_that_cannot_be_told_is_still_one(self) -> None:
        class Sly(Exception):
            def __str__(self) -> str:
                raise SystemExit

        assert given_by(fail(Sly()), 1) == {"error": "Sly"}

    def test_cases_do_not_touch_each_other(self) -> None:
        def made(calls: list[int], table: Any, log: Any) -> list[int]:
            calls.append(0)
            table["new"] = 1
            talked = int(log["talk_s"].sum() > 0)
            log.loc[:, "talk_s"] = 0
            return [len(calls), table.shape[1], talked]

        args = [[1], {"table": [{"a": 1}]}, {"load": "calls"}]
        run = run_cases(exercise(one=Case(args=args), two=Case(args=args)), {"made": made})
        assert run.returned == {"one": {"value": [2, 2, 1]}, "two": {"value": [2, 2, 1]}}

    def test_after_an_interruption_no_further_case_is_tried(self) -> None:
        tried = []

        def made(number: int) -> None:
            tried.append(number)
            raise KeyboardInterrupt

        run = run_cases(exercise(one=Case(args=[1]), two=Case(args=[2])), {"made": made})
        assert tried == [1]
        assert run.returned["two"] == run.returned["one"] == {"error": "KeyboardInterrupt: "}

    def test_what_is_printed_is_kept_in_part_and_the_page_stays_quiet(self, capsys: pytest.CaptureFixture[str]) -> None:
        def made(number: int) -> int:
            sys.stdout.write("x" * 9_000)
            sys.stderr.write("y" * 9_000)
            return number

        run = run_cases(exercise(args=[7]), {"made": made})
        assert run.returned == {"one": {"value": 7}}
        assert len(run.printed["one"]) == MAX_PRINTED
        assert capsys.readouterr() == ("", "")

    def test_nothing_written_yet_gives_nothing(self) -> None:
        assert given_by(...) == {"value": None}
        assert given_by(lambda _: ..., 1) == {"value": None}
        assert run_cases(exercise(), {}).returned == {"one": {"error": "NameError: name 'made' is not defined"}}

    def test_too_much_is_an_error(self) -> None:
        assert "too large" in given_by("x" * 300_000)["error"]
        assert "error" in given_by(10**5000)


@pytest.mark.usefixtures("folder", "names")
class TestShown:
    def test_on_an_outbound_call_whoever_answers_speaks_first(self) -> None:
        inbound = sample_activities()["exam-call"]
        assert isinstance(inbound, Call)
        hello = Text(nb="Ja, hallo?", en="Hello?")
        start = msgspec.structs.replace(inbound.turns["rings"], says=hello)
        outbound = msgspec.structs.replace(inbound, turns=inbound.turns | {"rings": start})
        for call, lines in ((inbound, []), (outbound, [{"by": "caller", "text": "Hello?"}])):
            handout = Handout(module=MODULE, edition="en", activities=public({"call": call}))
            shown = widget.widget_for("call", handout, None)
            assert shown.state["lines"] == lines
            assert shown.shown["outbound"] == (call is outbound)

    def test_an_activity_is_one_widget_however_often_it_is_shown(
        self,
        folder: Path,
    ) -> None:
        shown = activity("exam")
        assert isinstance(shown, widget.QuizWidget)
        assert activity("exam") is shown
        put_handout(folder, "en")
        assert activity("exam") is not shown

    def test_showing_alone_writes_nothing(self, folder: Path, names: dict[str, Any]) -> None:
        names["handle_time"] = lambda *_: None
        for activity_id in ("practice", "exam", "code", "note", "draft"):
            activity(activity_id)
        assert [path.name for path in folder.iterdir()] == ["activities.json"]

    @pytest.mark.parametrize("activity_id", ["exam", "code", "note"])
    def test_the_browser_gets_no_key(self, folder: Path, names: dict[str, Any], activity_id: str) -> None:
        names["handle_time"] = lambda talk, hold, work: talk + hold + work
        AnswerFile(folder, MODULE).record("exam", "one", "greet")
        shown = activity(activity_id)
        assert isinstance(shown, widget.ActivityWidget)
        sent = {name: shown.get_state()[name] for name in ("shown", "state")}
        text = json.dumps(sent, ensure_ascii=False)
        for word in ("correct", "feedback", "answer", "accept", "mistakes", "tolerance", "levels", "model_answer"):
            assert f'"{word}"' not in text
        for secret in (
            "hører etter",
            "57.5",
            "57,5",
            "varm overføring",
            "alle fakta",
            "Kari ringte om",
            '{"value": 6}',
        ):
            assert secret not in text

    def test_practice_is_judged_by_python_and_tells_only_what_was_asked(
        self,
    ) -> None:
        shown = activity("practice")
        assert isinstance(shown, widget.QuizWidget)
        assert "Kunden føler seg som et nummer" not in json.dumps(shown.shown, ensure_ascii=False)
        do(shown, "answer", "one", "number")
        assert shown.state["reviews"]["one"]["score"]["state"] == "wrong"
        do(shown, "answer", "sum", "50")
        assert "sum" not in shown.state["reviews"]
        do(shown, "check", "sum")
        assert "57,5" not in json.dumps(shown.state["reviews"]["sum"])
        do(shown, "reveal", "sum")
        assert "57,5 sekunder" in json.dumps(shown.state["reviews"]["sum"])
        do(shown, "again", "sum")
        assert shown.state["answers"]["sum"] is None
        do(shown, "check", "sum")
        assert shown.state["problems"] == {"sum": "answer-first"}

    def test_a_graded_quiz_is_never_judged(
        self,
    ) -> None:
        shown = activity("exam")
        assert isinstance(shown, widget.QuizWidget)
        do(shown, "answer", "one", "greet")
        for what in ("check", "reveal"):
            do(shown, what, "one")
        assert shown.state["reviews"] == {}

    def test_what_could_not_be_saved_is_told_shown_and_saved_later(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown = activity("exam")
        assert isinstance(shown, widget.QuizWidget)
        with monkeypatch.context() as broken:
            broken.setattr("os.fsync", fail(OSError(28, "No space left on device")))
            do(shown, "answer", "one", "greet")
            do(shown, "answer", "word", "varm")
        assert "ikke plass igjen på disken" in shown.state["failed"]
        assert shown.state["heard"] == {"here": 2}
        assert shown.state["answers"] == {"one": "greet", "word": "varm"}
        assert not (folder / ANSWERS).exists()
        do(shown, "retry")
        assert shown.state["failed"] == ""
        assert AnswerFile(folder, MODULE).read() == {"exam": {"one": "greet", "word": "varm"}}

    @pytest.mark.parametrize("arrived", list(itertools.permutations([1, 2, 3, 4])))
    def test_messages_are_taken_in_their_order_whatever_order_they_come_in(
        self, folder: Path, arrived: tuple[int, ...]
    ) -> None:
        shown = activity("exam")
        assert isinstance(shown, widget.QuizWidget)
        typed = {1: "v", 2: "va", 3: "var", 4: "varm"}
        for place, number in enumerate(arrived):
            do(shown, "answer", "word", typed[number], sequence=number)
            # Nothing is said to be saved that an earlier message could still take back.
            taken = next(n for n in range(5) if n + 1 not in arrived[: place + 1])
            assert shown.state["heard"].get("here", 0) == taken
        assert AnswerFile(folder, MODULE).read() == {"exam": {"word": "varm"}}

    def test_a_message_that_never_came_holds_up_the_next_until_it_is_given_up(self, folder: Path) -> None:
        shown = activity("exam")
        assert isinstance(shown, widget.QuizWidget)
        do(shown, "answer", "word", "va", sequence=2)
        assert not (folder / ANSWERS).exists()
        do(shown, "answer", "word", "varm", sequence=3, since=3)
        do(shown, "answer", "word", "v", sequence=1)
        assert shown.state["heard"] == {"here": 3}
        assert AnswerFile(folder, MODULE).read() == {"exam": {"word": "varm"}}

    def test_an_unknown_option_is_kept_shown_as_unanswered_and_told(
        self,
        folder: Path,
    ) -> None:
        for item, value in {"one": "nonsense", "table": {"down": 3}, "sum": "many", "word": ["x"]}.items():
            AnswerFile(folder, MODULE).record("exam", item, value)
        AnswerFile(folder, MODULE).record("note", "text", {"a": 1})
        shown, note = activity("exam"), activity("note")
        assert isinstance(shown, widget.QuizWidget)
        assert isinstance(note, widget.ResponseWidget)
        unreadable = dict.fromkeys(["one", "table", "word"], "unreadable")
        assert shown.state["problems"] == unreadable | {"sum": "no-number"}
        assert shown.state["answers"] == {"sum": "many"}
        assert len(shown.state["missing"]) == len(GIVEN)
        assert note.state["problems"] == {"text": "unreadable"}
        assert AnswerFile(folder, MODULE).read()["exam"]["one"] == "nonsense"

    @pytest.mark.parametrize("stage", ["source", "release"])
    def test_a_preview_keeps_answers_in_memory_only(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: dict[str, Any], stage: str
    ) -> None:
        folder = tmp_path / stage / "nb" / MODULE
        folder.mkdir(parents=True)
        put_handout(folder)
        monkeypatch.chdir(folder)
        shown, code = activity("exam"), activity("code")
        assert isinstance(shown, widget.QuizWidget)
        assert isinstance(code, widget.ExerciseWidget)
        do(shown, "answer", "one", "greet")
        exec(SOLVED, names)
        code.refresh_if_changed()
        assert shown.shown["place"] == ""
        assert shown.state["answers"] == {"one": "greet"}
        assert shown.state["saved"] == ""
        assert code.state["cases"]["short"]["state"] == "right"
        assert [path.name for path in folder.iterdir()] == ["activities.json"]

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("", "Kjør kodecellen over først"),
            ("def handle_time(*_): ...", "Koden gir ikke noe svar ennå"),
            ("def handle_time(*_): print(15)", "Bruk return"),
            ("def handle_time(*_): return object()", "kan ikke"),
            ("def handle_time(*_): raise KeyboardInterrupt", "stoppet før"),
            ("def handle_time(*_): return 1 / 0", "ZeroDivisionError"),
        ],
    )
    def test_an_exercise_says_in_plain_words_what_is_wrong(self, names: dict[str, Any], source: str, said: str) -> None:
        exec(source, names)
        shown = activity("code")
        assert isinstance(shown, widget.ExerciseWidget)
        told = shown.state["cases"]["short"]["trouble"].replace("som ikke kan", "kan ikke")
        assert said in told

    def test_an_exercise_keeps_what_came_back(self, folder: Path, names: dict[str, Any]) -> None:
        shown = activity("code")
        assert isinstance(shown, widget.ExerciseWidget)
        exec(SOLVED, names)
        shown.refresh_if_changed()
        returned = {"short": {"value": 15}, "long": {"value": 400}, "hidden": {"value": 6}}
        assert AnswerFile(folder, MODULE).read() == {"code": {"returned": returned}}
        assert shown.state["missing"] == []
        changed = (folder / ANSWERS).stat().st_mtime_ns
        do(shown, "check")
        assert (folder / ANSWERS).stat().st_mtime_ns == changed

    def test_values_are_shown_for_the_eye(self) -> None:
        assert widget._display({"load": "calls"}) == {"code": 'load("calls")'}
        table = {"table": [{"a": 1}, {"a": "x", "b": None}]}
        assert widget._display(table) == {"columns": ["a", "b"], "rows": [["1", "None"], ["'x'", "None"]]}
        assert len(widget._display({"table": [{"a": 1}] * 1000})["code"]) < widget.MAX_SHOWN + 5
        assert widget._display([1, "a"]) == {"code": "[1, 'a']"}

    def test_the_words_are_the_same_in_both_languages_and_all_used(self) -> None:
        static = Path(widget.__file__).parent / "static"
        words = json.loads((static / "words.json").read_text(encoding="utf-8"))
        assert words["nb"].keys() == words["en"].keys()
        for key in words["nb"]:
            assert re.findall(r"\{\w+\}", words["nb"][key]) == re.findall(r"\{\w+\}", words["en"][key]), key
        code = "".join(path.read_text(encoding="utf-8") for path in static.glob("*.js"))
        code += Path(widget.__file__).read_text(encoding="utf-8")
        wanted = set(re.findall(r"\bwords\.([a-z]+)\b", code)) | set(re.findall(r'words\["([a-z-]+)"\]', code))
        assert wanted - {"json"} <= words["nb"].keys()
        by_name = {"partly", "wrong", *(f"graded-{kind}" for kind in ("quiz", "exercise", "response", "call"))}
        by_name |= {f"mood-{mood}" for mood in range(6)}
        by_name |= {f"way-{state}" for state in get_args(State)}
        by_name |= {f"way-next-{state}" for state in get_args(State) if state not in ("passed", "handed-in")}
        code += (
            Path(feedback_page.__file__).read_text(encoding="utf-8").replace('v["', 'words["').replace("v.", "words.")
        )
        package = static.parents[1]
        for other in (
            *static.glob("*.html"),
            *(package / "activities").glob("*.py"),
            *(package / "course").glob("*.py"),
        ):
            code += other.read_text(encoding="utf-8").replace("'", '"')
        in_quotes = set(re.findall(r'"([a-z-]+)"', code))
        assert words["nb"].keys() <= wanted | by_name | in_quotes


def do(shown: Any, what: str, item: str = "", value: Any = None, sequence: int | None = None, since: int = 1) -> None:
    """What the browser sends; the next message if no number is given."""
    number = sequence or shown.state["heard"].get("here", 0) + 1
    content = {"do": what, "item": item, "value": value, "client": "here", "sequence": number, "from": since}
    shown._handle_custom_msg(content, [])


@pytest.mark.usefixtures("folder", "names")
class TestValidated:
    @pytest.fixture(autouse=True)
    def validating(self, mode: Callable[[str], None]) -> None:
        mode("validate")

    def test_a_complete_quiz_passes_without_a_word(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for item, value in GIVEN.items():
            AnswerFile(folder, MODULE).record("exam", item, value)
        assert activity("exam") is None
        assert capsys.readouterr() == ("", "")

    @pytest.mark.parametrize(
        ("edition", "said"),
        [
            ("nb", "«Prøve»: dette er ubesvart eller ikke ferdig:\n  2. Hva trenger du før du gir ut data?\n"),
            ("en", "“Test”: this is not answered or not finished:\n  2. What do you need before you give out data?\n"),
        ],
    )
    def test_unanswered_questions_are_named(self, folder: Path, edition: str, said: str) -> None:
        put_handout(folder, edition)
        for item in ("one", "steps", "pairs", "table", "sum"):
            AnswerFile(folder, MODULE).record("exam", item, GIVEN[item])
        with pytest.raises(NotReady) as told:
            activity("exam")
        assert str(told.value).startswith(said)
        assert told.value._render_traceback_() == [str(told.value)]

    def test_a_written_answer_needs_its_words(
        self,
        folder: Path,
    ) -> None:
        with pytest.raises(NotReady, match="«Samtalenotat»: skriv minst 5 ord"):
            activity("note")
        AnswerFile(folder, MODULE).record("note", "text", "Kari ringte om nettet hjemme.")
        assert activity("note") is None

    def test_an_exercise_must_pass_its_visible_cases(self, names: dict[str, Any]) -> None:
        with pytest.raises(NotReady, match="gir ikke noe svar ennå"):
            activity("code")
        names["handle_time"] = lambda *_: 15
        with pytest.raises(NotReady, match="i 1 av 2 tilfeller"):
            activity("code")
        names["handle_time"] = lambda talk, hold, work: talk + hold + work if talk > 1 else None
        assert activity("code") is None

    def test_practice_and_an_untouched_bonus_never_fail(self, folder: Path, names: dict[str, Any]) -> None:
        assert activity("practice") is None
        assert activity("draft") is None
        path = folder / "activities.json"
        path.write_text(
            path.read_text(encoding="utf-8").replace('"points":2.0,"cases"', '"points":2.0,"bonus":true,"cases"')
        )
        assert '"bonus":true' in path.read_text(encoding="utf-8")
        assert activity("code") is None
        names["handle_time"] = lambda *_: 0
        with pytest.raises(NotReady):
            activity("code")

    def test_a_damaged_answers_file_is_told_and_left_alone(
        self,
        folder: Path,
    ) -> None:
        (folder / ANSWERS).write_text("{", encoding="utf-8")
        with pytest.raises(NotReady, match=r"kan ikke leses. Velg Kjør → Kjør alle celler"):
            activity("exam")
        assert (folder / ANSWERS).read_text(encoding="utf-8") == "{"

    def test_nbgraders_validate_shows_the_message_and_no_code(self, folder: Path) -> None:
        write_notebook(folder, 'from ccjobs_utils import activity\nactivity("exam")', graded=True)
        failed = Validator().validate(str(folder / "sample.ipynb"))["failed"]
        assert [one["error"].strip().splitlines()[0] for one in failed] == [
            "«Prøve»: dette er ubesvart eller ikke ferdig:"
        ]
        assert "Traceback" not in failed[0]["error"]


def write_notebook(folder: Path, *sources: str, graded: bool = False) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    if graded:
        cells[-1].metadata["nbgrader"] = {
            "grade": True, "solution": False, "locked": True, "task": False,
            "grade_id": "exam", "points": 8, "schema_version": 3,
        }  # fmt: skip
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path = folder / "sample.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def outputs(folder: Path, *sources: str) -> list[list[Any]]:
    """The outputs of each cell, run in a kernel of its own."""
    notebook = nbformat.read(write_notebook(folder, *sources), as_version=4)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}})
    return [cell.outputs for cell in client.execute().cells]


class TestGraded:
    def test_nothing_is_worth_points_but_what_code_gives_back_is_handed_over(
        self, folder: Path, mode: Callable[[str], None]
    ) -> None:
        mode("autograde")
        before = sorted(folder.iterdir())
        _, _, exam, code, note, practice = outputs(
            folder,
            "from ccjobs_utils import activity",
            SOLVED.replace("return", "print('shown?'); import sys; print('loud', file=sys.stderr); return"),
            'activity("exam")',
            'activity("code")',
            'activity("note")',
            'activity("practice")',
        )
        assert [[one["data"] for one in cell] for cell in (exam, note)] == [[{"text/plain": "0.0"}]] * 2
        assert practice == []
        returned = {"short": {"value": 15}, "long": {"value": 400}, "hidden": {"value": 6}}
        sent, points = code
        assert sent["output_type"] == "display_data"
        assert sent["data"] == {RETURNED_MIME: {"activity": "code", "returned": returned}}
        assert points["data"] == {"text/plain": "0.0"}
        assert sorted(path for path in folder.iterdir() if path.name != "sample.ipynb") == before


class TestNotebookPage:
    def test_a_page_without_a_kernel_says_how_to_start_it(self, folder: Path) -> None:
        [shown] = outputs(folder, 'from ccjobs_utils import activity\nactivity("exam")')
        assert "application/vnd.jupyter.widget-view+json" in shown[0]["data"]
        assert "Kjør → Kjør alle celler" in shown[0]["data"]["text/plain"]

    @pytest.mark.parametrize(
        ("edition", "said"), [("nb", "Det finnes ingen aktivitet"), ("en", "There is no activity")]
    )
    def test_an_unknown_activity_is_told(self, folder: Path, edition: str, said: str) -> None:
        put_handout(folder, edition)
        with pytest.raises(NotReady, match=f"{said} nothing") as told:
            activity("nothing")
        assert "practice, exam, code, note, draft" in str(told.value)

    @pytest.mark.parametrize(
        ("content", "said"), [(None, ("mangler her", "is missing")), ("{", ("kan ikke leses", "cannot be read"))]
    )
    def test_a_missing_or_damaged_handout_is_told_in_both_languages(
        self, folder: Path, content: str | None, said: tuple[str, str]
    ) -> None:
        (folder / "activities.json").unlink()
        if content:
            (folder / "activities.json").write_text(content, encoding="utf-8")
        with pytest.raises(NotReady) as told:
            activity("exam")
        assert all(words in str(told.value) for words in said)

    def test_the_first_cells_of_a_lesson_load_nothing_heavy(self, folder: Path) -> None:
        code = (
            "import ccjobs_utils, sys\n"
            "assert 'anywidget' not in sys.modules\n"
            "for one in ('practice', 'exam', 'code', 'note'): ccjobs_utils.activity(one)\n"
            "print(sorted({'pandas', 'nbgrader', 'jupytext', 'matplotlib', 'jinja2'} & sys.modules.keys()))\n"
            "from ccjobs_utils import load\n"
            "print(len(load('calls')))\n"
            "try: ccjobs_utils.nothing\n"
            "except AttributeError as error: print(error)"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
        heavy, calls, error = done.stdout.splitlines()
        assert heavy == "[]"
        assert int(calls) > 100
        assert "no attribute 'nothing'" in error


def test_run_is_plain_data() -> None:
    assert msgspec.to_builtins(Run(returned={}, printed={})) == {"returned": {}, "printed": {}}
