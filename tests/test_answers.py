"""The answers file: a change is on disk before it is called saved, and nothing that happens to the file loses work."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccjobs_utils.activities import answers as module
from ccjobs_utils.activities.answers import ANSWERS, BACKUP, LOCK, AnswerFile, NotSaved, read_hand_in

MODULE = "02-call-handling"


@pytest.fixture
def file(tmp_path: Path) -> AnswerFile:
    """A new trainee's answers file."""
    return AnswerFile(tmp_path, MODULE)


def on_disk(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    return data


def handed_in(folder: Path, content: str | bytes) -> Path:
    path = folder / ANSWERS
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def with_answers(answers: Any, **changed: Any) -> str:
    return json.dumps({"format": 1, "module": MODULE, "answers": answers} | changed)


def set_aside(folder: Path) -> list[Path]:
    return sorted(folder.glob("answers.damaged-*.json"))


def run(code: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run code in a process of its own, with `file` defined."""
    start = f"""
from pathlib import Path
from ccjobs_utils.activities.answers import ANSWERS, BACKUP, AnswerFile, NotSaved
file = AnswerFile(Path({str(folder)!r}), {MODULE!r})
"""
    return subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, timeout=60, check=False)


def test_a_new_trainee_has_no_answers_and_no_files(file: AnswerFile) -> None:
    assert file.read() == {}
    assert list(file.folder.iterdir()) == []


def test_an_answer_is_on_disk_with_its_times(file: AnswerFile) -> None:
    first = file.record("quiz", "greeting", "name-first")
    file.record("quiz", "greeting", "company-first")
    last = file.record("quiz", "greeting", "æøå «»")
    entry = {"value": "æøå «»", "first": first, "last": last, "changes": 3}
    assert on_disk(file.folder) == {"format": 1, "module": MODULE, "answers": {"quiz": {"greeting": entry}}}
    assert file.read() == {"quiz": {"greeting": "æøå «»"}}
    assert file.entries("quiz") == {"greeting": entry}
    assert "æøå «»" in (file.folder / ANSWERS).read_text(encoding="utf-8")
    assert (file.folder / BACKUP).read_bytes() == (file.folder / ANSWERS).read_bytes()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(value=json_values)
def test_any_answer_comes_back_as_it_was_given(file: AnswerFile, value: Any) -> None:
    file.record("quiz", "one", value)
    assert AnswerFile(file.folder, MODULE).read()["quiz"]["one"] == value
    assert read_hand_in(file.folder / ANSWERS, MODULE) == ({"quiz": {"one": value}}, [])


def test_half_an_emoji_does_not_stop_saving(file: AnswerFile) -> None:
    file.record("note", "text", "glad \ud83d")
    assert file.read() == {"note": {"text": "glad ?"}}


def record_many(folder: str, activity: str, count: int) -> None:
    """Saves one after the other without a pause, and tries again as the widget does when it has to wait too long."""
    file = AnswerFile(Path(folder), MODULE)
    for number in range(count):
        while file.read().get(activity, {}).get(f"item-{number}") != number:
            with suppress(NotSaved):
                file.record(activity, f"item-{number}", number)


def test_two_kernels_on_one_notebook_lose_nothing_of_each_other(file: AnswerFile) -> None:
    context = multiprocessing.get_context("spawn")
    kernels = [context.Process(target=record_many, args=(str(file.folder), name, 100)) for name in ("one", "two")]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(120)
        assert kernel.exitcode == 0
    assert file.read() == {name: {f"item-{number}": number for number in range(100)} for name in ("one", "two")}
    assert not set_aside(file.folder)


KILLED_AT = {
    "before the new file is written": "import os; os.fsync = lambda _: os.kill(os.getpid(), 9)",
    "before it takes its place": "Path.replace = lambda *_: os.kill(os.getpid(), 9)",
    "before the backup is written": (
        "import ccjobs_utils.activities.answers as a\n"
        "real = a._replace\n"
        "a._replace = lambda path, content: os.kill(os.getpid(), 9) if path.name == BACKUP else real(path, content)"
    ),
}


@pytest.mark.parametrize("moment", KILLED_AT)
def test_a_kernel_killed_while_saving_leaves_whole_files(file: AnswerFile, moment: str) -> None:
    file.record("quiz", "one", "a")
    killed = run(f"import os\n{KILLED_AT[moment]}\nfile.record('quiz', 'two', 'b')", file.folder)
    assert killed.returncode == -signal.SIGKILL
    assert file.read()["quiz"]["one"] == "a"
    file.record("quiz", "three", "c")
    assert file.read()["quiz"].items() >= {"one": "a", "three": "c"}.items()
    assert sorted(path.name for path in file.folder.iterdir()) == sorted([ANSWERS, BACKUP, LOCK])
    assert file.notices == []


def test_a_full_disk_is_told_and_what_was_saved_stays(file: AnswerFile) -> None:
    file.record("quiz", "one", "a")
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n    file.record('quiz', 'two', 'b' * 1000)\n"
        "except NotSaved as error:\n    print(error.reason.nb)"
    )
    told = run(code, file.folder)
    assert "ikke plass igjen på disken" in told.stdout, told.stderr
    assert file.read() == {"quiz": {"one": "a"}}
    assert not list(file.folder.glob(".*.tmp"))


@pytest.mark.parametrize(
    ("error", "said"),
    [(PermissionError(13, "denied"), "Spør kursholderen om tilgang"), (OSError(5, "I/O error"), "I/O error")],
)
def test_any_trouble_with_the_disk_is_told_in_plain_words(
    file: AnswerFile, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NotSaved) as told:
        file.record("quiz", "one", "a")
    assert said in told.value.reason.nb
    assert file.read() == {}


def test_a_lock_that_another_program_holds_is_told_after_a_while(
    file: AnswerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_TIMEOUT_S", 0.05)
    with filelock.FileLock(file.folder / LOCK), pytest.raises(NotSaved) as told:
        file.record("quiz", "one", "a")
    assert "annet program" in told.value.reason.nb
    assert "another program" in told.value.reason.en
    assert file.record("quiz", "one", "a")


def test_answers_too_large_to_read_again_are_not_written(file: AnswerFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.record("note", "text", "kort")
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(NotSaved) as told:
        file.record("note", "text", "lang" * 1000)
    assert "for store" in told.value.reason.nb
    assert file.read() == {"note": {"text": "kort"}}


DAMAGED = {
    "truncated": with_answers({"quiz": {"one": {"value": "a"}}})[:-9],
    "empty": "",
    "not text": b"\xff\xfe\x00",
    "a list": "[]",
    "another program's": '{"version": 3, "data": []}',
    "another module's": with_answers({"quiz": {}}, module="07-upselling"),
    "a newer format": with_answers({}, format=2),
    "no answers": with_answers(None),
    "answers that are none": with_answers({"quiz": ["a"]}),
    "not a number": with_answers({"quiz": {"one": {"value": float("nan")}}}),
    "too large a number": with_answers({}).replace("{}", '{"quiz": {"one": {"value": 1e999}}}'),
    "a number without end": with_answers({}).replace("{}", '{"quiz": {"one": {"value": ' + "9" * 10_000 + "}}}"),
    "nested without end": "[" * 100_000,
    "nested too deep": with_answers({}).replace("{}", '{"quiz": {"one": {"value": ' + "[" * 200 + "]" * 200 + "}}}"),
    "50 MB": with_answers({}) + " " * 50_000_000,
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_is_set_aside_and_the_backup_takes_its_place(file: AnswerFile, kind: str) -> None:
    file.record("quiz", "one", "a")
    file.record("quiz", "two", "b")
    damaged = handed_in(file.folder, DAMAGED[kind]).read_bytes()
    assert file.read() == {"quiz": {"one": "a", "two": "b"}}
    [aside] = set_aside(file.folder)
    assert aside.read_bytes() == damaged
    [notice] = file.notices
    assert aside.name in notice.nb
    assert "2 svar er hentet fra sikkerhetskopien" in notice.nb
    assert "2 of your answers were recovered" in notice.en
    assert AnswerFile(file.folder, MODULE).read() == {"quiz": {"one": "a", "two": "b"}}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_hand_in_gives_no_answers_and_says_why(tmp_path: Path, kind: str) -> None:
    answers, problems = read_hand_in(handed_in(tmp_path, DAMAGED[kind]), MODULE)
    assert answers == {}
    assert len(problems) == 1
    assert [path.name for path in tmp_path.iterdir()] == [ANSWERS]


def test_an_answer_meets_a_damaged_file(file: AnswerFile) -> None:
    file.record("quiz", "one", "a")
    handed_in(file.folder, "{")
    file.record("quiz", "two", "b")
    assert file.read() == {"quiz": {"one": "a", "two": "b"}}
    assert len(set_aside(file.folder)) == len(file.notices) == 1


def test_two_damaged_files_of_one_second_are_both_kept(file: AnswerFile) -> None:
    for number in range(3):
        handed_in(file.folder, f"{{{number}")
        file.read()
    assert sorted(path.read_text(encoding="utf-8") for path in set_aside(file.folder)) == ["{0", "{1", "{2"]


def test_a_damaged_backup_is_set_aside_too_and_the_trainee_is_told(file: AnswerFile) -> None:
    handed_in(file.folder, "{")
    (file.folder / BACKUP).write_text("[", encoding="utf-8")
    assert file.read() == {}
    assert "ingen brukbar sikkerhetskopi" in file.notices[0].nb
    file.record("quiz", "one", "a")
    assert sorted(path.read_text(encoding="utf-8") for path in set_aside(file.folder)) == ["[", "{"]


def test_a_file_mended_by_another_kernel_meanwhile_is_not_set_aside(
    file: AnswerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.record("quiz", "one", "a")
    whole = (file.folder / ANSWERS).read_bytes()
    handed_in(file.folder, "{")
    acquire = filelock.FileLock.acquire

    def mended_first(lock: filelock.FileLock, *arguments: Any, **options: Any) -> Any:
        handed_in(file.folder, whole)
        return acquire(lock, *arguments, **options)

    monkeypatch.setattr(filelock.FileLock, "acquire", mended_first)
    assert file.read() == {"quiz": {"one": "a"}}
    assert not set_aside(file.folder)


def test_a_link_or_a_folder_is_never_read_through(file: AnswerFile, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(with_answers({"quiz": {"one": {"value": "stolen"}}}), encoding="utf-8")
    (file.folder / ANSWERS).symlink_to(secret)
    assert read_hand_in(file.folder / ANSWERS, MODULE)[0] == {}
    assert file.read() == {}
    file.record("quiz", "one", "mine")
    assert json.loads(secret.read_text(encoding="utf-8"))["answers"] == {"quiz": {"one": {"value": "stolen"}}}
    (file.folder / ANSWERS).unlink()
    (file.folder / ANSWERS).mkdir()
    assert read_hand_in(file.folder / ANSWERS, MODULE)[1] == [f"{ANSWERS} cannot be used: it is no regular file"]
    assert file.read() == {"quiz": {"one": "mine"}}


def test_a_pipe_does_not_hang(file: AnswerFile) -> None:
    os.mkfifo(file.folder / ANSWERS)
    assert read_hand_in(file.folder / ANSWERS, MODULE)[1]
    assert file.read() == {}


def test_a_file_edited_by_hand_but_well_formed_is_kept(file: AnswerFile) -> None:
    answers = {"quiz": {"one": {"value": "no-such-option"}, "two": {"value": 3, "changes": "many"}, "three": "loose"}}
    handed_in(file.folder, b"\xef\xbb\xbf" + with_answers(answers).encode())
    assert file.read() == {"quiz": {"one": "no-such-option", "two": 3}}
    file.record("quiz", "two", 4)
    file.record("quiz", "three", 5)
    assert file.read() == {"quiz": {"one": "no-such-option", "two": 4, "three": 5}}
    assert file.notices == []


def test_a_blank_hand_in_is_no_problem(tmp_path: Path) -> None:
    assert read_hand_in(tmp_path / ANSWERS, MODULE) == ({}, [])


def test_a_hand_in_gives_its_answers(file: AnswerFile) -> None:
    file.record("quiz", "one", ["a", "b"])
    assert read_hand_in(file.folder / ANSWERS, MODULE) == ({"quiz": {"one": ["a", "b"]}}, [])
