"""ccjobs: an onboarding course for call-centre agents that runs in Jupyter.

A notebook uses two names: ``activity("id")`` shows an activity, ``load("calls")`` gives a data set as a pandas table.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccjobs_utils.activities.notebook import activity
    from ccjobs_utils.desk.data import load

__version__ = "0.1.0"
__all__ = ["activity", "load"]


def __getattr__(name: str) -> Any:
    # Loaded at first use: a notebook's first cell must be quick.
    if name == "activity":
        from ccjobs_utils.activities.notebook import activity

        return activity
    if name == "load":
        from ccjobs_utils.desk.data import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
