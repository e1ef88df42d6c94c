"""The widgets that show activities: one anywidget for each kind, and no rules in the browser.

Python sends what to show, in one language and without a key, and a state; the view sends what the trainee did,
numbered. The next state acknowledges the number, and says whether every answer is on disk.

Messages are taken in the order of their numbers, which is not always the order they are handed over in. JupyterLab
sends what a view sends to a thread of the kernel beside the one that runs cells (its setting "Comms over subshells"),
and ipykernel 7.4 hands it to the thread that last spoke to the view: the first answers after a cell has run go to both
at once, and may overtake each other. Hence the numbers, and the lock.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

import anywidget
import msgspec
import traitlets
from msgspec.structs import replace

from ccjobs_utils.activities.answers import AnswerFile, NotSaved
from ccjobs_utils.activities.debrief import clock, debrief
from ccjobs_utils.activities.model import (
    Activity,
    Call,
    Exercise,
    Handout,
    Number,
    Order,
    Quiz,
    Response,
    in_language,
    public,
)
from ccjobs_utils.activities.notebook import namespace
from ccjobs_utils.activities.review import review
from ccjobs_utils.activities.running import NotComparable, Run, run_cases
from ccjobs_utils.activities.score import (
    NOTE,
    PATH,
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
from ccjobs_utils.activities.simulated_call import NotAllowed, Script, Step, script_of
from ccjobs_utils.activities.words import WORDS

A = TypeVar("A", Quiz, Exercise, Response, Call)

MAX_SHOWN = 300
"""Characters of a value that are shown."""
MAX_CELLS = 60
"""Cells of a table that are shown as one; a larger table is shown as code."""

STATIC = Path(__file__).parent / "static"


def script(kind: str) -> str:
    """The view of one kind of widget, with what all views share."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("shell.js", f"{kind}.js"))


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
        state: answers, what is missing, when it was saved or why not, acknowledgements and reviews; each has a higher
            ``version`` than the one before.
    """

    _css = STATIC / "activity.css"
    shown = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, activity_id: str, activity: A, handout: Handout, file: AnswerFile | None) -> None:
        self.handout = handout
        self._id = activity_id
        self._activity: A = activity
        self._language = handout.edition
        self._file = file
        self._kept: dict[str, dict[str, Any]] = {}
        """What is on file; in a preview, what was answered."""
        self._unsaved: dict[str, Any] = {}
        self._failed = ""
        self._heard: dict[str, int] = {}
        """View → the number up to which its messages have been taken in."""
        self._early: dict[str, dict[int, dict[str, Any]]] = {}
        """View → number → a message that came before an earlier one."""
        self._lock = threading.RLock()
        self._version = 0
        super().__init__(
            shown=_shown(activity_id, activity, handout, file),
            words=WORDS[self._language],
        )
        self.refresh()
        self.on_msg(self._received)

    def refresh(self) -> None:
        """Show what is on file now; what could not be saved before is tried again."""
        with self._lock:
            self._save()
            self._show()

    def answers(self) -> dict[str, Any]:
        """Item id → what is answered; what could not be saved is among them."""
        return {item: entry["value"] for item, entry in self._kept.items()} | self._unsaved

    def _received(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        with self._lock:
            for message in self._in_order(content):
                self._take(message)
                self._save()
                self._heard[str(message["client"])] = int(message["sequence"])
                self._show()

    def _in_order(self, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The messages whose turn it is, now that this one has come."""
        client, number = str(content["client"]), int(content["sequence"])
        early = self._early.setdefault(client, {})
        early[number] = content
        # A view that got no reply gives up what it sent so far, and sends it anew.
        turn = max(self._heard.get(client, 0) + 1, int(content["from"]))
        while turn in early:
            yield early[turn]
            turn += 1
        self._early[client] = {later: message for later, message in early.items() if later >= turn}

    def _take(self, content: dict[str, Any]) -> None:
        what, item = content.get("do"), str(content.get("item"))
        if what == "answer":
            if self._accepts(item, content.get("value")):
                self._unsaved[item] = content.get("value")
        else:
            self._do(str(what), item)

    def _save(self) -> None:
        """Write what is not on file yet, also what failed before; the state tells if it does not work."""
        self._failed = ""
        for item, value in list(self._unsaved.items()):
            try:
                if self._file is None:
                    self._kept[item] = {"value": value}
                else:
                    self._file.record(self._id, item, value)
            except NotSaved as error:
                self._failed = error.reason.to(self._language)
                break
            del self._unsaved[item]
        self._read()

    def _read(self) -> None:
        if self._file is None:
            return
        try:
            self._kept = self._file.entries(self._id)
        except NotSaved as error:
            self._failed = error.reason.to(self._language)

    def _accepts(self, item: str, value: Any) -> bool:  # noqa: ARG002 - for kinds that refuse some
        """Whether an answer may be kept."""
        return True

    def _do(self, what: str, item: str) -> None:
        """Something that a trainee asked for, other than saving an answer."""

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the state of this kind of activity holds beside answers."""
        raise NotImplementedError

    def _show(self) -> None:
        given = self.answers()
        times = {item: str(entry.get("last", "")) for item, entry in self._kept.items()}
        notices = self._file.notices if self._file else []
        self._version += 1
        self.state = {
            "version": self._version,
            "answers": given,
            "missing": missing(self._activity, given),
            "heard": dict(self._heard),
            "failed": self._failed,
            "times": times,
            "saved": max(times.values(), default=""),
            "notice": notices[-1].to(self._language) if notices else "",
            **self._details(given),
        }

    def _repr_mimebundle_(self, **arguments: Any) -> Any:
        return with_a_line_for_pages_without_kernel(super()._repr_mimebundle_(**arguments), self._language)


def with_a_line_for_pages_without_kernel(bundle: Any, language: str) -> Any:
    """What a widget is shown as, and for a page without a kernel a line that tells how to get it."""
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if data:
        data["text/plain"] = WORDS[language]["run-the-page"]
    return bundle


class QuizWidget(ActivityWidget[Quiz]):
    """Questions to answer."""

    _esm = script("quiz")

    def __init__(self, *arguments: Any) -> None:
        self._revealed: set[str] = set()
        self._checked: dict[str, Any] = {}
        super().__init__(*arguments)

    def _do(self, what: str, item: str) -> None:
        if self._activity.graded or item not in self._activity.questions:
            return
        match what:
            case "check":
                self._checked[item] = self.answers().get(item)
            case "reveal":
                self._checked[item] = self.answers().get(item)
                self._revealed.add(item)
            case "again":
                self._checked.pop(item, None)
                self._revealed.discard(item)
                self._unsaved[item] = None

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        problems = {}
        reviews = {}
        for key, question in self._activity.questions.items():
            value = given.get(key)
            checked = key in self._checked and self._checked[key] == value
            if problem := _problem(question, value):
                problems[key] = problem
            elif is_blank(value):
                if checked:
                    problems[key] = "answer-first"
            elif not self._activity.graded and (checked or question.__struct_config__.tag == "choice"):
                judged = review(question, value, self._language, reveal=key in self._revealed)
                reviews[key] = msgspec.to_builtins(judged) | {"revealed": key in self._revealed}
        usable = {key: value for key, value in given.items() if problems.get(key) != "unreadable"}
        return {"answers": usable, "problems": problems, "reviews": reviews}


class ExerciseWidget(ActivityWidget[Exercise]):
    """What the trainee's code gives for the exercise's cases."""

    _esm = script("exercise")

    def __init__(self, *arguments: Any) -> None:
        self._run = Run(returned={}, printed={})
        self._is_defined = False
        self._tried: object = None
        super().__init__(*arguments)

    def refresh(self) -> None:
        """Run the cases on what the notebook's code defines now, and keep what came back."""
        with self._lock:
            self._read()
            self._try()
            super().refresh()

    def refresh_if_changed(self) -> None:
        """`refresh`, if a cell has given the name a new value since."""
        if namespace().get(self._activity.name) is not self._tried:
            self.refresh()

    def _do(self, what: str, _item: str) -> None:
        if what == "check":
            self._try()

    def _try(self) -> None:
        names = namespace()
        self._is_defined = self._activity.name in names
        self._tried = names.get(self._activity.name)
        self._run = run_cases(self._activity, names)
        returned, before = self._run.returned, self.answers().get(RETURNED)
        # An untouched exercise is not answered yet; but one that gave something and now does not, has changed.
        if self._activity.graded and returned != before and (before is not None or not self._missing()):
            self._unsaved[RETURNED] = returned

    def _missing(self) -> list[str]:
        return missing(self._activity, {RETURNED: self._run.returned}) if self._is_defined else [RETURNED]

    def _details(self, _given: dict[str, Any]) -> dict[str, Any]:
        cases = {key: self._case(key) for key, case in self._activity.cases.items() if case.visible}
        # What the code gave for hidden cases stays in the kernel.
        return {"answers": {}, "missing": self._missing(), "cases": cases}

    def _case(self, key: str) -> dict[str, Any]:
        scored = score(self._activity, {RETURNED: self._run.returned}).items[key]
        state = scored.state if self._is_defined else "blank"
        return {
            "state": state,
            "got": _display(self._run.returned[key].get("value")),
            "trouble": self._trouble(key, blank=state == "blank"),
            "printed": self._run.printed.get(key, "")[:MAX_SHOWN],
        }

    def _trouble(self, key: str, *, blank: bool) -> str:
        """Why a case has no value to compare, in words; nothing if it has one."""
        words = WORDS[self._language]
        error = self._run.returned[key].get("error", "")
        if not self._is_defined:
            return words["code-first"]
        if error.startswith(NotComparable.__name__):
            return words["not-comparable"]
        if error.startswith(KeyboardInterrupt.__name__):
            return words["interrupted"]
        if blank and key in self._run.printed:
            return words["only-printed"]
        return words["no-value"] if blank else str(error)


class ResponseWidget(ActivityWidget[Response]):
    """A written answer."""

    _esm = script("response")

    def __init__(self, *arguments: Any) -> None:
        self._model_asked = False
        super().__init__(*arguments)

    def _do(self, what: str, _item: str) -> None:
        if what == "reveal":
            self._model_asked = True

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        written = given.get(TEXT)
        text = written if isinstance(written, str) else ""
        words = count_words(text)
        problems = {} if is_blank(written) or isinstance(written, str) else {TEXT: "unreadable"}
        details: dict[str, Any] = {"answers": {TEXT: text}, "words": words, "problems": problems}
        model = self._activity.model_answer
        if self._model_asked and not self._activity.graded and words >= self._activity.min_words and model:
            details["model"] = model.to(self._language)
            details["best"] = [
                {"title": criterion.title.to(self._language), "level": criterion.levels[-1].to(self._language)}
                for criterion in self._activity.rubric.values()
                if criterion.levels
            ]
        return details


class CallWidget(ActivityWidget[Call]):
    """A simulated call."""

    _esm = script("call")

    def __init__(self, *arguments: Any) -> None:
        self._debriefed = False
        super().__init__(*arguments)

    @property
    def _script(self) -> Script:
        return script_of(self._activity)

    def _steps(self) -> list[Step]:
        """The call as far as it can be followed."""
        path = self.answers().get(PATH)
        steps: list[Step] = []
        with suppress(NotAllowed):
            for step in self._script.follow(path if isinstance(path, list) else []):
                steps.append(step)  # noqa: PERF402 - what was followed before a refusal stays
        return steps

    def _accepts(self, item: str, value: Any) -> bool:
        """One more reply; in practice, any path that the call has. A note once the call is over."""
        steps = self._steps()
        if item == NOTE:
            known = isinstance(value, list) and all(one in self._activity.notes for one in value)
            return (known and self._is_over(steps)) or (value is None and not self._activity.graded)
        if item != PATH or not isinstance(value, list):
            return False
        if self._activity.graded and value[:-1] != [step.reply_id for step in steps]:
            return False
        try:
            list(self._script.follow(value))
        except NotAllowed:
            return False
        return value != [] or not self._activity.graded

    def _do(self, what: str, _item: str) -> None:
        match what:
            case "debrief":
                self._debriefed = not self._activity.graded
            case "again":
                self._debriefed = False

    def _is_over(self, steps: list[Step]) -> bool:
        return bool(steps) and self._script.is_over(steps[-1].after)

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        steps = self._steps()
        now = steps[-1].after if steps else self._script.start()
        over = self._is_over(steps)
        noted = given.get(NOTE)
        note = [item for item in noted if item in self._activity.notes] if isinstance(noted, list) else []
        path = [step.reply_id for step in steps]
        details: dict[str, Any] = {
            "answers": {PATH: path, NOTE: note},
            "lines": self._lines(steps),
            "offered": [
                {"id": key, "text": reply.text.to(self._language), "action": reply.is_action}
                for key, reply in self._script.offered(now).items()
            ],
            "mood": now.mood,
            "clock": clock(now.clock_s),
            "over": over,
            "noted": noted is not None,
            "problems": {} if path == (given.get(PATH) or []) else {PATH: "unreadable"},
        }
        if over and self._debriefed:
            details["debrief"] = msgspec.to_builtins(debrief(self._activity, steps, note, self._language))
        return details

    def _lines(self, steps: list[Step]) -> list[dict[str, str]]:
        """What was said and done so far, in order."""
        answered = self._script.line(self._script.start())
        lines = [{"by": "caller", "text": answered.to(self._language)}] if answered else []
        for step in steps:
            lines.append(
                {"by": "action" if step.reply.is_action else "agent", "text": step.reply.text.to(self._language)}
            )
            lines += [
                {"by": "caller", "text": said.to(self._language)}
                for said in (step.reply.reaction, self._script.line(step.after))
                if said is not None
            ]
            if (ending := self._activity.endings.get(step.after.at)) is not None:
                lines.append({"by": "ending", "text": ending.text.to(self._language)})
        return lines


Widget = QuizWidget | ExerciseWidget | ResponseWidget | CallWidget
_alive: dict[tuple[str, str], Widget] = {}
"""(place, activity id) → its one widget in this kernel."""


def widget_for(activity_id: str, handout: Handout, file: AnswerFile | None) -> Widget:
    """The widget of an activity: one in a kernel, however often it is shown, so that all its views agree.

    Arguments are those of `ActivityWidget`.
    """
    place = (_place(handout, file), activity_id)
    alive = _alive.get(place)
    if alive is not None and alive.handout is handout and alive.comm is not None:
        alive.refresh()
        return alive
    match handout.activities[activity_id]:
        case Quiz() as quiz:
            made: Widget = QuizWidget(activity_id, quiz, handout, file)
        case Exercise() as exercise:
            made = ExerciseWidget(activity_id, exercise, handout, file)
            _watch_cells()
        case Response() as response:
            made = ResponseWidget(activity_id, response, handout, file)
        case Call() as call:
            made = CallWidget(activity_id, call, handout, file)
    _alive[place] = made
    return made


def _place(handout: Handout, file: AnswerFile | None) -> str:
    """Where answers are kept, as one name; nothing in a preview."""
    return f"{file.folder}/{handout.assignment}" if file else ""


def _problem(question: Any, value: Any) -> str:
    """What stands in the way of using an answer, as a key of the words; nothing if it can be used."""
    if is_blank(value):
        return ""
    if isinstance(question, Number) and isinstance(value, (str, int, float)):
        try:
            parse_number(value)
        except MalformedAnswer:
            return "no-number"
    return "unreadable" if score_question(question, value).state == "invalid" else ""


def _shown(activity_id: str, activity: Activity, handout: Handout, file: AnswerFile | None) -> dict[str, Any]:
    bare = public({activity_id: replace(activity, graded=True)})[activity_id]
    if isinstance(bare, Quiz) and isinstance(activity, Quiz):
        # The copy is shuffled already; once more could bring the right order back.
        asked = {
            key: replace(question, items=given.items)
            if isinstance(question, Order) and isinstance(given := activity.questions[key], Order)
            else question
            for key, question in bare.questions.items()
        }
        bare = replace(bare, questions=asked)
    shown: dict[str, Any] = in_language(msgspec.to_builtins(bare), handout.edition)
    if isinstance(activity, Call):
        # What comes later in the call is sent when it comes.
        shown = {key: shown[key] for key in ("kind", "title", "intro", "caller", "card", "policy")} | {
            "notes": {key: item.text.to(handout.edition) for key, item in activity.notes.items()},
            "outbound": activity.turns[activity.start].says is not None,
        }
    if isinstance(activity, Exercise):
        shown["cases"] = {
            key: {
                "note": case.note.to(handout.edition) if case.note else "",
                "args": None if case.args is None else [_display(arg) for arg in case.args],
                "expect": _display(case.expect),
            }
            for key, case in activity.cases.items()
            if case.visible
        }
        shown["hidden"] = len(activity.cases) - len(shown["cases"])
    return shown | {
        "id": activity_id,
        "graded": activity.graded,
        "points": activity.points,
        "language": handout.edition,
        "place": _place(handout, file),
    }


def _display(value: Any) -> dict[str, Any]:
    """A value for the eye: a small table as a table, anything else as one would write it in Python, cut short."""
    match value:
        case {"load": str() as name, **rest} if not rest:
            return {"code": f'load("{name}")'}
        case {"table": [dict() as first, *_] as records, **rest} if not rest and len(first) * len(records) <= MAX_CELLS:
            columns = list(dict.fromkeys(key for record in records for key in record))
            return {"columns": columns, "rows": [[_code(record.get(key)) for key in columns] for record in records]}
        case _:
            return {"code": _code(value)}


def _code(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + " …"


def _watch_cells() -> None:
    """Let exercises look again after each cell that is run; once for a kernel."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and _after_cell not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _after_cell)


def _after_cell(_result: object) -> None:
    for widget in _alive.values():
        if isinstance(widget, ExerciseWidget):
            widget.refresh_if_changed()
