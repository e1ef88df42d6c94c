"""``staffing_board()``: sliders for an interval's calls and agents, and a picture of what they do to each other.

The view draws; every number comes from `ccjobs_utils.desk.staffing`.
"""

import math
import os
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ccjobs_utils.activities.notebook import edition_here
from ccjobs_utils.activities.widget import STATIC, script, with_a_line_for_pages_without_kernel
from ccjobs_utils.activities.words import WORDS
from ccjobs_utils.desk.staffing import GOAL, TARGET_S, erlang_c

PERIOD_S = 1800
"""Half an hour, the interval that contact centres are staffed by."""
LIMITS = {"calls": (5, 400), "aht_s": (60, 900), "agents": (1, 150)}
"""The lowest and highest setting of each slider."""
START = {"calls": 100, "aht_s": 240, "agents": 16}
CEILING = (0.85, 0.9)
"""The occupancy above which people tire over time: the rule of thumb ``occupancy-ceiling`` of ``course/facts.yaml``."""
AROUND = 9
"""How many more and fewer agents the picture shows."""


def staffing_board() -> "StaffingBoard | None":
    """Show the staffing board, in the language of this notebook's edition.

    Returns:
        the widget; nothing while nbgrader runs the notebook.
    """
    return None if os.environ.get("NBGRADER_EXECUTION") else StaffingBoard(edition_here(Path.cwd()))


class StaffingBoard(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget is untyped
    """The staffing board.

    Arguments:
        language: ``nb`` or ``en``.

    Attributes:
        settings: what the sliders say: calls in half an hour, average handle time in seconds, agents.
        picture: the interval with these settings, and with some agents more and fewer.
    """

    _esm = script("board")
    _css = STATIC / "activity.css"
    language = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)

    def __init__(self, language: str) -> None:
        super().__init__(language=language, words=WORDS[language], limits=LIMITS, settings=dict(START))
        self._draw()
        self.observe(self._draw, "settings")

    def _draw(self, _change: object = None) -> None:
        self.picture = picture(**{name: _within(name, self.settings.get(name)) for name in LIMITS})

    def _repr_mimebundle_(self, **arguments: Any) -> Any:
        return with_a_line_for_pages_without_kernel(super()._repr_mimebundle_(**arguments), self.language)


def picture(calls: int, aht_s: int, agents: int) -> dict[str, Any]:
    """What the board shows.

    Arguments:
        calls: in half an hour.
        aht_s: average handle time in seconds.
        agents: at work.

    Returns:
        ``load`` in erlangs, ``goal`` and ``target_s`` of the service level, ``ceiling`` of the occupancy, and ``rows``:
        for each number of agents its service level and occupancy (0 to 1) and the average wait in seconds, None when
        the queue grows without end.
    """
    crews = list(range(max(1, agents - AROUND), agents + AROUND + 1))
    staffed = erlang_c(calls, PERIOD_S, aht_s, crews)
    rows = [
        {
            "agents": crew,
            "service_level": round(float(level), 4),
            "occupancy": round(float(occupancy), 4),
            "asa_s": round(float(asa_s), 1) if math.isfinite(asa_s) else None,
        }
        for crew, level, occupancy, asa_s in zip(
            crews, staffed.service_level, staffed.occupancy, staffed.asa_s, strict=True
        )
    ]
    load = round(calls * aht_s / PERIOD_S, 2)
    return {"agents": agents, "load": load, "goal": GOAL, "target_s": TARGET_S, "ceiling": CEILING, "rows": rows}


def _within(name: str, value: Any) -> int:
    """A slider's setting as a whole number within its limits; its start if it is none."""
    lowest, highest = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return START[name]
    return min(highest, max(lowest, round(value)))
