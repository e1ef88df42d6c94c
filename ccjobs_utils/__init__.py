"""ccjobs: an onboarding course for call-centre agents that runs in Jupyter.

What a notebook uses: ``activity("id")`` shows an activity, ``load("calls")`` gives a data set as a pandas table, and
``staffing_board()`` shows what staffing does to service, ``progress()`` the trainee's way through the course, and
``term("AHT")`` what a word of the trade means. The modules ``kpi``, ``staffing`` and ``rules`` are the
desk's: key figures, how many agents it takes, and what may be done.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccjobs_utils.activities.board import staffing_board
    from ccjobs_utils.activities.glossary import term
    from ccjobs_utils.activities.notebook import activity
    from ccjobs_utils.activities.way import progress
    from ccjobs_utils.desk import kpi, rules, staffing
    from ccjobs_utils.desk.data import load

__version__ = "0.1.0"
__all__ = ["activity", "kpi", "load", "progress", "rules", "staffing", "staffing_board", "term"]

_MODULES = ("kpi", "rules", "staffing")
_FUNCTIONS = {
    "activity": "activities.notebook",
    "load": "desk.data",
    "progress": "activities.way",
    "staffing_board": "activities.board",
    "term": "activities.glossary",
}


def __getattr__(name: str) -> Any:
    # Loaded at first use: a notebook's first cell must be quick.
    if name in _MODULES:
        return import_module(f"ccjobs_utils.desk.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module(f"ccjobs_utils.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
