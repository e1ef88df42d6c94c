"""What an agent may do, with the reason and its source: calling, collecting, recording, redacting, compensating.

Rules of law come from the course's facts (``facts.yaml``), Nordlys Telekom's own from ``nordlys.yaml`` and
``authority.csv``; no value of theirs is typed here. A fact that is only proposed is mentioned and never applied.
Nothing here is legal advice, and every answer on the law ends by saying whom to ask.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from numbers import Real
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccjobs_utils.desk.facts import Both, Role, authority, facts, nordlys
from ccjobs_utils.desk.notice import missing_parts
from ccjobs_utils.desk.redaction import KINDS, redacted

RELATIONS = ("none", "customer", "consented")
"""Who is called: a stranger, a customer who is offered our own, similar products, someone who agreed to be called."""
PURPOSES = ("sale", "survey", "service", "collection")
"""Why: to sell, to ask for a market survey, to do what the person asked for, to collect a debt."""
GROUNDS = ("goodwill", "wrong-charge", "price-reduction", "to-end-the-call", "not-our-fault")
"""What money is given for. The last two are never a ground."""

_OSLO = ZoneInfo("Europe/Oslo")
_LANGUAGES = ("nb", "en")
_SATURDAY, _SUNDAY = 5, 6
_ASK = {"nb": "Spør den som har ansvar for etterlevelse hos dere.", "en": "Ask your compliance officer."}


class Ruling(Struct, frozen=True, kw_only=True):
    """What may be done, and why.

    Attributes:
        allowed: whether it may be done.
        reason: why, in both languages: ``reason["nb"]``, ``reason["en"]``.
        source: what the reason rests on; several are separated by semicolons.
        checked: the day on which the facts were last held against that source, the earliest of several; for the
            company's own rules, the day on which the company last went over them.
    """

    allowed: bool
    reason: dict[str, str]
    source: str
    checked: date


class CollectionStep(Ruling, frozen=True, kw_only=True):
    """What comes next in a collection case.

    Attributes:
        allowed: whether `step` may be taken today, with everything before it done in time.
        step: ``warn``, ``demand`` or ``collect`` (take the case further), or ``wait`` until `from_day`.
        from_day: the first day for the next step, today's or the one that is waited for.
    """

    step: Literal["wait", "warn", "demand", "collect"]
    from_day: date


class RecordingNotice(Ruling, frozen=True, kw_only=True):
    """Whether a spoken notice says what it has to.

    Attributes:
        allowed: whether nothing is missing.
        missing: which of ``recorded``, ``why`` and ``more`` (where to read more) it does not say.
    """

    missing: tuple[str, ...]


class Redaction(Ruling, frozen=True, kw_only=True):
    """A text without the numbers that may not be kept.

    Attributes:
        allowed: whether the text might be kept as it was, because nothing had to be removed.
        text: the text as it may be kept.
        removed: how many places were removed of each kind: ``card-number``, ``security-code``, ``identity-number``.
    """

    text: str
    removed: dict[str, int]


def may_call(
    when: datetime,
    register_reserved: bool,
    relation: str,
    purpose: str,
    opted_out: bool,
    number_visible: bool,
) -> Ruling:
    """Whether a consumer in Norway may be called at that moment.

    The first of these that holds is the answer. What concerns the person comes first, since no other hour mends it:

    1. The person has said no directly to us: no sale and no survey. (The facts say so for sales; a survey keeps to the
       same no.)
    2. For a sale: reserved in Reservasjonsregisteret, unless a customer or someone who agreed to be called.
    3. For a sale: the number that calls is not visible.
    4. For a sale: a Saturday, a Sunday or a public holiday. 1 and 17 May count; Christmas Eve and New Year's Eve do
       not.
    5. For a sale: before the first or after the last moment of a weekday. Both moments themselves are allowed, so a
       call may start at 21:00:00 and no later.

    A call that the person asked for (``service``) and one to collect a debt are no sale. Hours for contacting debtors
    have been proposed and are not known to be in force: they are mentioned and not applied.

    Arguments:
        when: when the call starts, with a time zone; it is judged by the clock in Norway.
        register_reserved: whether the person stands in Reservasjonsregisteret.
        relation: one of `RELATIONS`.
        purpose: one of `PURPOSES`.
        opted_out: whether the person has said no directly to us.
        number_visible: whether the number that calls is shown and searchable.

    Returns:
        The ruling, with the strongest reason.

    Raises:
        ValueError: if `when` has no time zone, a word is none of the known ones, or a flag is neither True nor False.
        TypeError: if `when` is no moment.

    Source: markedsføringsloven § 14, Brønnøysundregistrene and Forbrukertilsynet, as in ``facts.yaml``; public
    holidays: the package ``holidays``.
    """
    _expect_one_of("relation", relation, RELATIONS)
    _expect_one_of("purpose", purpose, PURPOSES)
    flags = {"register_reserved": register_reserved, "opted_out": opted_out, "number_visible": number_visible}
    for name, flag in flags.items():
        if flag not in (True, False):
            raise ValueError(f"{name} is True or False, not {flag!r}")
    moment = _in_norway(when)
    if purpose == "service":
        return Ruling(allowed=True, **_by_law(_SERVICE, "telemarketing-days"))
    if purpose == "collection":
        days = ("collection-warning-days", "collection-demand-days")
        proposals = ("collection-proposal-weekdays", "collection-proposal-saturdays")
        return Ruling(allowed=True, **_by_law(_COLLECTION, *days, *proposals))
    if opted_out:
        return Ruling(allowed=False, **_by_law(_OPTED_OUT, "existing-customers"))
    if purpose == "survey":
        return Ruling(allowed=True, **_by_law(_SURVEY, "opt-out-surveys"))
    return _may_sell(moment, relation, reserved=register_reserved, number_visible=number_visible)


def collection_step(due: date, warned: date | None, demanded: date | None, today: date) -> CollectionStep:
    """What may be done next to collect a debt: warn, then demand, then take the case further.

    The warning is sent after the due date, so from the day after it. The days to pay are calendar days, counted from
    the day after the letter was sent, and the last of them is the debtor's: the next step comes the day after. A
    letter that was sent too early does not count. Then the case is not allowed to go on: `step` says what is done anew.

    Arguments:
        due: the day the debt was to be paid.
        warned: the day the written warning was sent; None if it was not.
        demanded: the day the demand for payment was sent; None if it was not.
        today: the day of the question.

    Returns:
        The ruling, with the step and its first day.

    Raises:
        TypeError: if one of them is no day (a moment, `datetime`, is none: give its ``.date()``).
        ValueError: if a letter was sent after today.

    Source: inkassoloven §§ 9 and 10, as in ``facts.yaml``. A new act is proposed and not known to be in force: it is
    not applied.
    """
    sent = {name: day for name, day in {"warned": warned, "demanded": demanded}.items() if day is not None}
    for name, day in {"due": due, **sent, "today": today}.items():
        if not isinstance(day, date) or isinstance(day, datetime):
            raise TypeError(f"{name} is a day (datetime.date), not {day!r}")
    for name, day in sent.items():
        if day > today:
            raise ValueError(f"{name} ({day}) lies after today ({today}): give the day on which the letter was sent")
    warn_from = due + timedelta(days=1)
    if warned is None:
        return _next_step("warn", warn_from, today, _NOT_WARNED if demanded else None)
    if warned < warn_from:
        return _next_step("warn", warn_from, today, _WARNED_EARLY)
    demand_from = warned + timedelta(days=_days("collection-warning-days") + 1)
    if demanded is None:
        return _next_step("demand", demand_from, today)
    if demanded < demand_from:
        return _next_step("demand", demand_from, today, _DEMANDED_EARLY)
    return _next_step("collect", demanded + timedelta(days=_days("collection-demand-days") + 1), today)


def recording_notice(text: str) -> RecordingNotice:
    """Whether a spoken notice, in Norwegian or English, says that the call *is* recorded, why, and where to read more.

    It goes by word lists and understands nothing: `missing_parts` in ``ccjobs_utils.desk.notice`` tells what counts.

    Arguments:
        text: the words of the notice.

    Returns:
        The ruling, with the parts that are missing. A notice alone is not enough: recording needs a legal basis too.

    Raises:
        TypeError: if `text` is no text.

    Source: Datatilsynet, as in ``facts.yaml``.
    """
    _expect_text(text)
    missing = missing_parts(text)
    if not missing:
        why = _by_law(_NOTICE_DONE, "recording-notice", "recording-basis")
        return RecordingNotice(allowed=True, missing=missing, **why)
    parts = {language: ", ".join(_PARTS[part][language] for part in missing) for language in _LANGUAGES}
    lacks = {"nb": f"Meldingen mangler dette: {parts['nb']}.", "en": f"The notice lacks this: {parts['en']}."}
    maybe = ("recording-maybe",) if "recorded" in missing else ()
    return RecordingNotice(allowed=False, missing=missing, **_by_law(lacks, "recording-notice", *maybe))


def redact(text: str, language: str = "nb") -> Redaction:
    """Take out card numbers, security codes and Norwegian national identity numbers; keep order numbers.

    When in doubt it removes. Words between the digits, and numbers spelt out, are not understood: read the text
    yourself too. `redacted` in ``ccjobs_utils.desk.redaction`` tells what counts as each.

    Arguments:
        text: what was said or written.
        language: of the marks that stand where something was removed, ``nb`` or ``en``.

    Returns:
        The ruling, with the text and what was removed. Redacting the text again changes nothing.

    Raises:
        TypeError: if `text` is no text.
        ValueError: if there is no such language.

    Source: PCI DSS 3.3.1 as in ``facts.yaml``, and the company's own rule for notes.
    """
    _expect_text(text)
    _expect_one_of("language", language, _LANGUAGES)
    left, removed = redacted(text, language)
    name, never = nordlys().company.name, nordlys().note.never_has
    own_rule = {
        "nb": f"Hos {name} skal et notat aldri ha {never['nb']}.",
        "en": f"At {name} a note never has {never['en']}.",
    }
    why = _by_law(_together(_counted(removed), own_rule), "card-security-code")
    why["source"] += f"; {_own_source('nordlys.yaml')}"
    return Redaction(allowed=not removed, text=left, removed=removed, **why)


def may_compensate(role: str, amount: float, reason: str) -> Ruling:
    """Whether a role at Nordlys Telekom may give a customer that much money by its own decision.

    Arguments:
        role: a row of ``authority.csv``, such as ``agent``.
        amount: kroner for the whole case, 0 or more.
        reason: one of `GROUNDS`. What was charged wrongly and a price reduction for days without service are owed:
            every role gives them, and they do not count against its limit.

    Returns:
        The ruling; beyond the limit it names the role that may decide.

    Raises:
        ValueError: if the role or the reason is none of the known ones, or the amount is below 0, endless or no number.

    Source: the company's own rules, ``nordlys.yaml`` and ``authority.csv``.
    """
    _expect_one_of("role", role, tuple(authority()))
    _expect_one_of("reason", reason, GROUNDS)
    if not isinstance(amount, Real) or not math.isfinite(amount) or amount < 0:
        raise ValueError(f"amount is kroner, 0 or more, not {amount!r}")
    if reason == "goodwill":
        return _goodwill(authority()[role], amount)
    money = nordlys().compensation
    if reason == "wrong-charge":
        owed = {
            "nb": f"Dette er ikke kompensasjon: {money.wrong_charge['nb']}.",
            "en": f"This is not compensation: {money.wrong_charge['en']}.",
        }
        return Ruling(allowed=True, **_by_own_rule(_together(owed, _EVERY_ROLE), "nordlys.yaml"))
    if reason == "price-reduction":
        owed = {
            "nb": f"Prisavslaget er månedsprisen delt på {money.days_in_month} for hver hele dag uten tjeneste, "
            "rundet av til hele kroner.",
            "en": f"A price reduction is the monthly price divided by {money.days_in_month} for each whole day without "
            "service, rounded to whole kroner.",
        }
        return Ruling(allowed=True, **_by_own_rule(_together(owed, _EVERY_ROLE), "nordlys.yaml"))
    never = {"nb": f"Vi gir aldri penger {money.never['nb']}.", "en": f"We never give money {money.never['en']}."}
    return Ruling(allowed=False, **_by_own_rule(never, "nordlys.yaml"))


# What does a ruling rest on?


class _Why(TypedDict):
    reason: Both
    source: str
    checked: date


def _by_law(said: Both, *quoted: str, used: tuple[str, ...] = ()) -> _Why:
    """Why, on facts: what is said of the case, what the quoted facts state, and whom to ask.

    Facts that are `used` and not quoted are among the sources all the same.
    """
    statements = [facts()[fact].statement for fact in quoted]
    rests_on = [facts()[fact] for fact in (*quoted, *used)]
    sources = dict.fromkeys(source for fact in rests_on for source in fact.source.split("; "))  # each once, in order
    return {
        "reason": _together(said, *statements, _ASK),
        "source": "; ".join(sources),
        "checked": min(fact.checked for fact in rests_on),
    }


def _by_own_rule(said: Both, *files: str) -> _Why:
    return {"reason": said, "source": "; ".join(map(_own_source, files)), "checked": nordlys().company.checked}


def _own_source(file: str) -> str:
    return f"{nordlys().company.name}, {file}"


def _together(*texts: Both) -> Both:
    return {language: " ".join(text[language] for text in texts) for language in _LANGUAGES}


def _days(fact: str) -> int:
    return int(facts()[fact].value)


def _clock(fact: str) -> time:
    return time.fromisoformat(str(facts()[fact].value))


def _expect_one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} is one of {', '.join(known)}, not {value!r}")


def _expect_text(text: str) -> None:
    if not isinstance(text, str):
        raise TypeError(f"text is a text, not {text!r}")


# May I call?

_SERVICE = {
    "nb": "Kunden har bedt om samtalen, så den er ikke telefonsalg. Begynner du å selge, gjelder reglene for det.",
    "en": "The customer asked for the call, so it is not telemarketing. If you start to sell, the rules for it apply.",
}
_COLLECTION = {
    "nb": "Å kreve inn gjeld er ikke telefonsalg. Se først hvor langt saken er kommet.",
    "en": "Collecting a debt is not telemarketing. First see how far the case has come.",
}
_OPTED_OUT = {
    "nb": "Kunden har sagt nei direkte til oss. Da ringer vi ikke for å selge eller spørre.",
    "en": "The person has said no directly to us. Then we do not call to sell or to ask.",
}
_SURVEY = {
    "nb": "Du kan ringe: en markedsundersøkelse er ikke telefonsalg. Du skal ikke selge noe i samme samtale.",
    "en": "You may call: a market survey is not telemarketing. Do not sell anything in the same call.",
}
_RESERVED = {
    "nb": "Personen har reservert seg mot telefonsalg og er verken kunde hos oss eller har sagt ja til å bli oppringt.",
    "en": "The person has opted out of telemarketing, is not a customer of ours and has not agreed to be called.",
}
_HIDDEN = {"nb": "Nummeret du ringer fra, vises ikke.", "en": "The number you call from is not shown."}
_MAY_SELL_TO = {
    "none": {
        "nb": "Personen står ikke i Reservasjonsregisteret.",
        "en": "The person is not in Reservasjonsregisteret.",
    },
    "customer": {
        "nb": "Kunden er vår, og tilbudet likner det kunden har.",
        "en": "This is our own customer, and the offer is like what they have.",
    },
    "consented": {
        "nb": "Personen har sagt ja til å bli oppringt av oss. Det må vi kunne vise.",
        "en": "The person has agreed to be called by us. We must be able to show it.",
    },
}
_MAY_SELL_FACTS = {"none": ("opt-out-washing",), "customer": ("existing-customers",), "consented": ()}


def _may_sell(moment: datetime, relation: str, *, reserved: bool, number_visible: bool) -> Ruling:
    if reserved and relation == "none":
        return Ruling(allowed=False, **_by_law(_RESERVED, "opt-out-persons", "existing-customers"))
    if not number_visible:
        return Ruling(allowed=False, **_by_law(_HIDDEN, "caller-number-shown"))
    if closed := _closed(moment.date()):
        return Ruling(allowed=False, **_by_law(closed, "telemarketing-days"))
    now = {"nb": f"Klokken er {moment:%H.%M.%S} i Norge.", "en": f"It is {moment:%H:%M:%S} in Norway."}
    opens, closes = _clock("telemarketing-earliest"), _clock("telemarketing-latest")
    if moment.time() < opens:
        return Ruling(allowed=False, **_by_law(now, "telemarketing-earliest"))
    if moment.time() > closes:
        return Ruling(allowed=False, **_by_law(now, "telemarketing-latest"))
    hours = {
        "nb": f"Du kan ringe: på hverdager er det lov klokken {opens:%H.%M}–{closes:%H.%M}.",
        "en": f"You may call: it is allowed on weekdays, {opens:%H:%M}–{closes:%H:%M}.",
    }
    said, quoted = _together(hours, _MAY_SELL_TO[relation]), _MAY_SELL_FACTS[relation]
    used = (
        "telemarketing-earliest",
        "telemarketing-latest",
        "telemarketing-days",
        "caller-number-shown",
        "opt-out-persons",
    )
    return Ruling(allowed=True, **_by_law(said, *quoted, used=used))


def _in_norway(when: datetime) -> datetime:
    if not isinstance(when, datetime):
        raise TypeError(f"when is a moment (datetime.datetime), not {when!r}")
    if when.tzinfo is None or when.utcoffset() is None:
        raise ValueError(f'when ({when}) has no time zone: give it one, such as tzinfo=ZoneInfo("Europe/Oslo")')
    return when.astimezone(_OSLO)


def _closed(day: date) -> Both | None:
    """Why nobody is called to sell on that day, if so."""
    if day.weekday() == _SATURDAY:
        return {"nb": "Det er lørdag.", "en": "It is Saturday."}
    if day.weekday() == _SUNDAY:
        return {"nb": "Det er søndag.", "en": "It is Sunday."}
    names = _public_holidays(day.year)
    if day not in names["nb"]:
        return None
    # Two holidays may share a day (in 2027: 17 May and Whit Monday), and the package spells as in the US.
    nb, en = (names[language][day].split("; ") for language in _LANGUAGES)
    return {
        "nb": f"Det er helligdag: {' og '.join(nb)}.",
        "en": f"It is a public holiday: {' and '.join(en).replace('Labor', 'Labour')}.",
    }


@cache
def _public_holidays(year: int) -> dict[str, dict[date, str]]:
    import holidays

    names: dict[str, dict[date, str]] = {
        "nb": dict(holidays.country_holidays("NO", years=year, language="no")),
        "en": dict(holidays.country_holidays("NO", years=year, language="en_US")),
    }
    if not names["nb"]:
        raise ValueError(f"the public holidays of {year} are not known: give a year from 1901 to 2100")
    return names


# What is next in a collection case?

_WARNED_EARLY = {
    "nb": "Varselet ble sendt før forfallsdagen var over, så det teller ikke.",
    "en": "The warning was sent before the due date had passed, so it does not count.",
}
_NOT_WARNED = {
    "nb": "Betalingsoppfordringen ble sendt uten varsel først, så den teller ikke.",
    "en": "The demand was sent without a warning before it, so it does not count.",
}
_DEMANDED_EARLY = {
    "nb": "Betalingsoppfordringen ble sendt før fristen i varselet var ute, så den teller ikke.",
    "en": "The demand was sent before the days of the warning had run out, so it does not count.",
}
_STEPS = {
    "warn": {"nb": "Varselet kan sendes fra", "en": "The warning may be sent from"},
    "demand": {"nb": "Betalingsoppfordringen kan sendes fra", "en": "The demand may be sent from"},
    "collect": {"nb": "Saken kan gå videre fra", "en": "The case may be taken further from"},
}
_STEP_FACTS = {
    "warn": ("collection-warning-days",),
    "demand": ("collection-warning-days", "collection-demand-days"),
    "collect": ("collection-demand-days",),
}
_MONTHS = {
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "en": "January February March April May June July August September October November December",
}
_WAIT = {"nb": "Vent.", "en": "Wait."}


def _next_step(
    step: Literal["warn", "demand", "collect"], from_day: date, today: date, wrong: Both | None = None
) -> CollectionStep:
    """The step, or waiting for its first day; `wrong` is what was sent too early."""
    ready = today >= from_day
    nb, en = (_MONTHS[language].split()[from_day.month - 1] for language in _LANGUAGES)
    first_day = {
        "nb": f"{_STEPS[step]['nb']} {from_day.day}. {nb} {from_day.year}.",
        "en": f"{_STEPS[step]['en']} {from_day.day} {en} {from_day.year}.",
    }
    said = first_day if ready else _together(_WAIT, first_day)
    if wrong:
        said = _together(wrong, said)
    why = _by_law(said, *_STEP_FACTS[step])
    return CollectionStep(allowed=ready and not wrong, step=step if ready else "wait", from_day=from_day, **why)


# Does the notice say that the call is recorded?

_PARTS = {
    "recorded": {"nb": "at samtalen faktisk tas opp", "en": "that the call is in fact recorded"},
    "why": {"nb": "hvorfor den tas opp", "en": "why it is recorded"},
    "more": {"nb": "hvor det står mer om det", "en": "where to read more"},
}
_NOTICE_DONE = {"nb": "Meldingen sier det den skal.", "en": "The notice says what it has to."}


# What was removed?

_NOTHING_FOUND = {
    "nb": "Fant ingen kortnumre, sikkerhetskoder eller fødselsnumre. Les teksten selv også.",
    "en": "Found no card numbers, security codes or national identity numbers. Read the text yourself too.",
}


def _counted(removed: Mapping[str, int]) -> Both:
    if not removed:
        return _NOTHING_FOUND
    nb, en = (
        ", ".join(f"{KINDS[kind][language]} ({times})" for kind, times in removed.items()) for language in _LANGUAGES
    )
    return {"nb": f"Fjernet: {nb}.", "en": f"Removed: {en}."}


# How much may I give?

_EVERY_ROLE = {
    "nb": "Alle roller kan gjøre det, og det teller ikke mot grensen.",
    "en": "Every role may do so, and it does not count against the limit.",
}
_NOBODY = {"nb": "Dette beløpet avgjør ingen alene.", "en": "Nobody decides this amount alone."}


def _goodwill(role: Role, amount: float) -> Ruling:
    when, limit = nordlys().compensation.goodwill_when, _kroner(role.limit_kr)
    said = {
        "nb": f"Goodwill gis når {when['nb']}. Grensen for rollen {role.name['nb']} er {limit['nb']} i én sak.",
        "en": f"Goodwill is given when {when['en']}. "
        f"The limit for the role of {role.name['en']} is {limit['en']} for one case.",
    }
    files = ("authority.csv", "nordlys.yaml")
    if amount <= role.limit_kr:
        return Ruling(allowed=True, **_by_own_rule(said, *files))
    return Ruling(allowed=False, **_by_own_rule(_together(said, _who_decides(amount)), *files))


def _who_decides(amount: float) -> Both:
    may = [role for role in authority().values() if role.limit_kr >= amount]
    if not may:
        return _NOBODY
    lowest = min(may, key=lambda role: role.limit_kr)
    return {
        "nb": f"Dette beløpet avgjøres av rollen {lowest.name['nb']}.",
        "en": f"This amount is decided by the role of {lowest.name['en']}.",
    }


def _kroner(amount: int) -> Both:
    return {"nb": f"{amount:,} kroner".replace(",", "\u00a0"), "en": f"{amount:,} kroner"}
