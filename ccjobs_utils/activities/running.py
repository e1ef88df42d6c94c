"""An exercise's cases, run on what the trainee's code defined; what comes back is data."""

import contextlib
import copy
import io
import json
import math
import sys
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from msgspec import Struct

from ccjobs_utils.activities.model import Case, Exercise

MAX_BYTES = 200_000
"""The most that one case may give back, as JSON."""
MAX_DEPTH = 20
"""The deepest nesting that one case may give back."""
MAX_PRINTED = 10_000
"""Characters of what one case prints that are kept."""
MAX_ERROR = 500

Returned = dict[str, dict[str, Any]]
"""Case id → ``{"value": data}``, or ``{"error": text}``."""


class Run(Struct, frozen=True):
    """An exercise's cases, run: what came back for each, and what those that printed have printed."""

    returned: Returned
    printed: dict[str, str]


class NotComparable(TypeError):
    """A value that is no plain data."""


def run_cases(exercise: Exercise, namespace: Mapping[str, Any]) -> Run:
    """Try the trainee's code with every case.

    Arguments:
        exercise: what is tried.
        namespace: the notebook's names, as the trainee's code left them.

    Returns:
        what came back for each case. Whatever the code raises is an error of that case; once a person interrupts it,
        the cases that are left are not tried.
    """
    returned: Returned = {}
    printed: dict[str, str] = {}
    interrupted: dict[str, Any] | None = None
    for case_id, case in exercise.cases.items():
        if interrupted is None:
            output = _Printed()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                result = _result(exercise.name, case, namespace)
            if result.get("error", "").startswith(KeyboardInterrupt.__name__):
                interrupted = result
            if text := output.getvalue():
                printed[case_id] = text
        returned[case_id] = result if interrupted is None else interrupted
    return Run(returned=returned, printed=printed)


def as_data(value: Any, *, room: int = MAX_DEPTH) -> Any:
    """A value as plain JSON data.

    Numbers and texts stay; tuples and sets become lists, a Series a map, a table ``{"table": records}``, times
    ISO 8601, a missing value null, infinity a text.

    Arguments:
        value: what the trainee's code gave.
        room: how many levels deep it may go.

    Raises:
        NotComparable: if it is something else, or deeper.
    """
    if room == 0:
        raise NotComparable("lists inside lists that go too deep cannot be compared")
    if value is None or type(value) in (bool, int):
        return value
    if type(value) is str:
        return value.encode(errors="replace").decode()
    if isinstance(value, float):
        return None if math.isnan(value) else float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, Mapping):
        return {str(as_data(key, room=room - 1)): as_data(part, room=room - 1) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_data(part, room=room - 1) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted((as_data(part, room=room - 1) for part in value), key=repr)
    return _library_data(value, room - 1)


def _library_data(value: Any, room: int) -> Any:
    """What pandas, NumPy or datetime made, as data; pandas is not imported for it, since its values come from there."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return {"table": [as_data(record, room=room) for record in value.to_dict("records")]}
    if pandas is not None and isinstance(value, pandas.Series):
        return as_data(value.to_dict(), room=room)
    if pandas is not None and (value is pandas.NaT or value is pandas.NA):
        return None
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return as_data(value.tolist(), room=room)
    raise NotComparable(f"a {type(value).__name__} cannot be compared")


class _Printed(io.StringIO):
    """Keeps the beginning of what is printed, so that an endless loop does not fill the memory."""

    def write(self, text: str) -> int:
        super().write(text[: MAX_PRINTED - self.tell()])
        return len(text)


def _result(name: str, case: Case, namespace: Mapping[str, Any]) -> dict[str, Any]:
    if name not in namespace:
        return {"error": f"NameError: name '{name}' is not defined"}
    try:
        value = namespace[name]
        if case.args is not None:
            value = value(*(_argument(arg) for arg in case.args))
        data = None if value is Ellipsis else as_data(value)
        size = len(json.dumps(data))
    except BaseException as error:  # noqa: BLE001 - trainee code may raise anything, SystemExit too
        return {"error": _said(error)}
    if size > MAX_BYTES:
        return {"error": f"the answer is too large ({size} bytes)"}
    return {"value": data}


def _said(error: BaseException) -> str:
    """An error in one line; even its own text is trainee code."""
    try:
        return f"{type(error).__name__}: {error}"[:MAX_ERROR].encode(errors="replace").decode()
    except BaseException:  # noqa: BLE001 - as above
        return type(error).__name__


def _argument(arg: Any) -> Any:
    match arg:
        case {"table": list() as records, **rest} if not rest:
            import pandas as pd

            return pd.DataFrame(records)
        case {"load": str() as name, **rest} if not rest:
            from ccjobs_utils.desk.data import load

            return load(name)
        case _:
            # Code that changes its input must not change the next case.
            return copy.deepcopy(arg)
