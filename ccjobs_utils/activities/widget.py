"""The widgets that show activities: one anywidget for each kind, and no rules in the browser.

Python sends what to show, in one language and without a key, and a state; the view sends what the trainee did. Each
change gets its acknowledgement in the next state, after the answer is on disk.
"""

import json
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import anywidget
import msgspec
import traitlets
from msgspec.structs import replace

from ccjobs_utils.activities.answers import AnswerFile, NotSaved
from ccjobs_utils.activities.model import Activity, Exercise, Handout, Number, Quiz, Response, public
from ccjobs_utils.activities.notebook import namespace
from ccjobs_utils.activities.review import review
from ccjobs_utils.activities.running import Returned, run_cases
from ccjobs_utils.activities.score import (
    RETURNED,
    TEXT,
    MalformedAnswer,
    count_words,
    is_blank,
    missing,
    parse_number,
    score,
    score_question,
)

A = TypeVar("A", Quiz, Exercise, Response)

MAX_SHOWN = 200
"""Characters of a value that are shown."""

_STATIC = Path(__file__).parent / "static"
_WORDS: dict[str, dict[str, str]] = json.loads((_STATIC / "words.json").read_text(encoding="utf-8"))


def _script(kind: str) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in ("shell.js", f"{kind}.js"))


class ActivityWidget(anywidget.AnyWidget, Generic[A]):  # type: ignore[misc]  # anywidget is untyped
    """One activity on screen.

    Arguments:
        activity_id: its id.
        activity: as the trainee's copy has it.
        handout: the module it belongs to.
        file: where answers are kept; None in a preview, which keeps none.

    Attributes:
        shown: what to show: the activity in one language, without its key.
        words: the view's own words, in the same language.
        state: answers, what is missing, when it was saved, acknowledgements and reviews.
    """

    _css = _STATIC / "activity.css"
    shown = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, activity_id: str, activity: A, handout: Handout, file: AnswerFile | None) -> None:
        self._id = activity_id
        self._activity: A = activity
        self._language = handout.edition
        self._file = file
        self._memory: dict[str, Any] = {}
        self._acknowledged: dict[str, dict[str, int]] = {}
        self._notice = ""
        self._saved = ""
        self._times: dict[str, str] = {}
        super().__init__(
            shown=_shown(activity_id, activity, handout, file),
            words=_WORDS[self._language],
        )
        self._refresh()
        self.on_msg(self._received)

    def answers(self) -> dict[str, Any]:
        """Item id → what is answered; from disk, or from memory in a preview."""
        if self._file is None:
            return self._memory
        try:
            entries = self._file.entries(self._id)
        except NotSaved as error:
            self._notice = error.reason.to(self._language)
            return self._memory
        if self._file.notices:
            self._notice = self._file.notices[-1].to(self._language)
        self._times = {item: str(entry.get("last", "")) for item, entry in entries.items()}
        self._saved = max(self._times.values(), default="")
        return {item: entry["value"] for item, entry in entries.items()}

    def _received(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        failed = ""
        if content.get("do") == "answer":
            failed = self._record(str(content["item"]), content.get("value"))
        else:
            self._do(content)
        client = str(content.get("client", ""))
        sequence = int(content.get("sequence", 0))
        if not failed:
            self._acknowledged.setdefault(client, {})[str(content.get("item"))] = sequence
        self._refresh(failed={"client": client, "sequence": sequence, "reason": failed} if failed else None)

    def _record(self, item: str, value: Any) -> str:
        """Save one answer; returns why it is not saved, or nothing."""
        self._memory[item] = value
        if self._file is None:
            return ""
        try:
            self._file.record(self._id, item, value)
        except NotSaved as error:
            return error.reason.to(self._language)
        return ""

    def _do(self, content: dict[str, Any]) -> None:
        """Something that a trainee asked for, other than saving an answer."""

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the state of this kind of activity holds beside answers."""
        raise NotImplementedError

    def _refresh(self, failed: dict[str, Any] | None = None) -> None:
        given = self.answers()
        details = self._details(given)
        self.state = {
            "answers": given,
            "missing": missing(self._activity, given),
            "acknowledged": dict(self._acknowledged),
            "failed": failed,
            "saved": self._saved,
            "times": self._times,
            "notice": self._notice,
            **details,
        }

    def _repr_mimebundle_(self, **arguments: Any) -> Any:
        """The widget, and for a page without a kernel a line that tells how to get it."""
        bundle = super()._repr_mimebundle_(**arguments)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data:
            data["text/plain"] = _WORDS[self._language]["run-the-page"]
        return bundle


class QuizWidget(ActivityWidget[Quiz]):
    """Questions to answer."""

    _esm = _script("quiz")

    def __init__(self, *arguments: Any) -> None:
        self._revealed: set[str] = set()
        self._checked: dict[str, Any] = {}
        super().__init__(*arguments)

    def _do(self, content: dict[str, Any]) -> None:
        item = str(content.get("item"))
        if self._activity.graded or item not in self._activity.questions:
            return
        match content.get("do"):
            case "check":
                self._checked[item] = self.answers().get(item)
            case "reveal":
                self._checked[item] = self.answers().get(item)
                self._revealed.add(item)
            case "again":
                self._checked.pop(item, None)
                self._revealed.discard(item)

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        unreadable = {}
        reviews = {}
        for key, question in self._activity.questions.items():
            value = given.get(key)
            if isinstance(question, Number) and not is_blank(value):
                try:
                    parse_number(value)
                except MalformedAnswer:
                    unreadable[key] = "no-number"
            elif score_question(question, value).state == "invalid":
                unreadable[key] = "unreadable"
            instant = question.__struct_config__.tag == "choice"
            shown = key in self._revealed or (key in self._checked and self._checked[key] == value)
            if not self._activity.graded and not is_blank(value) and (instant or shown):
                judged = review(question, value, self._language, reveal=key in self._revealed)
                reviews[key] = msgspec.to_builtins(judged) | {"revealed": key in self._revealed}
        usable = {key: value for key, value in given.items() if unreadable.get(key) != "unreadable"}
        return {"answers": usable, "unreadable": unreadable, "reviews": reviews}


class ExerciseWidget(ActivityWidget[Exercise]):
    """What the trainee's code gives for the exercise's cases."""

    _esm = _script("exercise")
    _shown_last: ClassVar[dict[str, "ExerciseWidget"]] = {}
    """The newest widget of each exercise: it looks again when its code cell has been run."""

    def __init__(self, *arguments: Any) -> None:
        self._returned: Returned = {}
        self._tried: object = None
        super().__init__(*arguments)
        _watch_cells()
        self._shown_last[self._id] = self
        self.look_again()

    def look_again(self) -> None:
        """Run the cases on what the notebook's code defines now, and keep what came back."""
        names = namespace()
        self._tried = names.get(self._activity.name)
        before = self.answers().get(RETURNED)
        self._returned = run_cases(self._activity, names)
        failed = ""
        if self._activity.graded and self._returned != before and self._activity.name in names:
            failed = self._record(RETURNED, self._returned)
        self._refresh(failed={"client": "", "sequence": 0, "reason": failed} if failed else None)

    def look_again_if_changed(self) -> None:
        """`look_again`, if a cell has given the name a new value since."""
        if namespace().get(self._activity.name) is not self._tried:
            self.look_again()

    def _do(self, content: dict[str, Any]) -> None:
        if content.get("do") == "check":
            self.look_again()

    def _details(self, _given: dict[str, Any]) -> dict[str, Any]:
        if not self._returned:
            return {"answers": {}, "cases": {}}
        scored = score(self._activity, {RETURNED: self._returned})
        defined = self._activity.name in namespace()
        cases = {}
        for key, case in self._activity.cases.items():
            if case.visible:
                result = self._returned[key]
                state = scored.items[key].state if defined else "blank"
                cases[key] = {
                    "state": state,
                    "shows": "undefined" if not defined else "blank" if state == "blank" else "defined",
                    "got": _line(result.get("value")),
                    "error": result.get("error", "") if defined else "",
                }
        return {"answers": {}, "missing": missing(self._activity, {RETURNED: self._returned}), "cases": cases}


class ResponseWidget(ActivityWidget[Response]):
    """A written answer."""

    _esm = _script("response")

    def _do(self, content: dict[str, Any]) -> None:
        self._model_shown = content.get("do") == "reveal"

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        text = given.get(TEXT)
        text = text if isinstance(text, str) else ""
        words = count_words(text)
        details: dict[str, Any] = {"answers": {TEXT: text}, "words": words}
        if getattr(self, "_model_shown", False) and not self._activity.graded and words >= self._activity.min_words:
            model = self._activity.model_answer
            details["model"] = model.to(self._language) if model else ""
            details["best"] = [
                {"title": criterion.title.to(self._language), "level": criterion.levels[-1].to(self._language)}
                for criterion in self._activity.rubric.values()
                if criterion.levels
            ]
        return details


def widget_for(
    activity_id: str, activity: Activity, handout: Handout, file: AnswerFile | None
) -> QuizWidget | ExerciseWidget | ResponseWidget:
    """The widget of an activity; arguments are those of `ActivityWidget`."""
    match activity:
        case Quiz():
            return QuizWidget(activity_id, activity, handout, file)
        case Exercise():
            return ExerciseWidget(activity_id, activity, handout, file)
        case Response():
            return ResponseWidget(activity_id, activity, handout, file)


def _shown(activity_id: str, activity: Activity, handout: Handout, file: AnswerFile | None) -> dict[str, Any]:
    bare = public({activity_id: replace(activity, graded=True)})[activity_id]
    shown: dict[str, Any] = _in_language(msgspec.to_builtins(bare), handout.edition)
    if isinstance(activity, Exercise):
        for key, case in activity.cases.items():
            shown["cases"][key]["args"] = None if case.args is None else ", ".join(_line(arg) for arg in case.args)
            shown["cases"][key]["expect"] = _line(case.expect) if case.visible else ""
    return shown | {
        "id": activity_id,
        "graded": activity.graded,
        "points": activity.points,
        "language": handout.edition,
        "place": f"{file.folder}/{handout.module}" if file else "",
    }


def _in_language(data: Any, language: str) -> Any:
    if isinstance(data, dict):
        if data.keys() == {"nb", "en"}:
            return data[language]
        return {key: _in_language(value, language) for key, value in data.items()}
    if isinstance(data, list):
        return [_in_language(value, language) for value in data]
    return data


def _line(value: Any) -> str:
    """A value as a trainee would write it in Python, cut to one short line."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + " …"


def _watch_cells() -> None:
    """Let shown exercises look again after each cell that is run; once for a kernel."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and not getattr(shell, "_ccjobs_watched", False):
        shell._ccjobs_watched = True  # noqa: SLF001 - our own mark
        shell.events.register("post_run_cell", _after_cell)


def _after_cell(_result: object) -> None:
    for widget in ExerciseWidget._shown_last.values():  # noqa: SLF001 - same module
        widget.look_again_if_changed()
