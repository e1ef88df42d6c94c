"""``activity("id")``: what a notebook calls to show an activity, validate it, or hand over what its code gives back."""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ccjobs_utils.activities.answers import ANSWERS, AnswerFile, read_hand_in
from ccjobs_utils.activities.draw import Sitting, drawn, needs_draw
from ccjobs_utils.activities.model import Activity, Call, Exercise, Handout, Quiz, Response, Text, load_handout
from ccjobs_utils.activities.running import run_cases
from ccjobs_utils.activities.score import PATH, RETURNED, missing, score

if TYPE_CHECKING:
    from ccjobs_utils.activities.widget import ActivityWidget

HANDOUT = "activities.json"
RETURNED_MIME = "application/vnd.ccjobs.returned+json"
"""What an exercise's code gave back, on its way from the kernel to the scorer."""

DEFAULT_EDITION = "nb"
FIRST_WORDS = 60
"""Characters of a question that name it in a message."""


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
    handout = handout_in(folder)
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
            _validate(folder, handout, activity_id, shown)
            return None
        case _:
            from ccjobs_utils.activities.widget import widget_for

            return widget_for(
                activity_id, handout, None if is_preview(folder) else AnswerFile(folder, handout.assignment)
            )


def edition_here(folder: Path) -> str:
    """The edition of the notebook in a folder; Norwegian where none is known."""
    try:
        return handout_in(folder).edition
    except NotReady:
        return DEFAULT_EDITION


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

        sent = {"activity": activity_id, "returned": run_cases(shown, namespace()).returned}
        display({RETURNED_MIME: sent}, raw=True)
    return 0.0


def _validate(folder: Path, handout: Handout, activity_id: str, shown: Activity) -> None:
    if not shown.graded:
        return
    title = shown.title.to(handout.edition)
    if isinstance(shown, Exercise):
        _validate_code(handout, shown, title)
        return
    answers, problems = read_hand_in(folder / ANSWERS, handout.assignment)
    if problems:
        raise NotReady(
            _said(
                handout,
                nb=f"«{title}»: filen med svarene dine ({ANSWERS}) kan ikke leses. Velg Kjør → Kjør alle celler"
                " (Run → Run All Cells), så hentes sikkerhetskopien.",
                en=f"“{title}”: the file with your answers ({ANSWERS}) cannot be read. Choose Run → Run All Cells, and"
                " the backup copy is brought back.",
            )
        )
    waiting = missing(shown, answers.get(activity_id, {}))
    if waiting and isinstance(shown, Response):
        raise NotReady(
            _said(
                handout,
                nb=f"«{title}»: skriv minst {shown.min_words} ord.",
                en=f"“{title}”: write at least {shown.min_words} words.",
            )
        )
    if waiting and isinstance(shown, Call):
        raise NotReady(
            _said(
                handout,
                nb=f"«{title}»: ta samtalen helt til den er over.",
                en=f"“{title}”: carry the call through to its end.",
            )
            if PATH in waiting
            else _said(
                handout,
                nb=f"«{title}»: skriv samtalenotatet, under samtalen.",
                en=f"“{title}”: write the after-call note, below the call.",
            )
        )
    if waiting and isinstance(shown, Quiz):
        lines = [
            f"  {number}. {_first_words(question.text.to(handout.edition))}"
            for number, (key, question) in enumerate(shown.questions.items(), 1)
            if key in waiting
        ]
        said = _said(
            handout,
            nb=f"«{title}»: dette er ubesvart eller ikke ferdig:",
            en=f"“{title}”: this is not answered or not finished:",
        )
        raise NotReady("\n".join([said, *lines]))


def _validate_code(handout: Handout, shown: Exercise, title: str) -> None:
    names = namespace()
    returned = run_cases(shown, names).returned
    scored = score(shown, {RETURNED: returned})
    visible = [key for key, case in shown.cases.items() if case.visible]
    failing = [key for key in visible if scored.items[key].state != "right"]
    if shown.name not in names or missing(shown, {RETURNED: returned}):
        if shown.bonus:
            return
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
                nb=f"«{title}»: koden stemmer ikke ennå i {len(failing)} av {len(visible)} tilfeller du kan se.",
                en=f"“{title}”: the code is not right yet in {len(failing)} of the {len(visible)} cases that you see.",
            )
        )


def _first_words(text: str) -> str:
    line = " ".join(text.split("\n\n", maxsplit=1)[0].replace("**", "").replace("`", "").split())
    return line if len(line) <= FIRST_WORDS else line[:FIRST_WORDS].rsplit(" ", 1)[0] + " …"


def handout_in(folder: Path) -> Handout:
    """What lies in a folder to be answered, as this trainee has it: drawn, unless it is a preview.

    Raises:
        NotReady: if there is nothing, or it cannot be read; the message tells how to get it.
    """
    path = folder / HANDOUT
    try:
        return _read_handout(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        said = Text(
            nb=f"Filen {HANDOUT} mangler her. Åpne siden fra mappen du hentet modulen til, eller hent modulen på nytt.",
            en=f"The file {HANDOUT} is missing here. Open the page from the folder that you fetched the module into, or"
            " fetch the module again.",
        )
    except (OSError, ValueError) as error:
        said = Text(
            nb=f"Filen {HANDOUT} kan ikke leses. Slett den, og hent modulen på nytt.",
            en=f"The file {HANDOUT} cannot be read. Delete it, and fetch the module again. ({error})",
        )
    # No language is known without the file.
    raise NotReady(f"{said.nb}\n{said.en}") from None


@lru_cache(maxsize=32)
def _read_handout(path: Path, _changed_ns: int) -> Handout:
    handout = load_handout(path)
    undrawn = is_preview(path.parent) or os.environ.get("NBGRADER_EXECUTION") == "autograde"
    if undrawn or not any(needs_draw(one) for one in handout.activities.values()):
        return handout
    from ccjobs_utils.activities.trainee import settings, trainee

    sitting = Sitting(trainee(settings(path.parent.parent.parent)), handout.module, handout.attempt)
    return replace(handout, activities=drawn(handout.activities, sitting))


def _said(handout: Handout, *, nb: str, en: str) -> str:
    return Text(nb=nb, en=en).to(handout.edition)
