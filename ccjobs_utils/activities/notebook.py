"""``activity("id")``: what a notebook calls to show an activity, validate it, or hand over what its code gives back."""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccjobs_utils.activities.answers import AnswerFile, Answers
from ccjobs_utils.activities.model import Activity, Exercise, Handout, Quiz, Response, Text, load_handout
from ccjobs_utils.activities.running import Returned, run_cases
from ccjobs_utils.activities.score import RETURNED, missing, score

if TYPE_CHECKING:
    from ccjobs_utils.activities.widget import ActivityWidget

HANDOUT = "activities.json"
RETURNED_MIME = "application/vnd.ccjobs.returned+json"
"""What an exercise's code gave back, on its way from the kernel to the scorer."""


class NotReady(Exception):
    """Something in a graded activity is unanswered or fails; the message is for the trainee."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter and nbgrader's Validate show: the message, and no trace of code."""
        return [str(self)]


def activity(activity_id: str) -> "ActivityWidget[Any] | float | None":
    """Show one activity of this notebook's module.

    Arguments:
        activity_id: its id, as ``activities.yaml`` names it.

    Returns:
        the widget. While nbgrader validates: nothing. While nbgrader grades: 0.0 for a graded activity, since only the
        trainer's scoring decides.

    Raises:
        NotReady: while nbgrader validates, if something is unanswered or a visible case fails; or if this folder
            does not hold the activity.
    """
    folder = Path.cwd()
    handout = _handout(folder)
    if activity_id not in handout.activities:
        known = ", ".join(handout.activities)
        raise NotReady(
            _said(
                handout,
                nb=f"Det finnes ingen aktivitet {activity_id} her. Aktivitetene er: {known}.",
                en=f"There is no activity {activity_id} here. The activities are: {known}.",
            )
        )
    shown = handout.activities[activity_id]
    match os.environ.get("NBGRADER_EXECUTION"):
        case "autograde":
            return _hand_over(activity_id, shown)
        case "validate":
            _validate(handout, activity_id, shown, AnswerFile(folder, handout.module).read())
            return None
        case _:
            from ccjobs_utils.activities.widget import widget_for

            answers = None if is_preview(folder) else AnswerFile(folder, handout.module)
            return widget_for(activity_id, shown, handout, answers)


def is_preview(folder: Path) -> bool:
    """Whether this is a folder of `source/` or `release/`: an answer written there would reach every trainee."""
    return folder.parent.parent.name in ("source", "release") and folder.parent.name in ("nb", "en")


def namespace() -> dict[str, Any]:
    """The names that the notebook's code has defined."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return dict(shell.user_ns) if shell is not None else {}


def _hand_over(activity_id: str, shown: Activity) -> float | None:
    if not shown.graded:
        return None
    if isinstance(shown, Exercise):
        from IPython.display import display

        sent = {"activity": activity_id, "returned": run_cases(shown, namespace())}
        display({RETURNED_MIME: sent}, raw=True)
    return 0.0


def _validate(handout: Handout, activity_id: str, shown: Activity, answers: Answers) -> None:
    if not shown.graded:
        return
    given = answers.get(activity_id, {})
    title = shown.title.to(handout.edition)
    match shown:
        case Quiz():
            numbers = [str(number) for number, key in enumerate(shown.questions, 1) if key in missing(shown, given)]
            if numbers:
                raise NotReady(
                    _said(
                        handout,
                        nb=f"«{title}»: ubesvart eller ikke ferdig: spørsmål {', '.join(numbers)}.",
                        en=f"“{title}”: not answered or not finished: question {', '.join(numbers)}.",
                    )
                )
        case Response():
            if missing(shown, given):
                raise NotReady(
                    _said(
                        handout,
                        nb=f"«{title}»: skriv minst {shown.min_words} ord.",
                        en=f"“{title}”: write at least {shown.min_words} words.",
                    )
                )
        case Exercise():
            _validate_code(handout, shown, title, run_cases(shown, namespace()))


def _validate_code(handout: Handout, shown: Exercise, title: str, returned: Returned) -> None:
    scored = score(shown, {RETURNED: returned})
    failing = [key for key, case in shown.cases.items() if case.visible and scored.items[key].state != "right"]
    if shown.name not in namespace() or missing(shown, {RETURNED: returned}):
        raise NotReady(
            _said(
                handout,
                nb=f"«{title}»: koden gir ikke noe svar ennå. Skriv koden i cellen over.",
                en=f"“{title}”: the code gives no answer yet. Write it in the cell above.",
            )
        )
    if failing:
        raise NotReady(
            _said(
                handout,
                nb=f"«{title}»: koden stemmer ikke ennå i {len(failing)} av tilfellene du kan se.",
                en=f"“{title}”: the code is not right yet in {len(failing)} of the cases that you can see.",
            )
        )


def _handout(folder: Path) -> Handout:
    path = folder / HANDOUT
    try:
        return _read_handout(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        said = Text(
            nb=f"Filen {HANDOUT} mangler her. Åpne siden fra mappen du hentet modulen til, eller hent modulen på nytt.",
            en=f"The file {HANDOUT} is missing here. Open the page from the folder that you fetched the module into, or"
            " fetch the module again.",
        )
        raise NotReady(f"{said.nb}\n{said.en}") from error
    except ValueError as error:
        raise NotReady(str(error)) from error


@lru_cache(maxsize=4)
def _read_handout(path: Path, _changed_ns: int) -> Handout:
    return load_handout(path)


def _said(handout: Handout, *, nb: str, en: str) -> str:
    return Text(nb=nb, en=en).to(handout.edition)
