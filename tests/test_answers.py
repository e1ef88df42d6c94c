"""Answers on disk: whole or not at all, nobody's lost, and nothing that a file holds can do harm."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccjobs_utils.activities import answers as answers_module
from ccjobs_utils.activities.answers import AnswerFile, NotSaved, read_hand_in

MODULE = "02-call-handling"


def kept(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "answers.json").read_text(encoding="utf-8"))["answers"])


def test_what_is_recorded_is_read_again_with_first_last_and_changes(tmp_path: Path) -> None:
    file = AnswerFile(tmp_path, MODULE)
    file.record("quiz", "one", "a")
    file.record("quiz", "one", ["b", "æ"])
    file.record("note", "text", "Kari ringte")
    assert AnswerFile(tmp_path, MODULE).read() == {"quiz": {"one": ["b", "æ"]}, "note": {"text": "Kari ringte"}}
    entry = kept(tmp_path)["quiz"]["one"]
    assert entry["changes"] == 2
    assert entry["first"] <= entry["last"]
    assert entry.keys() == {"value", "first", "last", "changes"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(value=json_values)
def test_any_answer_comes_back_as_it_was_given(tmp_path: Path, value: Any) -> None:
    AnswerFile(tmp_path, MODULE).record("quiz", "one", value)
    assert AnswerFile(tmp_path, MODULE).read()["quiz"]["one"] == value
    assert read_hand_in(tmp_path / "answers.json", MODULE) == ({"quiz": {"one": value}}, [])


def record_many(folder: Path, who: str, count: int) -> None:
    file = AnswerFile(folder, MODULE)
    for number in range(count):
        file.record("quiz", f"{who}-{number}", number)


def test_two_kernels_on_one_notebook_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=record_many, args=(tmp_path, who, 60)) for who in ("left", "right")]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
        assert one.exitcode == 0
    assert AnswerFile(tmp_path, MODULE).read()["quiz"] == {f"{w}-{n}": n for w in ("left", "right") for n in range(60)}


def test_a_write_that_is_cut_short_leaves_the_last_good_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = AnswerFile(tmp_path, MODULE)
    file.record("quiz", "one", "a")

    def power_cut(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(answers_module.os, "replace", power_cut)
    with pytest.raises(NotSaved) as caught:
        file.record("quiz", "one", "b")
    assert "Input/output error" in caught.value.reason.en
    assert AnswerFile(tmp_path, MODULE).read() == {"quiz": {"one": "a"}}
    assert not list(tmp_path.glob("*.tmp")) + list(tmp_path.glob(".*.tmp"))


KILLED = """
import sys, itertools
from pathlib import Path
from ccjobs_utils.activities.answers import AnswerFile
file = AnswerFile(Path(sys.argv[1]), "02-call-handling")
for number in itertools.count():
    file.record("quiz", "counter", number)
    print(number, flush=True)
"""


def test_a_kernel_killed_while_writing_loses_nothing_that_it_called_saved(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.wait(10)
    process.stdout.close()
    last = max(int(line) for line in said if line.endswith("\n"))
    assert AnswerFile(tmp_path, MODULE).read()["quiz"]["counter"] in (last, last + 1)


FULL = """
import resource, sys
from pathlib import Path
from ccjobs_utils.activities.answers import AnswerFile, NotSaved
file = AnswerFile(Path(sys.argv[1]), "02-call-handling")
file.record("quiz", "one", "a")
resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))
try:
    file.record("quiz", "one", "b" * 1000)
except NotSaved as error:
    print(error.reason.en)
"""


def test_a_full_disk_is_said_and_the_last_answer_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "no room left on the disk" in done.stdout
    assert AnswerFile(tmp_path, MODULE).read() == {"quiz": {"one": "a"}}


DAMAGE = [
    '{"format": 1, "module": "02-call-ha',
    "",
    "null",
    "[1, 2]",
    '{"format": 1, "module": "07-upselling", "answers": {}}',
    '{"format": 99, "module": "02-call-handling", "answers": {}}',
    '{"format": 1, "module": "02-call-handling", "answers": {"quiz": 3}}',
    "[" * 100_000,
    "x" * 6_000_000,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_file_is_set_aside_and_the_last_good_copy_comes_back(tmp_path: Path, damage: str) -> None:
    AnswerFile(tmp_path, MODULE).record("quiz", "one", "a")
    (tmp_path / "answers.json").write_text(damage, encoding="utf-8")
    file = AnswerFile(tmp_path, MODULE)
    assert file.read() == {"quiz": {"one": "a"}}
    aside = list(tmp_path.glob("answers.damaged-*.json"))
    assert [one.read_text(encoding="utf-8") for one in aside] == [damage]
    assert aside[0].name in file.notices[0].nb
    assert aside[0].name in file.notices[0].en
    file.record("quiz", "two", "b")
    assert AnswerFile(tmp_path, MODULE).read() == {"quiz": {"one": "a", "two": "b"}}


def test_two_damaged_files_in_one_second_are_both_kept(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "answers.json").write_text(f"damage {number}", encoding="utf-8")
        AnswerFile(tmp_path, MODULE).read()
        (tmp_path / "answers.json").unlink(missing_ok=True)
    kept_aside = {one.read_text(encoding="utf-8") for one in tmp_path.glob("answers.damaged-*.json")}
    assert kept_aside == {"damage 0", "damage 1", "damage 2"}


def test_a_hand_edited_entry_without_a_value_is_overlooked(tmp_path: Path) -> None:
    text = '{"format": 1, "module": "02-call-handling", "answers": {"quiz": {"one": 7, "two": {"value": "b"}}}}'
    (tmp_path / "answers.json").write_text(text, encoding="utf-8")
    file = AnswerFile(tmp_path, MODULE)
    assert file.read() == {"quiz": {"two": "b"}}
    file.record("quiz", "one", "a")
    assert file.read() == {"quiz": {"one": "a", "two": "b"}}


@pytest.mark.parametrize("damage", [text for text in DAMAGE if text], ids=range(len(DAMAGE) - 1))
def test_a_hand_in_that_cannot_be_read_gives_no_answers_and_says_why(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(damage, encoding="utf-8")
    given_answers, problems = read_hand_in(path, MODULE)
    assert given_answers == {}
    assert len(problems) == 1
    assert path.read_text(encoding="utf-8") == damage


def test_a_hand_in_is_never_read_through_a_link_or_from_a_pipe(tmp_path: Path) -> None:
    AnswerFile(tmp_path, MODULE).record("quiz", "one", "a")
    (tmp_path / "link.json").symlink_to(tmp_path / "answers.json")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("link.json", "pipe.json"):
        assert read_hand_in(tmp_path / name, MODULE)[0] == {}
        assert read_hand_in(tmp_path / name, MODULE)[1]
    assert read_hand_in(tmp_path / "missing.json", MODULE) == ({}, [])
