"""Simulated calls, played: what is said at each turn, what a reply does, and which path is best. All of it is pure.

Time counts in the Norwegian words of both editions, so that handle time is the same for everyone.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from ccjobs_utils.activities.model import (
    ANGRY,
    MOODS,
    QA_FORM,
    Call,
    Ending,
    NoteItem,
    QaCriterion,
    Reply,
    Text,
    Turn,
)

SPOKEN_WORDS_PER_S = 2.5
"""About 150 words a minute, the pace of a calm conversation."""
NOTED_WORDS_PER_S = 0.7
"""About 40 words a minute, an ordinary typist."""
NOTE_MARKS = 3
"""What a right after-call note earns for the close."""
CONSENT, EXPLAINED = "consent", "explained"
"""What the rules for holds and transfers look at: the caller agreed to a hold; the caller has explained the case."""
UNRESOLVED_COSTS = 2
"""Steps of satisfaction that a caller loses whose case is not resolved."""

Rule = Literal["hold-without-consent", "hold-without-update", "hold-too-long", "cold-after-explaining"]


class NotAllowed(ValueError):
    """A path that the call does not have."""


class Moment(NamedTuple):
    """Where a call stands.

    Attributes:
        at: the turn, or the ending.
        mood: the caller's, 1 to 5; 0 after hanging up.
        done: what has been done, as `Reply.sets` names it.
        clock_s: seconds since the phone was answered.
    """

    at: str
    mood: int
    done: frozenset[str]
    clock_s: int


class Step(Struct, frozen=True):
    """One reply that was chosen, and what it did.

    Attributes:
        before, after: where the call stood.
        reply_id, reply: what was chosen.
        broken: the company's rules that it broke; it earns nothing then.
        fatal: the error that fails the call, or nothing.
    """

    before: Moment
    after: Moment
    reply_id: str
    reply: Reply
    broken: tuple[Rule, ...]
    fatal: str

    @property
    def marks(self) -> Mapping[QaCriterion, int]:
        """What it earns."""
        return {} if self.broken or self.fatal else self.reply.marks


class Outcome(NamedTuple):
    """What the metrics say of a call: handle time in seconds, resolved or not, satisfaction from 1 to 5."""

    handle_s: int
    resolved: bool
    satisfaction: int


class Best(NamedTuple):
    """The best that can still come: a part of the full form (the note left out), satisfaction, and less time."""

    share: Fraction
    satisfaction: int
    minus_s: int


class Script:
    """One call, ready to be played.

    Arguments:
        call: the call; without its key, everything but scoring and the best path can be asked for.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self._best: dict[tuple[str, int, frozenset[str]], tuple[Best, str] | None] = {}

    def start(self) -> Moment:
        """The moment the phone is answered."""
        turn = self.call.turns[self.call.start]
        moment = Moment(self.call.start, self.call.mood, frozenset(turn.sets), 0)
        return moment if (said := self.line(moment)) is None else moment._replace(clock_s=spoken_s(said))

    def is_over(self, moment: Moment) -> bool:
        """Whether an ending is reached."""
        return moment.at in self.call.endings

    def line(self, moment: Moment) -> Text | None:
        """What the caller says at a turn, in the mood of the moment; nothing while the phone rings or at the end."""
        turn = self.call.turns.get(moment.at)
        if turn is None:
            return None
        return turn.angry if turn.angry and moment.mood <= ANGRY else turn.says

    def offered(self, moment: Moment) -> dict[str, Reply]:
        """The replies that can be chosen, in their order; none at the end."""
        turn = self.call.turns.get(moment.at)
        return {} if turn is None else {key: reply for key, reply in turn.replies.items() if _is_offered(reply, moment)}

    def step(self, moment: Moment, reply_id: str) -> Step:
        """Choose a reply.

        Raises:
            NotAllowed: if it is not offered at this moment.
        """
        turn = self.call.turns.get(moment.at)
        reply = turn.replies.get(reply_id) if turn else None
        if reply is None or not _is_offered(reply, moment):
            raise NotAllowed(f"{reply_id[:60]!r} cannot be chosen at {moment.at}")
        broken = self._broken(reply, moment)
        fatal = reply.fatal.error if reply.fatal and reply.fatal.unless not in moment.done else ""
        mood = min(MOODS[1], moment.mood + reply.mood - bool(broken))
        at = reply.to
        if mood < MOODS[0]:
            mood = 0
            at = at if at in self.call.endings else self.call.hang_up
        done = moment.done.union(reply.sets) - ({CONSENT} if reply.hold else frozenset())
        arrived: Turn | Ending = self.call.turns[at] if at in self.call.turns else self.call.endings[at]
        if isinstance(arrived, Turn):
            done = done.union(arrived.sets)
        after = Moment(at, mood, done, moment.clock_s + _taken_s(reply))
        if (line := self.line(after)) is not None:
            after = after._replace(clock_s=after.clock_s + spoken_s(line))
        return Step(moment, after, reply_id, reply, broken, fatal)

    def follow(self, path: Sequence[Any]) -> Iterator[Step]:
        """Play a path from the start, step by step.

        Arguments:
            path: reply ids, in order.

        Raises:
            NotAllowed: at the step that the call does not have, saying which it is.
        """
        moment = self.start()
        for number, reply_id in enumerate(path, start=1):
            if self.is_over(moment):
                raise NotAllowed(f"step {number}: the call is over already")
            try:
                step = self.step(moment, str(reply_id))
            except NotAllowed as error:
                raise NotAllowed(f"step {number}: {error}") from None
            yield step
            moment = step.after

    def outcome(self, steps: Sequence[Step], note: Sequence[str]) -> Outcome:
        """The metrics of a call, finished or not."""
        moment = steps[-1].after if steps else self.start()
        noted_s = sum(round(len(self.call.notes[item].text.nb.split()) / NOTED_WORDS_PER_S) for item in note)
        return Outcome(moment.clock_s + noted_s, self._is_resolved(moment), self._satisfaction(moment))

    def belongs(self, moment: Moment) -> list[str]:
        """What belongs in the after-call note of a call that ends like that: only what is true."""
        return [key for key, item in self.call.notes.items() if item.needed and is_true(item, moment)]

    def note_share(self, moment: Moment, note: Sequence[str]) -> Fraction:
        """How right an after-call note is, 0 to 1: a wrong thing in it takes away what a right one gives."""
        needed = set(self.belongs(moment))
        others = self.call.notes.keys() - needed
        if not needed or not others:
            return Fraction(0)
        chosen = set(note)
        share = Fraction(len(chosen & needed), len(needed)) - Fraction(len(chosen & others), len(others))
        return max(Fraction(0), share)

    @cached_property
    def targets(self) -> dict[QaCriterion, int]:
        """The most that any path without a fatal error earns for each criterion, the note included."""
        targets = {}
        for criterion in QA_FORM:
            most: dict[tuple[str, int, frozenset[str]], int | None] = {}
            found = self._most(criterion, self.start(), most) or 0
            targets[criterion] = found + (NOTE_MARKS if criterion == "close" else 0)
        return targets

    def share(self, marks: Mapping[QaCriterion, int]) -> Fraction:
        """Which part of the full form some marks are, 0 to 1."""
        return sum(
            (Fraction(QA_FORM[criterion] * mark, 100 * self.targets[criterion]) for criterion, mark in marks.items()),
            Fraction(0),
        )

    def best_from(self, moment: Moment) -> tuple[Best, str] | None:
        """The best that can come of a moment, and the reply to choose for it (none at the end).

        Most points first, then the most satisfied caller, then the least time. None if every way on is a fatal error.
        """
        key = (moment.at, moment.mood, moment.done)
        if key not in self._best:
            self._best[key] = self._find_best(moment)
        return self._best[key]

    def best_path(self) -> list[Step]:
        """The path that earns the most.

        Raises:
            NotAllowed: if every path ends in a fatal error.
        """
        steps: list[Step] = []
        moment = self.start()
        while not self.is_over(moment):
            found = self.best_from(moment)
            if found is None:
                raise NotAllowed("every path is a fatal error")
            steps.append(self.step(moment, found[1]))
            moment = steps[-1].after
        return steps

    @property
    def best_note(self) -> list[str]:
        """What belongs in the note after the best path."""
        return self.belongs(self.best_path()[-1].after)

    def shortest_path(self) -> list[Step]:
        """The path with the fewest replies to an ending."""
        waiting: deque[list[Step]] = deque([[]])
        while True:
            steps = waiting.popleft()
            moment = steps[-1].after if steps else self.start()
            if self.is_over(moment):
                return steps
            waiting.extend([*steps, self.step(moment, reply_id)] for reply_id in self.offered(moment))

    def everything(self) -> Iterator[Step]:
        """Each step that can be taken in the call, once for every state in which it can be."""
        seen: set[tuple[str, int, frozenset[str]]] = set()
        waiting = [self.start()]
        while waiting:
            moment = waiting.pop()
            key = (moment.at, moment.mood, moment.done)
            if key in seen:
                continue
            seen.add(key)
            for reply_id in self.offered(moment):
                step = self.step(moment, reply_id)
                yield step
                waiting.append(step.after)

    def _broken(self, reply: Reply, moment: Moment) -> tuple[Rule, ...]:
        broken: list[Rule] = []
        if reply.hold and self.call.hold_limits:
            limits = self.call.hold_limits
            if CONSENT not in moment.done:
                broken.append("hold-without-consent")
            if reply.hold.seconds > limits.longest_s:
                broken.append("hold-too-long")
            elif reply.hold.seconds > limits.update_s * (reply.hold.updates + 1):
                broken.append("hold-without-update")
        if reply.transfer == "cold" and EXPLAINED in moment.done:
            broken.append("cold-after-explaining")
        return tuple(broken)

    def _is_resolved(self, moment: Moment) -> bool:
        ending = self.call.endings.get(moment.at)
        return ending is not None and ending.resolved

    def _satisfaction(self, moment: Moment) -> int:
        lost = 0 if self._is_resolved(moment) else UNRESOLVED_COSTS
        return max(MOODS[0], moment.mood - lost)

    def _most(
        self, criterion: QaCriterion, moment: Moment, known: dict[tuple[str, int, frozenset[str]], int | None]
    ) -> int | None:
        """The most marks for one criterion from here on; None if every way on is fatal."""
        if (ending := self.call.endings.get(moment.at)) is not None:
            return ending.marks.get(criterion, 0)
        key = (moment.at, moment.mood, moment.done)
        if key not in known:
            ways = []
            for reply_id in self.offered(moment):
                step = self.step(moment, reply_id)
                rest = None if step.fatal else self._most(criterion, step.after, known)
                if rest is not None:
                    ways.append(step.marks.get(criterion, 0) + rest)
            known[key] = max(ways, default=None)
        return known[key]

    def _find_best(self, moment: Moment) -> tuple[Best, str] | None:
        if (ending := self.call.endings.get(moment.at)) is not None:
            return Best(self.share(ending.marks), self._satisfaction(moment), 0), ""
        found: tuple[Best, str] | None = None
        for reply_id in self.offered(moment):
            step = self.step(moment, reply_id)
            rest = None if step.fatal else self.best_from(step.after)
            if rest is None:
                continue
            share = self.share(step.marks) + rest[0].share
            best = Best(share, rest[0].satisfaction, rest[0].minus_s - (step.after.clock_s - moment.clock_s))
            if found is None or best > found[0]:
                found = best, reply_id
        return found


_SCRIPTS_KEPT = 64
_scripts: dict[int, Script] = {}


def script_of(call: Call) -> Script:
    """The script of a call, made once: working out what full marks are takes longer than scoring.

    Arguments:
        call: the call; the same object gives the same script.
    """
    # A script keeps its call alive, so no other call can have its address while the script is kept.
    script = _scripts.get(id(call))
    if script is None:
        if len(_scripts) >= _SCRIPTS_KEPT:
            _scripts.clear()
        script = _scripts[id(call)] = Script(call)
    return script


@lru_cache(maxsize=4096)
def spoken_s(text: Text) -> int:
    """How long a line takes to say, in whole seconds."""
    return max(1, round(len(text.nb.split()) / SPOKEN_WORDS_PER_S))


def _taken_s(reply: Reply) -> int:
    """Seconds that a reply takes, with what the caller says at once in return."""
    spoken = 0 if reply.is_action else spoken_s(reply.text)
    reacted = spoken_s(reply.reaction) if reply.reaction else 0
    return spoken + reacted + reply.seconds + (reply.hold.seconds if reply.hold else 0)


def is_true(item: NoteItem, moment: Moment) -> bool:
    """Whether what would be written has happened in the call."""
    return not item.if_done or item.if_done in moment.done


def _is_offered(reply: Reply, moment: Moment) -> bool:
    return (not reply.if_done or reply.if_done in moment.done) and (
        not reply.if_not_done or reply.if_not_done not in moment.done
    )
