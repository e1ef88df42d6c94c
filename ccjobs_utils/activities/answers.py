"""``answers.json``: what a trainee answered, on disk beside the notebook, safe against crashes and hands.

    {"format": 1, "module": "02-call-handling",
     "answers": {activity: {item: {"value": …, "first": time, "last": time, "changes": n}}}}

A change is on disk before `AnswerFile.record` returns. The file is replaced whole, under a lock, and only the one item
is changed in what lies there, so that two kernels on one notebook lose nothing of each other. The last good copy is
kept beside it. A file that is no answers file is set aside under a new name, never overwritten.
"""

import contextlib
import errno
import json
import os
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from ccjobs_utils.activities.model import Text

ANSWERS = "answers.json"
BACKUP = "answers.backup.json"
LOCK = ".answers.lock"
FORMAT = 1
MAX_BYTES = 5_000_000
LOCK_TIMEOUT_S = 5.0

Answers = dict[str, dict[str, Any]]
"""Activity id → item id → what was answered."""


class NotSaved(OSError):
    """An answer that is not on disk; `reason` says why and what to do, in both languages."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class _NotAnswers(ValueError):
    """A file that holds no answers of this module."""


class AnswerFile:
    """The answers of one notebook.

    Arguments:
        folder: the folder that the notebook lies in.
        module: the module's id; a file of another module is set aside.
    """

    def __init__(self, folder: Path, module: str) -> None:
        self.folder = folder
        self.module = module
        self.notices: list[Text] = []
        """What the trainee should be told about damaged files, newest last."""

    def read(self) -> Answers:
        """What is answered so far; a damaged file is set aside and the last good copy takes its place.

        Raises:
            NotSaved: if the file cannot be read or set aside.
        """
        return _values(self._load())

    def entries(self, activity: str) -> dict[str, dict[str, Any]]:
        """One activity's entries, item id → ``value``, ``first``, ``last``, ``changes``; otherwise as `read`."""
        return {item: entry for item, entry in self._load().get(activity, {}).items() if _is_entry(entry)}

    def record(self, activity: str, item: str, value: Any) -> str:
        """Write one answer, and return the time it was saved (ISO 8601, UTC); it is on disk then.

        Arguments:
            activity: the activity's id.
            item: what was answered in it.
            value: the answer as data; None takes it back.

        Raises:
            NotSaved: if it could not be written; what was on disk before is still there.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            with filelock.FileLock(self.folder / LOCK, timeout=LOCK_TIMEOUT_S):
                kept = self._load()
                items = kept.setdefault(activity, {})
                before = items.get(item) if isinstance(items.get(item), dict) else None
                items[item] = {
                    "value": value,
                    "first": before["first"] if before and isinstance(before.get("first"), str) else now,
                    "last": now,
                    "changes": before["changes"] + 1 if before and isinstance(before.get("changes"), int) else 1,
                }
                self._write(kept)
        except filelock.Timeout as error:
            raise NotSaved(_LOCKED) from error
        except NotSaved:
            raise
        except OSError as error:
            raise NotSaved(_why(error)) from error
        return now

    def _load(self) -> dict[str, dict[str, Any]]:
        path = self.folder / ANSWERS
        try:
            return _parsed(_bytes(path), self.module)
        except FileNotFoundError:
            return {}
        except _NotAnswers:
            return self._set_aside(path)
        except OSError as error:
            raise NotSaved(_why(error)) from error

    def _set_aside(self, path: Path) -> dict[str, dict[str, Any]]:
        """Keep a damaged file under a name of its own, and go on with the last good copy."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = next(
            name
            for number in range(1000)
            if not os.path.lexists(
                name := self.folder / f"answers.damaged-{stamp}{f'-{number}' if number else ''}.json"
            )
        )
        try:
            path.rename(aside)
        except OSError as error:
            raise NotSaved(_why(error)) from error
        try:
            kept = _parsed(_bytes(self.folder / BACKUP), self.module)
        except (OSError, _NotAnswers):
            kept = {}
        count = sum(len(items) for items in kept.values())
        if kept:
            with contextlib.suppress(OSError):
                self._write(kept)
        self.notices.append(
            Text(
                nb=f"Svarfilen var skadet og er lagt til side som {aside.name}. {count} svar er hentet fra"
                " sikkerhetskopien. Se over svarene dine.",
                en=f"The answers file was damaged and has been put aside as {aside.name}. {count} answers were"
                " recovered from the backup copy. Please look over your answers.",
            )
        )
        return kept

    def _write(self, kept: dict[str, dict[str, Any]]) -> None:
        data = {"format": FORMAT, "module": self.module, "answers": kept}
        content = (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
        if len(content) > MAX_BYTES:
            raise NotSaved(_TOO_LARGE)
        _replace(self.folder / ANSWERS, content)
        # The copy is written second: at any moment at least one of the two files is whole.
        _replace(self.folder / BACKUP, content)


def read_hand_in(path: Path, module: str) -> tuple[Answers, list[str]]:
    """Read the answers in a hand-in, which may hold anything.

    Arguments:
        path: the ``answers.json`` that was handed in.
        module: the module that was to be answered.

    Returns:
        the answers, and what is wrong with the file; a file that cannot be used gives no answers and one problem. A
        missing file is a blank hand-in, and no problem.
    """
    try:
        return _values(_parsed(_bytes(path), module)), []
    except FileNotFoundError:
        return {}, []
    except _NotAnswers as error:
        return {}, [f"{ANSWERS} cannot be used: {error}"]
    except OSError as error:
        return {}, [f"{ANSWERS} cannot be read: {error.strerror}"]


def _bytes(path: Path) -> bytes:
    """A regular file's content, never through a link, never more than `MAX_BYTES`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _NotAnswers("it is a link to another file") from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _NotAnswers("it is no regular file")
        if status.st_size > MAX_BYTES:
            raise _NotAnswers(f"it is {status.st_size / 1e6:.0f} MB, more than {MAX_BYTES / 1e6:.0f} MB")
        return file.read(MAX_BYTES + 1)


def _parsed(content: bytes, module: str) -> dict[str, dict[str, Any]]:
    """The ``answers`` of a file's content.

    Raises:
        _NotAnswers: if it is damaged, or not of this module.
    """
    try:
        data = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _NotAnswers("it is damaged (not JSON)") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("answers"), dict):
        raise _NotAnswers("it was not written by this course")
    if data.get("module") != module:
        raise _NotAnswers(f"it belongs to another module ({str(data.get('module'))[:60]})")
    if not all(isinstance(items, dict) for items in data["answers"].values()):
        raise _NotAnswers("it was not written by this course")
    return dict(data["answers"])


def _values(kept: dict[str, dict[str, Any]]) -> Answers:
    return {
        activity: {item: entry["value"] for item, entry in items.items() if _is_entry(entry)}
        for activity, items in kept.items()
    }


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and "value" in entry


def _replace(path: Path, content: bytes) -> None:
    """Make `path` hold `content`, all or nothing, and only return once the disk has it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # noqa: PTH101 - mkstemp's 0600 would keep the trainer from reading a hand-in
        os.replace(name, path)  # noqa: PTH105 - the name is a plain string
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - the name is a plain string
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


_LOCKED = Text(
    nb="Svarfilen er i bruk av et annet program. Lukk andre faner med denne siden, og prøv igjen.",
    en="The answers file is in use by another program. Close other tabs with this page and try again.",
)
_TOO_LARGE = Text(
    nb="Svarene er blitt for store til å lagres. Gjør de lange tekstene kortere.",
    en="The answers have become too large to save. Make the long texts shorter.",
)


def _why(error: OSError) -> Text:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return Text(
                nb="Det er ikke plass igjen på disken. Slett noe du ikke trenger, og prøv igjen.",
                en="There is no room left on the disk. Delete something that you do not need and try again.",
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Text(
                nb="Mappen kan ikke skrives til. Spør kursholderen om tilgang.",
                en="The folder cannot be written to. Ask your trainer for access.",
            )
        case _:
            return Text(
                nb=f"Filen kunne ikke lagres ({error.strerror}). Prøv igjen, og si fra til kursholderen.",
                en=f"The file could not be saved ({error.strerror}). Try again, and tell your trainer.",
            )
