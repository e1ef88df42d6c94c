"""What a trainee answers: the activities of a module, as typed and validated data.

An author writes ``course/<module>/activities.yaml``; `load` reads it whole, with the key. `public` gives the copy that
a trainee receives: practice keeps its key (feedback is instant), graded activities lose theirs. Both are the same
structs, so one scorer serves both.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import replace

from ccjobs_utils.activities.yaml_source import InvalidFile, Problem, Where, YamlSource

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
"""An id: lower-case letters, digits, hyphens. It never changes its meaning once trainees have answered."""

Points = Annotated[float, Meta(gt=0)]
LANGUAGES = ("nb", "en")


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages: plain, with ``**bold**``, `` `code` ``, quotes, lists, blank lines between blocks."""

    nb: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]

    def to(self, language: str) -> str:
        """The text in one language (``nb`` or ``en``)."""
        return self.en if language == "en" else self.nb


def in_language(data: Any, language: str) -> Any:
    """Plain data with each ``{nb: …, en: …}`` replaced by the text in one language."""
    if isinstance(data, dict):
        if data.keys() == set(LANGUAGES):
            return data[language]
        return {key: in_language(value, language) for key, value in data.items()}
    if isinstance(data, list):
        return [in_language(value, language) for value in data]
    return data


class _Data(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Settings that every struct of an activity shares."""


class Option(_Data, frozen=True, kw_only=True):
    """One option of a ``choice`` or ``choices`` question. `feedback` says what it does to the caller."""

    text: Text
    correct: bool = False
    feedback: Text | None = None


class Item(_Data, frozen=True, kw_only=True):
    """One thing to put in order."""

    text: Text


class Pair(_Data, frozen=True, kw_only=True):
    """One row of a ``match`` question; `answer` is the id of the choice that belongs to it."""

    text: Text
    answer: str = ""
    feedback: Text | None = None


class Column(_Data, frozen=True, kw_only=True):
    """One decision to make for every row of a ``grid``."""

    title: Text
    choices: dict[Slug, Text]


class Row(_Data, frozen=True, kw_only=True):
    """One case of a ``grid``; `answers` maps each column id to the right choice id."""

    text: Text
    answers: dict[str, str] = field(default_factory=dict)
    feedback: Text | None = None


class Mistake(_Data, frozen=True, kw_only=True):
    """A wrong answer that beginners really give, and what to tell them."""

    value: float | str
    feedback: Text


class _Question(_Data, frozen=True, kw_only=True, tag_field="type"):
    text: Text
    case: Text | None = None
    """What happened before the question: a caller's words, a screen, a situation."""
    points: Points = 1.0
    topic: str = ""
    """What it is about, in a bank that questions are drawn from: a draw takes from each topic in turn."""


class Choice(_Question, frozen=True, kw_only=True, tag="choice"):
    """Choose the one right option. Answer: an option id."""

    options: dict[Slug, Option]
    feedback: Text | None = None


class Choices(_Question, frozen=True, kw_only=True, tag="choices"):
    """Choose every right option. Answer: a list of option ids."""

    options: dict[Slug, Option]
    feedback: Text | None = None


class Order(_Question, frozen=True, kw_only=True, tag="order"):
    """Put items in order; authors write them in the right one, and `load` fills `answer` from it. Answer: item ids."""

    items: dict[Slug, Item]
    answer: list[str] = field(default_factory=list)
    feedback: Text | None = None


class Match(_Question, frozen=True, kw_only=True, tag="match"):
    """Give each row one of the choices. Answer: row id → choice id."""

    rows: dict[Slug, Pair]
    choices: dict[Slug, Text]
    feedback: Text | None = None


class Grid(_Question, frozen=True, kw_only=True, tag="grid"):
    """Decide every column for every row, as in a case table or a QA form. Answer: row id → column id → choice id."""

    columns: dict[Slug, Column]
    rows: dict[Slug, Row]
    feedback: Text | None = None


class Number(_Question, frozen=True, kw_only=True, tag="number"):
    """Work out a number. Answer: what was typed, with a decimal comma or point."""

    answer: float | None = None
    tolerance: Annotated[float, Meta(ge=0)] = 0.0
    unit: Text | None = None
    mistakes: list[Mistake] = field(default_factory=list)
    feedback: Text | None = None


class ShortText(_Question, frozen=True, kw_only=True, tag="text"):
    """Write a word or a short phrase. Answer: what was typed; case, spaces and end punctuation do not count."""

    accept: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    feedback: Text | None = None


Question = Choice | Choices | Order | Match | Grid | Number | ShortText


class _Activity(_Data, frozen=True, kw_only=True, tag_field="kind"):
    title: Text
    graded: bool


class Quiz(_Activity, frozen=True, kw_only=True, tag="quiz"):
    """Questions to answer. Its points are the sum of its questions' points.

    Attributes:
        pick: how many of the questions each trainee gets (`draw.drawn`); all if None.
        shuffle: whether questions and options stand in an order of each trainee's own.
    """

    questions: dict[Slug, Question]
    intro: Text | None = None
    pick: Annotated[int, Meta(gt=0)] | None = None
    shuffle: bool = False

    @property
    def asked(self) -> int:
        """How many questions a trainee gets."""
        return self.pick or len(self.questions)

    @property
    def points(self) -> float:
        """The most that can be scored; the questions of a bank to pick from are all worth the same."""
        worth = [question.points for question in self.questions.values()]
        return sum(worth[: self.asked])


class Case(_Data, frozen=True, kw_only=True):
    """One try of a trainee's code.

    `args` are the inputs (``{table: [records]}`` becomes a pandas table, ``{load: name}`` a data set of the course);
    without `args` the named value itself is looked at. `expect` is what should come back.
    """

    args: list[Any] | None = None
    expect: Any | UnsetType = UNSET
    visible: bool = False
    note: Text | None = None


class Exercise(_Activity, frozen=True, kw_only=True, tag="exercise"):
    """A few lines of Python: after them, `name` (a value or a function) gives what `cases` expect."""

    name: Annotated[str, Meta(pattern=r"^[a-z_][a-z0-9_]*$")]
    points: Points
    cases: dict[Slug, Case]
    bonus: bool = False
    tolerance: Annotated[float, Meta(ge=0)] = 1e-6
    """How far a number may lie from the expected one, as a share of it."""
    hints: list[Text] = field(default_factory=list)
    feedback: Text | None = None


class Criterion(_Data, frozen=True, kw_only=True):
    """One thing a written answer is marked for; `levels` describe 0, 1, 2, 3 and 4 points."""

    title: Text
    levels: Annotated[list[Text], Meta(min_length=5, max_length=5)] | UnsetType = UNSET


class Response(_Activity, frozen=True, kw_only=True, tag="response"):
    """A written answer, marked by a trainer against the rubric. Answer: the text that was written."""

    text: Text
    rubric: dict[Slug, Criterion]
    min_words: Annotated[int, Meta(ge=1)] = 20
    model_answer: Text | None = None

    @property
    def points(self) -> float:
        """The most that can be scored: four for each criterion."""
        return 4.0 * len(self.rubric)


QaCriterion = Literal["greeting", "listening", "resolution", "empathy", "compliance", "close"]
QA_FORM: dict[QaCriterion, int] = {
    "greeting": 10,
    "listening": 20,
    "resolution": 25,
    "empathy": 20,
    "compliance": 15,
    "close": 10,
}
"""What a call is scored for, as on a QA form: criterion → its weight in per cent of the call's points."""

Marks = dict[QaCriterion, Annotated[int, Meta(ge=1, le=9)]]
"""What one thing in a call earns, criterion by criterion."""

MOODS = (1, 5)
"""The caller's worst and best mood; below the worst the caller hangs up."""
ANGRY = 2
"""The best mood in which a caller is still angry."""


class CardRow(_Data, frozen=True, kw_only=True):
    """One row of the customer card: what the CRM shows."""

    title: Text
    text: Text


class Hold(_Data, frozen=True, kw_only=True):
    """The caller is put on hold, for `seconds` in all, with `updates` on the way."""

    seconds: Annotated[int, Meta(gt=0)]
    updates: Annotated[int, Meta(ge=0)] = 0


class HoldLimits(_Data, frozen=True, kw_only=True):
    """The company's rules for a hold, in seconds: the longest time without an update, and the longest hold."""

    update_s: Annotated[int, Meta(gt=0)]
    longest_s: Annotated[int, Meta(gt=0)]


class Fatal(_Data, frozen=True, kw_only=True):
    """An error that fails the call, unless something has been done before."""

    error: Slug
    unless: str = ""


class Reply(_Data, frozen=True, kw_only=True):
    """One thing that the agent may say or do at a turn, and what comes of it.

    Attributes:
        text: the words, or a description of what is done.
        to: the turn or ending that follows.
        reaction: the caller's first words in return.
        mood: what it does to the caller's mood.
        seconds: time it takes beside speaking.
        sets: what is done afterwards, for `if_done`, `if_not_done`, `Fatal.unless` and the rules.
        if_done, if_not_done: it is only offered once that is done, or as long as it is not.
        action, hold, transfer: it is done and not said: anything, a hold, or a transfer.
        marks: what it earns.
        fatal: the error it is.
        feedback: what it does to the caller, and why.
    """

    text: Text
    to: str
    reaction: Text | None = None
    mood: Annotated[int, Meta(ge=-2, le=2)] = 0
    seconds: Annotated[int, Meta(ge=0)] = 0
    sets: list[Slug] = field(default_factory=list)
    if_done: str = ""
    if_not_done: str = ""
    action: bool = False
    hold: Hold | None = None
    transfer: Literal["warm", "cold", ""] = ""
    marks: Marks = field(default_factory=dict)
    fatal: Fatal | None = None
    feedback: Text | None = None

    @property
    def is_action(self) -> bool:
        """Whether it is done and not said."""
        return self.action or self.hold is not None or self.transfer != ""


class Turn(_Data, frozen=True, kw_only=True):
    """What the caller says, and the replies to it.

    At the first turn the phone rings and nothing is said yet; where it has `says`, we have rung, and someone answers.
    `angry` is said instead in a bad mood; `sets` is done once the caller has spoken.
    """

    replies: dict[Slug, Reply]
    says: Text | None = None
    angry: Text | None = None
    sets: list[Slug] = field(default_factory=list)


class Ending(_Data, frozen=True, kw_only=True):
    """What comes of the call for the caller."""

    text: Text
    resolved: bool = False
    marks: Marks = field(default_factory=dict)


class NoteItem(_Data, frozen=True, kw_only=True):
    """Something that could go into the after-call note.

    Attributes:
        text: what would be written.
        needed: it belongs in the note.
        if_done: it is true only once that is done; before, it does not belong there.
        fatal: the error of writing it down.
        feedback: why.
    """

    text: Text
    needed: bool = False
    if_done: str = ""
    fatal: str = ""
    feedback: Text | None = None


class Call(_Activity, frozen=True, kw_only=True, tag="call"):
    """A simulated call that branches. Answer: ``path``, the replies in order, and ``note``, what was written down.

    Attributes:
        intro: who the agent is, and what is known before it rings.
        caller: the caller's name.
        card, policy: what the agent can look at.
        start, hang_up: the first turn, and the ending when the mood falls below the worst.
        turns, endings, notes: the conversation.
        mood: the caller's mood at the start.
        fatal: the errors that fail the call, in words.
        hold_limits: the company's rules, if the call has a hold.
        points: what a full QA form is worth.
    """

    intro: Text
    caller: str
    card: list[CardRow]
    policy: Text
    start: str
    hang_up: str
    turns: dict[Slug, Turn]
    endings: dict[Slug, Ending]
    notes: dict[Slug, NoteItem]
    mood: Annotated[int, Meta(ge=1, le=5)] = 3
    fatal: dict[Slug, Text] = field(default_factory=dict)
    hold_limits: HoldLimits | None = None
    points: Annotated[float, Meta(gt=0, multiple_of=1)] = 20.0


Activity = Quiz | Exercise | Response | Call


class Handout(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``activities.json``, what lies beside a trainee's notebook: one edition's activities, without graded keys."""

    module: str
    edition: str
    activities: dict[Slug, Activity]
    attempt: int = 1

    @property
    def assignment(self) -> str:
        """What nbgrader knows it by."""
        return assignment_id(self.module, self.attempt)


def assignment_id(module_id: str, attempt: int) -> str:
    """What nbgrader knows an attempt of a module by: each attempt is fetched, handed in and graded on its own."""
    return module_id if attempt == 1 else f"{module_id}-{attempt}"


class Fill(Protocol):
    """Puts the course's values into what an author wrote. Both raise ValueError if they cannot."""

    def text(self, text: str, language: str) -> str:
        """A text to show, its ``{{ … }}`` filled in."""

    def value(self, expression: str) -> Any:
        """What an expression between ``{{`` and ``}}`` gives, as data."""


_activities = dict[Slug, Activity]
_EXPRESSION = re.compile(r"\{\{([^{}]+)\}\}")
CALLS = "calls"
"""The folder beside ``activities.yaml`` with a file for each simulated call."""
MAX_HANDOUT_BYTES = 5_000_000
LEAST_TO_ORDER = 3
LEAST_BANK = 3
"""How many questions a bank holds for each that is picked: two trainees then share few."""


def load(path: Path, fill: Fill | None = None) -> dict[str, Activity]:
    """Read an author's ``activities.yaml`` and the calls beside it, whole, with the key.

    Arguments:
        path: the file; each file of the folder ``calls`` next to it is one call, its name the id.
        fill: puts policy values, facts and points into each text, and a value where one stands alone as ``{{ … }}``;
            everything stays as written without it.

    Returns:
        activity id → activity, in the order of the file, then the calls.

    Raises:
        InvalidFile: with every problem found, each with file and line.
        OSError: if a file cannot be read.
    """
    activities: dict[str, Activity] = {}
    problems: list[Problem] = []
    for source in sources(path):
        try:
            read = _read(source, fill)
        except InvalidFile as error:
            problems += error.problems
            continue
        for activity_id in read.keys() & activities.keys():
            problems.append(source.problem((), f"{activity_id}: stands twice; ids are used once"))
        activities |= read
    if problems:
        raise InvalidFile(problems)
    return activities


def sources(path: Path) -> list[YamlSource]:
    """The files that `load` reads: ``activities.yaml``, and each call's own.

    Raises:
        InvalidFile: if one is not YAML.
        OSError: if one cannot be read.
    """
    return [YamlSource(path), *(YamlSource(call) for call in sorted((path.parent / CALLS).glob("*.yaml")))]


def _read(source: YamlSource, fill: Fill | None) -> dict[str, Activity]:
    """The activities of one file."""
    data: Any = source.data
    inside: tuple[str, ...] = ()
    if fill is not None:
        problems: list[Problem] = []
        data = _filled(data, (), fill, source, problems)
        if problems:
            raise InvalidFile(problems)
    if source.path.parent.name == CALLS:
        activities: dict[str, Activity] = {source.path.stem: source.convert(Call, data)}
        inside = (source.path.stem,)
    else:
        activities = source.convert(_activities, data)
    problems = [
        source.problem(where[len(inside) :], f"{' › '.join(str(step) for step in where)}: {message}")
        for activity_id, activity in activities.items()
        for where, message in _faults(activity, (activity_id,))
    ]
    if problems:
        raise InvalidFile(problems)
    return {activity_id: _with_order(activity) for activity_id, activity in activities.items()}


def public(activities: Mapping[str, Activity]) -> dict[str, Activity]:
    """The copy for trainees: things to order are shuffled, always the same way; graded activities lose their key."""
    return {activity_id: _public(activity_id, activity) for activity_id, activity in activities.items()}


def load_handout(path: Path) -> Handout:
    """Read the ``activities.json`` beside a trainee's notebook.

    Raises:
        ValueError: if it is not one, saying how to get a good copy.
        OSError: if it cannot be read.
    """
    if path.stat().st_size > MAX_HANDOUT_BYTES:
        raise ValueError(f"{path} is too large to be a module's activities. Fetch the module again.")
    try:
        return msgspec.json.decode(path.read_bytes(), type=Handout)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is damaged ({error}). Delete it and fetch the module again.") from error


def _filled(data: Any, where: Where, fill: Fill, source: YamlSource, problems: list[Problem]) -> Any:
    if isinstance(data, dict):
        if data.keys() == set(LANGUAGES) and all(isinstance(text, str) for text in data.values()):
            texts = {}
            for language, text in data.items():
                try:
                    texts[language] = fill.text(text, language)
                except ValueError as error:
                    problems.append(source.problem((*where, language), str(error)))
            return texts
        return {key: _filled(value, (*where, key), fill, source, problems) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, (*where, i), fill, source, problems) for i, value in enumerate(data)]
    if isinstance(data, str) and (alone := _EXPRESSION.fullmatch(data.strip())):
        try:
            return fill.value(alone[1])
        except ValueError as error:
            problems.append(source.problem(where, str(error)))
    return data


def _faults(activity: Activity, where: Where) -> Iterator[tuple[Where, str]]:
    """What the types cannot say about an activity: (way to the place, what is wrong and what to do)."""
    match activity:
        case Quiz():
            yield from _quiz_faults(activity, where)
        case Exercise():
            if not any(case.visible for case in activity.cases.values()):
                yield (*where, "cases"), "at least one case must be visible, so that a trainee can check the code"
            for case_id, case in activity.cases.items():
                if case.expect is UNSET:
                    yield (*where, "cases", case_id), "expect is missing: say what should come back"
        case Response():
            if not activity.rubric:
                yield (*where, "rubric"), "a written answer needs at least one criterion"
            for criterion_id, criterion in activity.rubric.items():
                if criterion.levels is UNSET:
                    yield (*where, "rubric", criterion_id), "levels are missing: describe 0, 1, 2, 3 and 4 points"
            if activity.model_answer is None:
                yield where, "model_answer is missing: show trainer and trainee what good looks like"
        case Call():
            yield from _call_faults(activity, where)


def _quiz_faults(quiz: Quiz, where: Where) -> Iterator[tuple[Where, str]]:
    if not quiz.questions:
        yield where, "a quiz needs at least one question"
    elif quiz.pick is not None:
        yield from _bank_faults(quiz, where)
    for question_id, question in quiz.questions.items():
        yield from _question_faults(question, (*where, "questions", question_id))


def _bank_faults(quiz: Quiz, where: Where) -> Iterator[tuple[Where, str]]:
    wanted = LEAST_BANK * (quiz.pick or 0)
    if len(quiz.questions) < wanted:
        yield (*where, "pick"), f"a bank to pick {quiz.pick} from holds at least {wanted} questions"
    worth = next(iter(quiz.questions.values())).points
    for question_id, question in quiz.questions.items():
        if question.points != worth:
            yield (
                (*where, "questions", question_id),
                "the questions of a bank are all worth the same: luck earns nothing",
            )


def _question_faults(question: Question, where: Where) -> Iterator[tuple[Where, str]]:
    match question:
        case Choice() | Choices():
            yield from _option_faults(question, where)
            return
        case Match() | Grid():
            yield from _row_faults(question, where)
            return
        case Order():
            if len(question.items) < LEAST_TO_ORDER:
                yield (*where, "items"), f"an order needs at least {LEAST_TO_ORDER} things"
            if question.answer:
                yield (*where, "answer"), "write the items in the right order instead; the trainee's copy is shuffled"
        case Number():
            if question.answer is None:
                yield where, "answer is missing"
        case ShortText():
            if not question.accept:
                yield where, "accept is missing: list every answer that counts as right"
    if question.feedback is None:
        yield where, "feedback is missing: say why"


def _call_faults(call: Call, where: Where) -> Iterator[tuple[Where, str]]:
    for name, target, known in (("start", call.start, call.turns), ("hang_up", call.hang_up, call.endings)):
        if target not in known:
            yield (*where, name), f"there is no {target} among {', '.join(known)}"
    for both in call.turns.keys() & call.endings.keys():
        yield (*where, "endings", both), "is a turn already; ids are used once"
    done = {flag for turn in call.turns.values() for flag in turn.sets}
    done |= {flag for turn in call.turns.values() for reply in turn.replies.values() for flag in reply.sets}
    for turn_id, turn in call.turns.items():
        at = (*where, "turns", turn_id)
        if turn.says is None and turn_id != call.start:
            yield at, "says is missing: only at the first turn does the caller say nothing"
        if not turn.replies:
            yield at, "a turn needs replies; where the call is over, write an ending"
        for reply_id, reply in turn.replies.items():
            yield from _reply_faults(call, reply, done, (*at, "replies", reply_id))
    always = [item.needed and not item.if_done for item in call.notes.values()]
    if not any(always) or all(item.needed for item in call.notes.values()):
        yield (*where, "notes"), "some things belong in the note, and some do not: mark those with `needed: true`"
    for item_id, item in call.notes.items():
        at = (*where, "notes", item_id)
        if item.feedback is None:
            yield at, "feedback is missing: say why"
        if item.if_done and item.if_done not in done:
            yield at, f"nothing in the call sets {item.if_done}"
        if item.fatal and item.fatal not in call.fatal:
            yield (*at, "fatal"), f"there is no fatal error {item.fatal}; name it under fatal"


def _reply_faults(call: Call, reply: Reply, done: set[str], at: Where) -> Iterator[tuple[Where, str]]:
    if reply.feedback is None:
        yield at, "feedback is missing: say what it does to the caller"
    if reply.to not in call.turns and reply.to not in call.endings:
        yield (*at, "to"), f"there is no turn or ending {reply.to}"
    if reply.hold and call.hold_limits is None:
        yield (*at, "hold"), "a call with a hold needs hold_limits"
    if reply.fatal and reply.fatal.error not in call.fatal:
        yield (*at, "fatal"), f"there is no fatal error {reply.fatal.error}; name it under fatal"
    unless = reply.fatal.unless if reply.fatal else ""
    for flag in (reply.if_done, reply.if_not_done, unless):
        if flag and flag not in done:
            yield at, f"nothing in the call sets {flag}"


def _option_faults(question: Choice | Choices, where: Where) -> Iterator[tuple[Where, str]]:
    right = sum(option.correct for option in question.options.values())
    if right == 0:
        yield (*where, "options"), "no option is right: mark one with `correct: true`"
    elif right == len(question.options):
        yield (*where, "options"), "every option is right: there is nothing to decide"
    elif isinstance(question, Choice) and right > 1:
        yield (*where, "options"), "several options are right: use type choices, or keep one"
    for option_id, option in question.options.items():
        if option.feedback is None:
            yield (*where, "options", option_id), "feedback is missing: say what happens to the caller"


def _row_faults(question: Match | Grid, where: Where) -> Iterator[tuple[Where, str]]:
    for row_id, row in question.rows.items():
        at = (*where, "rows", row_id)
        if row.feedback is None:
            yield at, "feedback is missing: say why"
        if isinstance(question, Match) and isinstance(row, Pair):
            yield from _pick_faults(row.answer, question.choices, (*at, "answer"))
        elif isinstance(question, Grid) and isinstance(row, Row):
            for column_id in row.answers.keys() - question.columns.keys():
                yield (*at, "answers", column_id), f"there is no column {column_id}"
            for column_id, column in question.columns.items():
                yield from _pick_faults(row.answers.get(column_id, ""), column.choices, (*at, "answers", column_id))


def _pick_faults(picked: str, choices: Mapping[str, object], where: Where) -> Iterator[tuple[Where, str]]:
    if picked not in choices:
        yield where, f"{picked or 'nothing'!s} is not among the choices ({', '.join(choices)})"


def _with_order(activity: Activity) -> Activity:
    if not isinstance(activity, Quiz):
        return activity
    questions = {
        question_id: replace(question, answer=list(question.items)) if isinstance(question, Order) else question
        for question_id, question in activity.questions.items()
    }
    return replace(activity, questions=questions)


def _public(activity_id: str, activity: Activity) -> Activity:
    match activity:
        case Quiz():
            questions = {
                question_id: _public_question(f"{activity_id}/{question_id}", question, activity.graded)
                for question_id, question in activity.questions.items()
            }
            return replace(activity, questions=questions)
        case Exercise():
            cases = {
                case_id: case if case.visible else replace(case, expect=UNSET, note=None)
                for case_id, case in activity.cases.items()
            }
            return replace(activity, cases=cases, feedback=None if activity.graded else activity.feedback)
        case Response() if activity.graded:
            rubric = {key: replace(criterion, levels=UNSET) for key, criterion in activity.rubric.items()}
            return replace(activity, rubric=rubric, model_answer=None)
        case Response():
            return activity
        case Call() if activity.graded:
            return _public_call(activity)
        case Call():
            return activity


def _public_call(call: Call) -> Call:
    """What is needed to play a call, and nothing that tells how it is scored."""
    turns = {
        turn_id: replace(
            turn,
            replies={key: replace(reply, marks={}, fatal=None, feedback=None) for key, reply in turn.replies.items()},
        )
        for turn_id, turn in call.turns.items()
    }
    endings = {key: replace(ending, resolved=False, marks={}) for key, ending in call.endings.items()}
    notes = {key: NoteItem(text=item.text) for key, item in call.notes.items()}
    return replace(call, turns=turns, endings=endings, notes=notes, fatal={})


def _public_question(question_id: str, question: Question, graded: bool) -> Question:
    if isinstance(question, Order):
        question = replace(question, items={item: question.items[item] for item in _shuffled(question_id, question)})
    if not graded:
        return question
    match question:
        case Choice() | Choices():
            options = {key: Option(text=option.text) for key, option in question.options.items()}
            return replace(question, options=options, feedback=None)
        case Order():
            return replace(question, answer=[], feedback=None)
        case Match():
            return replace(question, rows={k: Pair(text=row.text) for k, row in question.rows.items()}, feedback=None)
        case Grid():
            return replace(question, rows={k: Row(text=row.text) for k, row in question.rows.items()}, feedback=None)
        case Number():
            return replace(question, answer=None, tolerance=0.0, mistakes=[], feedback=None)
        case ShortText():
            return replace(question, accept=[], mistakes=[], feedback=None)


def _shuffled(question_id: str, question: Order) -> list[str]:
    """Item ids in an order that is the same in every build, and says nothing about the right one."""
    right = list(question.items)
    for attempt in range(100):
        mixed = sorted(right, key=lambda item: hashlib.sha256(f"{question_id}/{attempt}/{item}".encode()).digest())
        in_place = sum(a == b for a, b in zip(mixed, right, strict=True))
        if in_place <= 1:
            return mixed
    return right[::-1]
