"""Is a simulated call as it should be? Its graph and its scoring are proved by going through every state of it."""

from collections.abc import Iterator

from ccjobs_utils.activities.model import LANGUAGES, QA_FORM, Call, Reply, Turn
from ccjobs_utils.activities.score import earned
from ccjobs_utils.activities.simulated_call import NotAllowed, Script, Step, script_of
from ccjobs_utils.activities.yaml_source import Where

CALLER_TURNS = (8, 15)
"""How often the caller speaks on the best path, at least and at most."""
LEAST_ENDINGS = 3
OBVIOUSLY_LONGER = 1.25
"""From this many times the length of the longest other reply on, a reply stands out by its form."""


def call_faults(call: Call) -> Iterator[tuple[Where, str]]:
    """Every fault of a call that its types allow: (where in the call, what is wrong)."""
    if (around := circle(call)) is not None:
        yield (
            ("turns", around[0]),
            f"the call comes back to a turn ({' → '.join(around)}); write what is said the second time as its own turn",
        )
        return
    script = script_of(call)
    taken: set[tuple[str, str]] = set()
    arrived = {call.start}
    made = {item.fatal for item in call.notes.values()}
    for step in script.everything():
        taken.add((step.before.at, step.reply_id))
        arrived.add(step.after.at)
        made.add(step.fatal)
    yield from _unreached(call, arrived, taken)
    for error in call.fatal.keys() - made:
        yield ("fatal", error), f"nothing that can be chosen makes the fatal error {error}"
    if not call.fatal:
        yield (), "fatal is missing: a call has an error that is tempting and fails it"
    if sum(ending in arrived for ending in call.endings) < LEAST_ENDINGS:
        yield ("endings",), f"a call needs at least {LEAST_ENDINGS} endings that can be reached"
    yield from _unsure_ends(script)
    yield from _scoring_faults(script)
    for turn_id, turn in call.turns.items():
        yield from _told_by_form(turn_id, turn)


def circle(call: Call) -> list[str] | None:
    """The turns that lead back to the first of them, in order; None if no turn ever comes back."""
    finished: set[str] = set()

    def follow(turn_id: str, way: list[str]) -> list[str] | None:
        if turn_id in way:
            return [*way[way.index(turn_id) :], turn_id]
        if turn_id in finished or turn_id not in call.turns:
            return None
        for reply in call.turns[turn_id].replies.values():
            if (found := follow(reply.to, [*way, turn_id])) is not None:
                return found
        finished.add(turn_id)
        return None

    return next((found for turn_id in call.turns if (found := follow(turn_id, [])) is not None), None)


def _unreached(call: Call, arrived: set[str], taken: set[tuple[str, str]]) -> Iterator[tuple[Where, str]]:
    for turn_id, turn in call.turns.items():
        if turn_id not in arrived:
            yield ("turns", turn_id), f"no path reaches the turn {turn_id}"
            continue
        for reply_id in turn.replies:
            if (turn_id, reply_id) not in taken:
                yield ("turns", turn_id, "replies", reply_id), f"no path can choose the reply {reply_id}"
    for ending in call.endings:
        if ending not in arrived:
            yield ("endings", ending), f"no path reaches the ending {ending}"


def _unsure_ends(script: Script) -> Iterator[tuple[Where, str]]:
    told: set[str] = set()
    for step in script.everything():
        at = step.after.at
        if at not in told and not script.is_over(step.after) and not script.offered(step.after):
            told.add(at)
            done = ", ".join(sorted(step.after.done)) or "–"
            yield ("turns", at), f"a path ends at {at} without an ending: no reply is offered there when done is {done}"


def _scoring_faults(script: Script) -> Iterator[tuple[Where, str]]:
    try:
        best = script.best_path()
    except NotAllowed:
        yield (), "every path ends in a fatal error"
        return
    form = earned(script, best, script.best_note)
    for criterion in QA_FORM:
        if not script.targets[criterion]:
            yield (), f"nothing in the call earns marks for {criterion}"
        elif form[criterion] < 1:
            got = round(form[criterion] * script.targets[criterion])
            said = f"the best path earns {got} of {script.targets[criterion]} marks for {criterion}"
            yield (), f"{said}: one path must earn the most in every criterion ({_told(best)})"
    heard = sum(script.line(step.before) is not None for step in best) + (best[-1].reply.reaction is not None)
    if not CALLER_TURNS[0] <= heard <= CALLER_TURNS[1]:
        least, most = CALLER_TURNS
        yield (), f"the caller speaks {heard} times on the best path; {least} to {most} times is a call that trains"


def _told_by_form(turn_id: str, turn: Turn) -> Iterator[tuple[Where, str]]:
    for reply_id, reply in turn.replies.items():
        others = [other for key, other in turn.replies.items() if key != reply_id]
        if not others or not all(_beats(reply, other) for other in others):
            continue
        for language in LANGUAGES:
            longest = max(len(other.text.to(language)) for other in others)
            if len(reply.text.to(language)) > OBVIOUSLY_LONGER * longest:
                yield (
                    ("turns", turn_id, "replies", reply_id),
                    f"{reply_id} is the best reply and by far the longest ({language}): form must not tell",
                )


def _beats(reply: Reply, other: Reply) -> bool:
    """Whether a reply is at least as good for every criterion, and better for one."""
    marks = [(reply.marks.get(criterion, 0), other.marks.get(criterion, 0)) for criterion in QA_FORM]
    return all(mine >= theirs for mine, theirs in marks) and any(mine > theirs for mine, theirs in marks)


def _told(steps: list[Step]) -> str:
    return " → ".join(step.reply_id for step in steps)
