"""What a call was like, turn by turn: what was said, what it did, and what would have been better and why."""

from collections.abc import Sequence

from msgspec import Struct

from ccjobs_utils.activities.model import QA_FORM, Call, HoldLimits, QaCriterion, Text
from ccjobs_utils.activities.score import earned, fatal_errors
from ccjobs_utils.activities.simulated_call import Moment, Outcome, Rule, Script, Step


class DebriefTurn(Struct, frozen=True):
    """One turn, judged, in one language.

    Attributes:
        caller: what the caller said; empty when the phone rang.
        said: the reply that was chosen.
        reaction: the caller's first words in return.
        mood, change: the caller's mood after it, and by how much it changed.
        earned: criterion → marks.
        ok: whether nothing would have been better.
        why: what the reply did.
        broken: the company's rules that it broke, in words.
        fatal: the fatal error it was, in words; empty otherwise.
        better, better_why: what would have been better, and why; empty if nothing.
    """

    caller: str
    said: str
    reaction: str
    mood: int
    change: int
    earned: dict[QaCriterion, int]
    ok: bool
    why: str
    broken: list[str]
    fatal: str
    better: str
    better_why: str


class NoteLine(Struct, frozen=True):
    """One thing that could go into the note: whether it was written, whether it belongs there, and why."""

    text: str
    written: bool
    needed: bool
    why: str


class Debrief(Struct, frozen=True):
    """A whole call, judged, in one language.

    Attributes:
        turns, notes: turn by turn, and the note thing by thing.
        ending: what came of it; empty if the call was not finished.
        form: criterion → share earned, 0 to 1.
        total: the share of the whole form, 0 if a fatal error was made.
        fatal: the fatal errors, in words.
        yours, best: the metrics of this call and of the best path.
    """

    turns: list[DebriefTurn]
    notes: list[NoteLine]
    ending: str
    form: dict[QaCriterion, float]
    total: float
    fatal: list[str]
    yours: Outcome
    best: Outcome


def debrief(call: Call, steps: Sequence[Step], note: Sequence[str], language: str) -> Debrief:
    """Judge a call.

    Arguments:
        call: with its key.
        steps: what was said, as `Script.replay` gives it.
        note: what was written down.
        language: ``nb`` or ``en``.
    """
    script = Script(call)
    form = earned(script, steps, note)
    fatal = fatal_errors(script, steps, note)
    ending = call.endings.get(steps[-1].after.at) if steps else None
    return Debrief(
        turns=[_turn(script, step, language) for step in steps],
        notes=[
            NoteLine(item.text.to(language), key in note, item.needed, _in(item.feedback, language))
            for key, item in call.notes.items()
        ],
        ending=ending.text.to(language) if ending else "",
        form=form,
        total=0.0 if fatal else sum(QA_FORM[key] * share for key, share in form.items()) / 100,
        fatal=[call.fatal[error].to(language) for error in fatal],
        yours=script.outcome(steps, note),
        best=script.outcome(script.best_path(), script.best_note),
    )


def heard(script: Script, moment: Moment, before: Step | None) -> Text | None:
    """What the caller says at a moment: the reaction to the step before it, and the line of the turn, as one."""
    parts = [part for part in (before.reply.reaction if before else None, script.line(moment)) if part is not None]
    if not parts:
        return None
    return Text(nb=" ".join(part.nb for part in parts), en=" ".join(part.en for part in parts))


def _turn(script: Script, step: Step, language: str) -> DebriefTurn:
    ok, better = _better(script, step)
    fatal = script.call.fatal[step.fatal].to(language) if step.fatal else ""
    return DebriefTurn(
        caller=_in(script.line(step.before), language),
        said=step.reply.text.to(language),
        reaction=_in(step.reply.reaction, language),
        mood=step.after.mood,
        change=step.after.mood - step.before.mood,
        earned=dict(step.marks),
        ok=ok,
        why=_in(step.reply.feedback, language),
        broken=[_rule(rule, script.call.hold_limits).to(language) for rule in step.broken],
        fatal=fatal,
        better=better.reply.text.to(language) if better else "",
        better_why=_in(better.reply.feedback, language) if better else "",
    )


def _better(script: Script, step: Step) -> tuple[bool, Step | None]:
    """Whether the step was as good as any, and otherwise a better one; none if nothing was left to save."""
    best = script.best_from(step.before)
    if best is None:
        return not step.fatal, None
    better = script.step(step.before, best[1])
    rest = script.best_from(step.after)
    if step.fatal or step.broken or rest is None:
        return False, better
    share = script.share(step.marks) + rest[0].share
    same = (share, rest[0].satisfaction) >= (best[0].share, best[0].satisfaction)
    return same, None if same else better


def _in(text: Text | None, language: str) -> str:
    return text.to(language) if text else ""


def _rule(rule: Rule, limits: HoldLimits | None) -> Text:
    """A rule of the company, as told to one who broke it."""
    match rule:
        case "hold-without-consent":
            return Text(
                nb="Du satte på vent uten grunn, tid og et ja fra kunden.",
                en="You put the caller on hold without a reason, a time and a yes.",
            )
        case "hold-without-update":
            update_s = limits.update_s if limits else 0
            return Text(
                nb=f"Kunden sto på vent i mer enn {update_s} sekunder uten å høre fra deg.",
                en=f"The caller was on hold for more than {update_s} seconds without hearing from you.",
            )
        case "hold-too-long":
            longest_s = limits.longest_s if limits else 0
            return Text(
                nb=f"Kunden sto på vent i mer enn {longest_s} sekunder. Da tilbyr du heller å ringe tilbake.",
                en=f"The caller was on hold for more than {longest_s} seconds. Offer to call back instead.",
            )
        case "cold-after-explaining":
            return Text(
                nb="Du satte kaldt over en kunde som hadde forklart saken, og som nå må fortelle alt på nytt.",
                en="You made a cold transfer of a caller who had explained the case and now has to tell it all again.",
            )
