"""What a call was like, turn by turn: what was said, what it did, and what would have been better and why."""

from collections.abc import Sequence

from msgspec import Struct

from ccjobs_utils.activities.model import QA_FORM, Call, HoldLimits, NoteItem, QaCriterion, Text
from ccjobs_utils.activities.score import earned, fatal_errors
from ccjobs_utils.activities.simulated_call import Moment, Outcome, Rule, Script, Step, is_true, script_of

CRITERIA: dict[QaCriterion, Text] = {
    "greeting": Text(nb="Åpning og identifisering", en="Greeting and identification"),
    "listening": Text(nb="Lytting", en="Listening"),
    "resolution": Text(nb="Løsning", en="Resolution"),
    "empathy": Text(nb="Empati", en="Empathy"),
    "compliance": Text(nb="Etterlevelse", en="Compliance"),
    "close": Text(nb="Avslutning", en="Close"),
}
"""The QA form's criteria, in words."""
_DID_NOT_HAPPEN = Text(
    nb="Det skjedde ikke i denne samtalen. En kollega som leser det, handler på noe som ikke er sant.",
    en="It did not happen in this call. A colleague who reads it acts on something that is not true.",
)
NOTICEABLE = 0.15
"""The share of the best path's handle time from which a difference is worth a word."""


class DebriefTurn(Struct, frozen=True):
    """One turn, judged, in one language.

    Attributes:
        caller: what the caller said; empty when the phone rang.
        said: the reply that was chosen.
        is_action: whether it was done and not said.
        mood, change: the caller's mood after it, and by how much it changed.
        earned: what it earned, in words.
        ok: whether nothing would have been better.
        why: what the reply did.
        broken: the company's rules that it broke, in words.
        fatal: the fatal error it was, in words; empty otherwise.
        better, better_why: what would have been better, and why; empty if nothing.
    """

    caller: str
    said: str
    is_action: bool
    mood: int
    change: int
    earned: list[str]
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


class FormRow(Struct, frozen=True):
    """One criterion of the QA form: its name, its weight in per cent, and the share earned, 0 to 1."""

    title: str
    weight: int
    share: float


class Metric(Struct, frozen=True):
    """One metric of this call and of the best path, in words."""

    title: str
    yours: str
    best: str


class Debrief(Struct, frozen=True):
    """A whole call, judged, in one language.

    Attributes:
        turns, notes: turn by turn, and the note thing by thing.
        last_words: what the caller said last.
        ending: what came of it; empty if the call was not finished.
        form: the QA form.
        total: the share of the whole form, 0 if a fatal error was made.
        compliance: the share of compliance alone.
        fatal: the fatal errors, in words.
        metrics, tension: the metrics beside the best path's, and how they pull against each other.
    """

    turns: list[DebriefTurn]
    notes: list[NoteLine]
    last_words: str
    ending: str
    form: list[FormRow]
    total: float
    compliance: float
    fatal: list[str]
    metrics: list[Metric]
    tension: str


def debrief(call: Call, steps: Sequence[Step], note: Sequence[str], language: str) -> Debrief:
    """Judge a call.

    Arguments:
        call: with its key.
        steps: what was said, as `Script.follow` gives it.
        note: what was written down.
        language: ``nb`` or ``en``.
    """
    script = script_of(call)
    form = earned(script, steps, note)
    fatal = fatal_errors(script, steps, note)
    end = steps[-1].after if steps else script.start()
    ending = call.endings.get(end.at)
    yours, best = script.outcome(steps, note), script.outcome(script.best_path(), script.best_note)
    return Debrief(
        turns=[_turn(script, step, before, language) for before, step in zip([None, *steps], steps, strict=False)],
        notes=[_note_line(item, end, language, written=key in note) for key, item in call.notes.items()],
        last_words=_in(steps[-1].reply.reaction, language) if steps else "",
        ending=ending.text.to(language) if ending else "",
        form=[FormRow(CRITERIA[key].to(language), weight, form[key]) for key, weight in QA_FORM.items()],
        total=0.0 if fatal else sum(QA_FORM[key] * share for key, share in form.items()) / 100,
        compliance=form["compliance"],
        fatal=[call.fatal[error].to(language) for error in fatal],
        metrics=_metrics(yours, best, language),
        tension=_tension(yours, best).to(language),
    )


def clock(seconds: int) -> str:
    """A time as the call clock shows it: minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _turn(script: Script, step: Step, before: Step | None, language: str) -> DebriefTurn:
    ok, better = _better(script, step)
    fatal = script.call.fatal[step.fatal].to(language) if step.fatal else ""
    heard = (before.reply.reaction if before else None, script.line(step.before))
    return DebriefTurn(
        caller=" ".join(text.to(language) for text in heard if text),
        said=step.reply.text.to(language),
        is_action=step.reply.is_action,
        mood=step.after.mood,
        change=step.after.mood - step.before.mood,
        earned=[f"{CRITERIA[criterion].to(language)} +{mark}" for criterion, mark in step.marks.items()],
        ok=ok,
        why=_in(step.reply.feedback, language),
        broken=[_rule(rule, script.call.hold_limits).to(language) for rule in step.broken],
        fatal=fatal,
        better=better.reply.text.to(language) if better else "",
        better_why=_in(better.reply.feedback, language) if better else "",
    )


def _note_line(item: NoteItem, end: Moment, language: str, *, written: bool) -> NoteLine:
    happened = is_true(item, end)
    why = _in(item.feedback, language) if happened else _DID_NOT_HAPPEN.to(language)
    return NoteLine(item.text.to(language), written, item.needed and happened, why)


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


def _metrics(yours: Outcome, best: Outcome, language: str) -> list[Metric]:
    titles = (
        Text(nb="Behandlingstid", en="Handle time"),
        Text(nb="Løst i samtalen", en="Resolved in the call"),
        Text(nb="Kundens tilfredshet", en="The customer's satisfaction"),
    )
    told = zip(titles, _in_words(yours, language), _in_words(best, language), strict=True)
    return [Metric(title.to(language), mine, other) for title, mine, other in told]


def _in_words(outcome: Outcome, language: str) -> tuple[str, str, str]:
    """Handle time, resolved or not, and satisfaction."""
    resolved = Text(nb="Ja", en="Yes") if outcome.resolved else Text(nb="Nei", en="No")
    satisfaction = Text(nb=f"{outcome.satisfaction} av 5", en=f"{outcome.satisfaction} of 5")
    return clock(outcome.handle_s), resolved.to(language), satisfaction.to(language)


def _tension(yours: Outcome, best: Outcome) -> Text:
    """How the three metrics pull against each other in this call."""
    apart_s = abs(yours.handle_s - best.handle_s)
    faster = yours.handle_s < best.handle_s
    if not yours.resolved and faster:
        return Text(
            nb=f"Du var {apart_s} sekunder raskere enn den beste veien, men saken er ikke løst. Kunden ringer igjen, og"
            " da koster den mer enn du sparte.",
            en=f"You were {apart_s} seconds faster than the best path, but the case is not resolved. The customer rings"
            " again, and that costs more than you saved.",
        )
    if not yours.resolved:
        return Text(
            nb="Du brukte tid på kunden, og saken er likevel ikke løst. Tiden lønner seg først når kunden slipper å"
            " ringe igjen.",
            en="You gave the customer time, and still the case is not resolved. The time pays only when the customer"
            " need not ring again.",
        )
    if yours.satisfaction < best.satisfaction:
        return Text(
            nb="Saken er løst, men kunden sitter igjen mindre fornøyd enn nødvendig. Tid og løsning er ikke alt som"
            " måles, og ikke alt som huskes.",
            en="The case is resolved, but the customer is left less content than necessary. Time and resolution are not"
            " all that is measured, nor all that is remembered.",
        )
    if apart_s > best.handle_s * NOTICEABLE and not faster:
        return Text(
            nb=f"Løst, og kunden er fornøyd. Det tok {apart_s} sekunder mer enn den beste veien: Se hvor dere gikk en"
            " omvei.",
            en=f"Resolved, and the customer is content. It took {apart_s} seconds more than the best path: see where"
            " you went a long way round.",
        )
    return Text(
        nb="Løst, fornøyd kunde, og ikke et sekund for mye. De tre måltallene drar ofte hver sin vei; her går de"
        " sammen.",
        en="Resolved, a content customer, and not a second too many. The three metrics often pull apart; here they go"
        " together.",
    )


def _in(text: Text | None, language: str) -> str:
    return text.to(language) if text else ""


def _rule(rule: Rule, limits: HoldLimits | None) -> Text:
    """A rule of the company, as told to one who broke it."""
    match rule:
        case "hold-without-consent":
            return Text(
                nb="Du satte på vent uten grunn, tid og et ja fra kunden.",
                en="You put the customer on hold without a reason, a time and a yes.",
            )
        case "hold-without-update":
            update_s = limits.update_s if limits else 0
            return Text(
                nb=f"Kunden sto på vent i mer enn {update_s} sekunder uten å høre fra deg.",
                en=f"The customer was on hold for more than {update_s} seconds without hearing from you.",
            )
        case "hold-too-long":
            longest_s = limits.longest_s if limits else 0
            return Text(
                nb=f"Kunden sto på vent i mer enn {longest_s} sekunder. Da tilbyr du heller å ringe tilbake.",
                en=f"The customer was on hold for more than {longest_s} seconds. Offer to call back instead.",
            )
        case "cold-after-explaining":
            return Text(
                nb="Du satte kaldt over en kunde som hadde forklart saken, og som nå må fortelle alt på nytt.",
                en="You made a cold transfer of a customer who had explained the case and now has to tell it again.",
            )
