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

from ccjobs_utils.activities.model import Exercise

MAX_BYTES = 200_000
"""The most that one case may give back, as JSON."""

Returned = dict[str, dict[str, Any]]
"""Case id → ``{"value": data}``, or ``{"error": text}``."""


class NotComparable(TypeError):
    """A value that is no plain data."""


def run_cases(exercise: Exercise, namespace: Mapping[str, Any]) -> Returned:
    """Try the trainee's code with every case.

    Arguments:
        exercise: what is tried.
        namespace: the notebook's names, as the trainee's code left them.

    Returns:
        what came back for each case. Whatever the code raises is an error of that case.
    """
    return {case_id: _run(exercise.name, case.args, namespace) for case_id, case in exercise.cases.items()}


def as_data(value: Any) -> Any:
    """A value as plain JSON data.

    Numbers and texts stay; tuples and sets become lists, a Series a map, a table ``{"table": records}``, times
    ISO 8601, a missing value null.

    Raises:
        NotComparable: if it is something else.
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, Mapping):
        return {str(as_data(key)): as_data(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_data(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted((as_data(part) for part in value), key=repr)
    return _library_data(value)


def _library_data(value: Any) -> Any:
    """What pandas, NumPy or datetime made, as data; pandas is not imported for it, since its values come from there."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return {"table": [as_data(record) for record in value.to_dict("records")]}
    if pandas is not None and isinstance(value, pandas.Series):
        return as_data(value.to_dict())
    if pandas is not None and (value is pandas.NaT or value is pandas.NA):
        return None
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return as_data(value.tolist())
    raise NotComparable(f"a {type(value).__name__} cannot be compared")


def _run(name: str, args: list[Any] | None, namespace: Mapping[str, Any]) -> dict[str, Any]:
    if name not in namespace:
        return {"error": f"NameError: name '{name}' is not defined"}
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            value = namespace[name] if args is None else namespace[name](*(_argument(arg) for arg in args))
            data = None if value is Ellipsis else as_data(value)
        size = len(json.dumps(data))
    except BaseException as error:  # noqa: BLE001 - trainee code may raise anything, SystemExit too
        return {"error": f"{type(error).__name__}: {error}"[:500]}
    if size > MAX_BYTES:
        return {"error": f"the answer is too large ({size} bytes)"}
    return {"value": data}


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
