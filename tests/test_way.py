"""The way through the course, from what lies in a trainee's folder."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import get_username

from ccjobs_utils.activities import trainee as trainee_module
from ccjobs_utils.activities.model import Handout, public
from ccjobs_utils.activities.trainee import handed_in, settings, time_of, trainee
from ccjobs_utils.activities.way import FATAL_MARK, Outline, Stop, picture, standings

from .handins import answers_file, right_answers, sample_activities

STOPS = [
    Stop("01-first", "Velkommen", 60, 80, 1, fatal_fails=False, items=0),
    Stop("02-second", "Samtalen & kunden", 100, 80, 1, fatal_fails=False, items=0),
    Stop("11-exam", "Prøven", 80, 80, 3, fatal_fails=True, items=0),
]
HANDED_IN = "2026-11-24 08:30:00.123456 UTC"
LATER = "2026-11-25 09:00:00.000000 UTC"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trainee's folder, with settings as `ccjobs start` makes them."""
    config = tmp_path / "config"
    config.mkdir()
    lines = f"c = get_config()\nc.Exchange.cache = {str(tmp_path / 'cache')!r}\nc.CourseDirectory.student_id = 'kari'\n"
    (config / "nbgrader_config.py").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    folder = tmp_path / "workspace" / "ccjobs"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def course() -> Outline:
    items = len(sample_activities()["exam"].questions) + len(sample_activities()["practice"].questions)  # type: ignore[union-attr]
    stops = [msgspec.structs.replace(stop, items=items + len(sample_activities()) - 2) for stop in STOPS]
    return Outline("nb", stops)


def fetch(workspace: Path, assignment: str, module: str = "", attempt: int = 1) -> Path:
    folder = workspace / assignment
    folder.mkdir()
    handout = Handout(module or assignment, "nb", public(sample_activities()), attempt)
    (folder / "activities.json").write_bytes(msgspec.json.encode(handout))
    return folder


def answer(folder: Path, *, only: str = "") -> None:
    answers = right_answers(sample_activities(), written="ord " * 60)
    answers["code"] = {"returned": {key: {"value": 1} for key in sample_activities()["code"].cases}}  # type: ignore[union-attr]
    kept = {key: items for key, items in answers.items() if only in ("", key)}
    (folder / "answers.json").write_text(answers_file(folder.name, kept), encoding="utf-8")


def hand_in(workspace: Path, assignment: str, stamp: str = HANDED_IN, who: str = "kari") -> None:
    (workspace.parents[1] / "cache" / "ccjobs" / f"{who}+{assignment}+{stamp}+abc").mkdir(parents=True)


def give_feedback(folder: Path, points: float, stamp: str = HANDED_IN, more: str = "") -> None:
    page = folder / "feedback" / stamp / f"{folder.name}.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<h4>{folder.name} (Score: {points} / 50.0)</h4>{more}", encoding="utf-8")


def states(course: Outline, workspace: Path) -> list[str]:
    return [one.state for one in standings(course, workspace)]


def test_nothing_is_fetched_yet(course: Outline, workspace: Path) -> None:
    assert states(course, workspace) == ["not-fetched"] * 3
    assert "Hent «Velkommen»" in picture(course, standings(course, workspace))


def test_from_fetched_to_passed(course: Outline, workspace: Path) -> None:
    folder = fetch(workspace, "01-first")
    assert states(course, workspace)[0] == "not-begun"
    answer(folder, only="exam")
    (begun, *_) = standings(course, workspace)
    assert (begun.state, begun.answered) == ("begun", len(sample_activities()["exam"].questions))  # type: ignore[union-attr]
    assert "gjenstår" in picture(course, [begun])
    answer(folder)
    (complete, *_) = standings(course, workspace)
    assert (complete.state, complete.answered) == ("complete", complete.stop.items)
    hand_in(workspace, "01-first")
    (given, *_) = standings(course, workspace)
    assert (given.state, given.handed_in) == ("handed-in", datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC))
    give_feedback(folder, 40.0)
    (passed, *_) = standings(course, workspace)
    assert passed.state == "passed"
    assert "1 av 3 moduler bestått" in picture(course, standings(course, workspace))


@pytest.mark.parametrize(("points", "state"), [(40.0, "passed"), (39.99, "failed"), (0.0, "failed")])
def test_the_pass_mark_is_a_limit(points: float, state: str, course: Outline, workspace: Path) -> None:
    folder = fetch(workspace, "01-first")
    give_feedback(folder, points)
    assert states(course, workspace)[0] == state
    shown = picture(course, standings(course, workspace))
    assert "Bestått, 80 %" not in shown if state == "failed" else "Bestått, 80 %" in shown


def test_a_fatal_error_fails_where_the_syllabus_says_so(course: Outline, workspace: Path) -> None:
    for name in ("01-first", "11-exam"):
        give_feedback(fetch(workspace, name), 50.0, more=f"<section class='ccjobs-review' {FATAL_MARK}>")
    assert states(course, workspace) == ["passed", "not-fetched", "failed"]


def test_what_is_handed_in_again_waits_again(course: Outline, workspace: Path) -> None:
    folder = fetch(workspace, "01-first")
    hand_in(workspace, "01-first")
    give_feedback(folder, 10.0)
    assert states(course, workspace)[0] == "failed"
    hand_in(workspace, "01-first", LATER)
    assert states(course, workspace)[0] == "handed-in"
    give_feedback(folder, 45.0, LATER)
    assert states(course, workspace)[0] == "passed"


def test_a_new_attempt_counts_once_it_is_fetched(course: Outline, workspace: Path) -> None:
    give_feedback(fetch(workspace, "11-exam"), 10.0)
    assert states(course, workspace)[2] == "failed"
    second = fetch(workspace, "11-exam-2", "11-exam", 2)
    found = standings(course, workspace)[2]
    assert (found.state, found.assignment) == ("not-begun", "11-exam-2")
    answer(second)
    assert standings(course, workspace)[2].state == "complete"


def test_a_passed_attempt_is_not_taken_back_by_a_later_one(course: Outline, workspace: Path) -> None:
    give_feedback(fetch(workspace, "11-exam"), 45.0)
    fetch(workspace, "11-exam-2", "11-exam", 2)
    found = standings(course, workspace)[2]
    assert (found.state, found.assignment) == ("passed", "11-exam")


def test_a_trainee_may_use_both_languages(course: Outline, workspace: Path) -> None:
    other = workspace.parent / "ccjobs-en"
    other.mkdir()
    fetch(workspace, "01-first")
    give_feedback(fetch(other, "01-first"), 45.0)
    found = standings(course, workspace)[0]
    assert (found.state, found.page) == ("passed", "../../ccjobs-en/01-first/01-first.ipynb")


def test_another_trainees_hand_in_on_this_machine_is_not_mine(course: Outline, workspace: Path) -> None:
    fetch(workspace, "01-first")
    hand_in(workspace, "01-first", who="ola")
    assert states(course, workspace)[0] == "not-begun"


def test_damaged_files_cost_only_their_module(course: Outline, workspace: Path) -> None:
    answer(fetch(workspace, "01-first"))
    broken = fetch(workspace, "02-second")
    (broken / "activities.json").write_text("{", encoding="utf-8")
    (broken / "answers.json").write_text("[]", encoding="utf-8")
    (broken / "feedback" / "yesterday").mkdir(parents=True)
    (broken / "feedback" / "yesterday" / "02-second.html").write_text("<h4>(Score: 50 / 50)</h4>", encoding="utf-8")
    assert states(course, workspace)[:2] == ["complete", "not-begun"]
    give_feedback(broken, 1.0)
    page = broken / "feedback" / HANDED_IN / "02-second.html"
    page.write_text("<h4>02-second (Score: 1.2.3 / 88.0)</h4>", encoding="utf-8")
    assert states(course, workspace)[:2] == ["complete", "not-begun"]
    page.unlink()
    page.mkdir()
    assert states(course, workspace)[:2] == ["complete", "not-begun"]


def test_titles_are_text_and_never_markup(course: Outline, workspace: Path) -> None:
    shown = picture(course, standings(course, workspace))
    assert "Samtalen &amp; kunden" in shown
    evil = msgspec.structs.replace(STOPS[0], title="<script>alert(1)</script>", items=1)
    assert "<script>" not in picture(Outline("en", [evil]), standings(Outline("en", [evil]), workspace))


def test_everything_passed_is_said(course: Outline, workspace: Path) -> None:
    for stop in STOPS:
        give_feedback(fetch(workspace, stop.id), 50.0)
    assert "Du er i mål" in picture(course, standings(course, workspace))


@pytest.mark.parametrize(
    ("minutes", "said"), [(45, "45 min"), (89, "89 min"), (90, "2 timer"), (149, "2 timer"), (150, "3 timer")]
)
def test_what_is_left_is_said_in_words_that_fit(minutes: int, said: str, workspace: Path) -> None:
    one = Outline("nb", [msgspec.structs.replace(STOPS[0], minutes=minutes, items=1)])
    assert f"omtrent {said} igjen" in picture(one, standings(one, workspace))


def test_a_preview_shows_the_way_and_reads_nobodys_work(course: Outline, workspace: Path) -> None:
    give_feedback(fetch(workspace, "01-first"), 50.0)
    assert [one.state for one in standings(course, workspace, preview=True)] == ["not-begun"] * 3


class TestWhoHandsIn:
    def test_without_settings_it_is_who_nbgrader_says(self, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(workspace))
        assert trainee(settings(workspace)) == get_username()

    def test_a_folders_own_settings_come_first(self, workspace: Path) -> None:
        (workspace / "nbgrader_config.py").write_text("get_config().CourseDirectory.student_id = 'ola'\n", "utf-8")
        assert trainee(settings(workspace)) == "ola"

    def test_in_jupyterhubs_containers_it_is_the_hubs_user(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(workspace))
        monkeypatch.setenv("JUPYTERHUB_USER", "kari.hub")
        monkeypatch.setattr(trainee_module, "_owner", lambda: "jovyan")
        assert trainee(settings(workspace)) == "kari.hub"

    @pytest.mark.parametrize("name", ["kari ", " kari", "kari"])
    def test_it_is_who_nbgrader_hands_in_as(self, name: str, workspace: Path) -> None:
        config = f"get_config().CourseDirectory.student_id = {name!r}\n"
        (workspace / "nbgrader_config.py").write_text(config, encoding="utf-8")
        found = settings(workspace)
        assert trainee(found) == CourseDirectory(config=found).student_id

    @pytest.mark.parametrize("who", ["kari", "kari+kurs@x.no"])
    @pytest.mark.parametrize("end", ["", "+abcd"])
    def test_hand_ins_are_found_whoever_made_them(self, who: str, end: str, workspace: Path) -> None:
        config = f"get_config().CourseDirectory.student_id = {who!r}\n"
        (workspace / "nbgrader_config.py").write_text(config, encoding="utf-8")
        (workspace.parents[1] / "cache" / "ccjobs" / f"{who}+01-first+{HANDED_IN}{end}").mkdir(parents=True)
        assert handed_in(settings(workspace), "ccjobs").keys() == {"01-first"}

    def test_a_time_in_another_zone_is_the_same_moment(self) -> None:
        assert time_of("2026-11-24 09:30:00.123456 CET") == time_of(HANDED_IN)

    @pytest.mark.parametrize("stamp", ["", "yesterday", "x+y"])
    def test_what_is_no_time_is_none(self, stamp: str) -> None:
        assert time_of(stamp) is None

    def test_nothing_was_handed_in_where_there_is_no_cache(self, workspace: Path) -> None:
        assert handed_in(settings(workspace), "ccjobs") == {}
