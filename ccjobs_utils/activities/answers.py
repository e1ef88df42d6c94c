"""``answers.json``: what a trainee answered, on disk beside the notebook, safe against crashes and hands.

    {"format": 1, "module": "02-call-handling",
     "answers": {activity: {item: {"value": …, "first": time, "last": time, "changes": n}}}}

A change is on disk before `AnswerFile.record` returns. The file is replaced whole, under a lock, and only the one item
is changed in what lies there, so that two kernels on one notebook lose nothing of each other. The last good copy is
kept beside it. A file that is no answers file is set aside under a new name, never overwritten.
"""

import contextlib
import errno
import itertools
import json
import math
import os
import stat
from collections.abc import Iterator
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
MAX_DEPTH = 100
"""Deeper nesting is no answer of this course, and Python's own JSON writer would give up on it."""
LOCK_TIMEOUT_S = 3.0

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
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._locked():
            kept = self._load_or_mend()
            items = kept.setdefault(activity, {})
            before = items[item] if isinstance(items.get(item), dict) else {}
            first, changes = before.get("first"), before.get("changes")
            items[item] = {
                "value": value,
                "first": first if isinstance(first, str) else now,
                "last": now,
                "changes": changes + 1 if isinstance(changes, int) else 1,
            }
            self._write(kept)
        return now

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """No other kernel touches the files meanwhile; whatever goes wrong is a `NotSaved`."""
        try:
            with filelock.FileLock(self.folder / LOCK, timeout=LOCK_TIMEOUT_S):
                yield
        except filelock.Timeout as error:
            raise NotSaved(_LOCKED) from error
        except NotSaved:
            raise
        except OSError as error:
            raise NotSaved(_why(error)) from error

    def _load(self) -> dict[str, dict[str, Any]]:
        try:
            return _parsed(_bytes(self.folder / ANSWERS), self.module)
        except FileNotFoundError:
            return {}
        except _NotAnswers:
            # Under the lock it is read once more: another kernel may just have mended it.
            with self._locked():
                return self._load_or_mend()
        except OSError as error:
            raise NotSaved(_why(error)) from error

    def _load_or_mend(self) -> dict[str, dict[str, Any]]:
        """What the file holds; a damaged one is set aside, and the last good copy takes its place."""
        try:
            return _parsed(_bytes(self.folder / ANSWERS), self.module)
        except FileNotFoundError:
            return {}
        except _NotAnswers:
            aside = self._set_aside(self.folder / ANSWERS)
        try:
            kept = _parsed(_bytes(self.folder / BACKUP), self.module)
        except FileNotFoundError:
            kept = {}
        except _NotAnswers:
            self._set_aside(self.folder / BACKUP)
            kept = {}
        if kept:
            with contextlib.suppress(NotSaved):
                self._write(kept)
        self.notices.append(_mended(aside, sum(len(items) for items in kept.values())))
        return kept

    def _set_aside(self, path: Path) -> str:
        """Keep a damaged file under a name that no other file has; returns the name."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        names = (f"answers.damaged-{stamp}{f'-{number}' if number else ''}.json" for number in itertools.count())
        aside = next(name for name in names if not os.path.lexists(self.folder / name))
        path.rename(self.folder / aside)
        return aside

    def _write(self, kept: dict[str, dict[str, Any]]) -> None:
        data = {"format": FORMAT, "module": self.module, "answers": kept}
        # Half an emoji, which a browser can send, is no valid text: it is written as "?".
        content = (json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode(errors="replace")
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
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _NotAnswers("it is no regular file")
        if status.st_size > MAX_BYTES:
            raise _NotAnswers(f"it is {status.st_size / 1e6:.0f} MB, more than {MAX_BYTES / 1e6:.0f} MB")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _parsed(content: bytes, module: str) -> dict[str, dict[str, Any]]:
    """The ``answers`` of a file's content.

    Raises:
        _NotAnswers: if it is damaged, or not of this module.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise _NotAnswers("it is damaged (not JSON)") from error
    if _is_too_deep(data):
        raise _NotAnswers("it was not written by this course")
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


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a JSON number")
    return number


def _is_too_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for one in level
            if isinstance(one, (dict, list))
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _replace(path: Path, content: bytes) -> None:
    """Make `path` hold `content`, all or nothing, and only return once the disk has it; needs the lock."""
    # One fixed name: what a killed kernel left half written is cleared away by the next write.
    fresh = path.with_name(f".{path.name}.tmp")
    fresh.unlink(missing_ok=True)
    try:
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mended(aside: str, recovered: int) -> Text:
    if recovered:
        nb = f"{recovered} svar er hentet fra sikkerhetskopien. Se over svarene dine."
        en = f"{recovered} of your answers were recovered from the backup copy. Please look them over."
    else:
        nb = "Det fantes ingen brukbar sikkerhetskopi, så du må svare på nytt. Spør kursholderen om hjelp først."
        en = "There was no usable backup copy, so you must answer again. Ask your trainer for help first."
    return Text(
        nb="Filen med svarene dine var skadet eller hørte til noe annet. Den er lagt til side som"
        f" {aside}, og ingenting er slettet. {nb}",
        en="The file with your answers was damaged or belonged to something else. It has been put aside as"
        f" {aside}, and nothing is deleted. {en}",
    )


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
