"""Finding card numbers, security codes and Norwegian national identity numbers in a text, and taking them out."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

KINDS = {
    "card-number": {"nb": "kortnummer", "en": "card number"},
    "identity-number": {"nb": "fødselsnummer", "en": "national identity number"},
    "security-code": {"nb": "sikkerhetskode", "en": "security code"},
}
"""What is taken out, and its name in both languages."""

_MARKS = {kind: {"nb": f"[{name['nb']} fjernet]", "en": f"[{name['en']} removed]"} for kind, name in KINDS.items()}

_SHORTEST_CARD, _LONGEST_CARD = 12, 19
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # each digit times two; of 10 and more, the sum of both digits
_SHORTEST_CODE, _LONGEST_CODE = 3, 4
_BEFORE_CUE, _AFTER_CUE, _AFTER_EXPIRY = 20, 40, 30  # characters in which a security code is looked for

# The prefixes and lengths that the card schemes issue: Visa, Mastercard, American Express, Diners Club, JCB, Discover,
# UnionPay, Maestro with Dankort.
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-59]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|(?:6011|64[4-9]\d|65\d\d)\d{12}|62\d{14,17}"
    r"|(?:5018|5019|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"
)

_IDENTITY_DIGITS = 11
# The day (from 41 on in a D-number) and the month (from 41 or 81 on in a helper or test number).
_BORN = re.compile(r"(?:[04][1-9]|[1256]\d|[37][01])(?:[048][1-9]|[159][0-2])")
_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_FIRST_LEAVES = (0, 1, 2, 3)  # remainders by 11; before 2032 only 0

_NUMBER = re.compile(r"[0-9](?:[\W_]{0,3}[0-9])*")
_GROUP = re.compile(r"[0-9]+")
_YEARED = r"\d{4}-20\d\d"
_ORDER_NUMBER = re.compile(
    r"(?:\b[KN]-?|(?i:\b(?:ordre|order|bestilling|sak|case)(?:n|r|en|ne|er|ene|s)?(?:nummer(?:et)?|nr)?"
    r"\W{1,2}(?:(?:nr|no|nummer|number|er|is)\W{1,2})?))"
    rf"(?:{_YEARED}|\d{{5,6}})(?:(?:, ?(?:{_YEARED}|\d{{5}}))+(?!\W{{0,3}}\d))?(?!\w|[-./]\d)"
)
_YEARED_ORDER = re.compile(rf"(?<![\w-]){_YEARED}(?![\w-])")
_TIME_OR_ORDER = (
    r"(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    rf"|(?:[01]\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?|{_YEARED})"
)
_ONLY_TIMES_AND_ORDERS = re.compile(rf"{_TIME_OR_ORDER}(?:(?:[^\w-]{{1,3}}| - ){_TIME_OR_ORDER})*")

_CUE = re.compile(
    r"(?!sikkerhetskode fjernet\]|security code removed\])"  # the mark of a code that was removed
    r"(?:\b(?:cv[cvn]|csc)(?:2(?!\d))?"
    r"|\bsikkerhets(?:kode|nummer|siffer|sifre|tall)|\bkontroll(?:kode|siffer|sifre)"
    r"|\bsecurity\s+(?:code|number|digit)|\bcard(?:'s)?\s+code|\bverification\s+(?:code|number|value|digit)"
    r"|\b(?:siffer|sifre|sifrene|tall|tallene|tallet|kode|koden|nummeret)\W+(?:\w+\W+){0,4}?(?:bak|bakpå|baksiden)\b"
    r"|\b(?:digits?|numbers?|code)\W+(?:\w+\W+){0,4}?back\b"
    r"|\bbak\s*(?:på|siden\s+av)?\s+(?:\w+\s+)?kort|\bbaksiden\s+av\s+\w*kort|\bback\s+of\s+(?:\w+\s+){0,2}card"
    r")[^\W\d]*",
    re.IGNORECASE,
)
_SECOND_VERSION = re.compile(r"\bcv[cvn]2(?!\d)", re.IGNORECASE)
_SENTENCE_END = re.compile(r".*(?:[.!?]\s|\n)", re.DOTALL)
_CARD_MARK = rf"(?:{'|'.join(re.escape(mark) for mark in _MARKS['card-number'].values())})"
_ROW_AFTER_CARD = re.compile(rf"{_CARD_MARK}(?!\W{{0,3}}(?:0?[1-9]|1[0-2])/(?:20)?\d\d(?!\d))([\W\d]{{1,15}})")
_EXPIRY_AFTER_CARD = re.compile(rf"{_CARD_MARK}\D{{0,30}}(?:0?[1-9]|1[0-2])\s?[-/. ]?\s?(?:20)?\d\d(?!\d)")


def redacted(text: str, language: str) -> tuple[str, dict[str, int]]:
    """Take out card numbers, security codes and Norwegian national identity numbers; keep order numbers.

    When in doubt it removes. Digits of any script count, and up to three characters between two digits that are neither
    letter nor digit count as a separator, whatever they are; words between the digits, and numbers spelt out, are not
    understood.

    - **Card number**: 12 to 19 digits that pass Luhn, of any prefix, from the start of one group of digits to the end
      of one. Within a longer run, if a card scheme issues that prefix and length: then the whole run goes. A letter in
      front saves nothing ("NT4925…"): a long number that passes Luhn goes, although it may be a bill's KID number, a
      phone's IMEI or a SIM card's number. Numbers with only punctuation between them can be read as one: write a word
      between.
    - **Security code**: 3 or 4 digits, also spread ("1 2 3"), up to 40 characters after words such as CVC,
      sikkerhetskode, security code, "de tre sifrene bak på kortet", or up to 20 before them in the same sentence; right
      after a card number, or after its expiry date.
    - **National identity number**: 11 digits with a day, a month and both check digits; D-numbers (day + 40), helper
      and test numbers (month + 40 or + 80) too. The first check digit may leave 0 to 3, as in the numbers from 2032. A
      number that begins with + is a phone's.
    - **Kept**: customer and order numbers as Nordlys writes them (K31805, N-104233, "ordre 4711-2026", "sak 88121", and
      lists of them), digits that stand alone as dates and times, and digits that pass no check.

    Arguments:
        text: what was said or written.
        language: of the marks that stand where something was removed, ``nb`` or ``en``.

    Returns:
        The text as it may be kept, and how many places were removed of each of the `KINDS` that it held. Doing it
        again changes nothing.

    Source: Luhn's test, ISO/IEC 7812-1; the check digits, Skatteetaten, "Nytt fødselsnummer fra 2032".
    """
    removed = dict.fromkeys(_FINDERS, 0)
    before = None
    while text != before:  # what is left of a long run is looked at anew
        before = text
        for kind, find in _FINDERS.items():
            spans = _merged(find(_ascii_digits(text)))
            removed[kind] += len(spans)
            text = _replaced(text, spans, _MARKS[kind][language])
    return text, {kind: times for kind, times in removed.items() if times}


_Span = tuple[int, int]
"""Where something stands in a text: its first character and the one after its last."""
_Window = tuple[int, int]
"""Some digits of a number, counted in the same way."""


class _Number(NamedTuple):
    """Digits that may be one number: close together, with nothing but separators between them."""

    shown: str
    """As it stands in the text."""
    digits: str
    at: list[int]
    """Where each digit stands."""
    edges: list[int]
    """Where each group without separators begins, as an index of `digits`; at last the number of digits."""

    def span(self, first: int, after: int) -> _Span:
        """Where the digits `first` up to `after` stand."""
        return self.at[first], self.at[after - 1] + 1

    def whole_groups(self, first: int, after: int) -> _Window:
        """The digits `first` up to `after` with the rest of their groups."""
        return self.edges[bisect_right(self.edges, first) - 1], self.edges[bisect_left(self.edges, after)]


def _numbers(text: str) -> Iterator[_Number]:
    """The numbers of a text; customer and order numbers in the company's form, and the 2 of CVC2, are left out."""
    for no_number in (_ORDER_NUMBER, _SECOND_VERSION):
        text = no_number.sub(lambda found: "x" * len(found[0]), text)
    for number in _NUMBER.finditer(text):
        at: list[int] = []
        edges = []
        for group in _GROUP.finditer(text, *number.span()):
            edges.append(len(at))
            at += range(*group.span())
        yield _Number(number[0], "".join(text[place] for place in at), at, [*edges, len(at)])


def _card_numbers(text: str) -> Iterator[_Span]:
    for number in _numbers(text):
        if _ONLY_TIMES_AND_ORDERS.fullmatch(number.shown):
            continue
        taken: set[int] = set()
        # A surer find goes before a less sure one that overlaps it and passes Luhn by chance: it would take along what
        # stands beside the card number, such as its expiry date.
        for windows in _passing_windows(number):
            free = [window for window in windows if taken.isdisjoint(range(*window))]
            for first, after in free:
                taken.update(range(first, after))
                yield number.span(*number.whole_groups(first, after))


def _passing_windows(number: _Number) -> tuple[list[_Window], list[_Window], list[_Window]]:
    """The digits that can be a card number, the surest first.

    All the digits, or whole groups that a card scheme issues; other whole groups; what a scheme issues within groups.
    """
    surest: list[_Window] = []
    whole: list[_Window] = []
    within: list[_Window] = []
    edges = set(number.edges)
    count = len(number.digits)
    for first in range(count - _SHORTEST_CARD + 1):
        for after in range(first + _SHORTEST_CARD, min(first + _LONGEST_CARD, count) + 1):
            digits = number.digits[first:after]
            is_whole = first in edges and after in edges
            is_issued = _ISSUED.fullmatch(digits) is not None
            if not (is_whole or is_issued) or not _passes_luhn(digits):
                continue
            if after - first == count or (is_whole and is_issued):
                surest.append((first, after))
            elif is_whole:
                whole.append((first, after))
            else:
                within.append((first, after))
    return surest, whole, within


def _identity_numbers(text: str) -> Iterator[_Span]:
    for number in _numbers(text):
        edges = set(number.edges)
        for first in number.edges:
            after = first + _IDENTITY_DIGITS
            if after in edges and _is_identity_number(number.digits[first:after]):
                start, end = number.span(first, after)
                if not text.endswith("+", 0, start):
                    yield start, end


def _security_codes(text: str) -> Iterator[_Span]:
    reaches = [(_first_before(text, cue.start()), cue.end() + _AFTER_CUE) for cue in _CUE.finditer(text)]
    reaches += [row.span(1) for row in _ROW_AFTER_CARD.finditer(text)]
    reaches += [(expiry.end(), expiry.end() + _AFTER_EXPIRY) for expiry in _EXPIRY_AFTER_CARD.finditer(text)]
    reached = {place for reach in reaches for place in range(*reach)}
    reached -= {place for order in _YEARED_ORDER.finditer(text) for place in range(*order.span())}
    for number in _numbers(text):
        if len(number.digits) > _LONGEST_CODE and _ONLY_TIMES_AND_ORDERS.fullmatch(number.shown):
            continue
        for window in _short_windows(number):
            start, end = number.span(*window)
            if not reached.isdisjoint(range(start, end)):
                yield start, end


def _short_windows(number: _Number) -> Iterator[_Window]:
    """The digits that have the length of a security code: the whole number, a group, or shorter groups in a row."""
    count = len(number.digits)
    if _SHORTEST_CODE <= count <= _LONGEST_CODE:
        yield 0, count
        return
    edges = set(number.edges)
    begun = 0
    for first, after in pairwise(number.edges):
        if after - first >= _SHORTEST_CODE:
            if after - first <= _LONGEST_CODE:
                yield first, after
            begun = after
        elif after - begun >= _SHORTEST_CODE:
            # A fourth digit that stands alone belongs to it.
            end = after + 1 if after - begun == _SHORTEST_CODE and after + 1 in edges else after
            yield begun, end
            begun = end


_FINDERS: dict[str, Callable[[str], Iterator[_Span]]] = {
    "card-number": _card_numbers,
    "identity-number": _identity_numbers,
    "security-code": _security_codes,
}
"""In this order: a card's last digits must not pass for a code."""


def _first_before(text: str, cue: int) -> int:
    """The first place before a cue at which its code may stand: close to it and in the same sentence."""
    first = max(0, cue - _BEFORE_CUE)
    ended = _SENTENCE_END.match(text[first:cue])
    return first + ended.end() if ended else first


def _passes_luhn(digits: str) -> bool:
    # Counted from the right, every second digit is doubled.
    once, doubled = digits[::-2], digits[-2::-2]
    return (sum(map(int, once)) + sum(_DOUBLED[int(digit)] for digit in doubled)) % 10 == 0


def _is_identity_number(digits: str) -> bool:
    first = sum(int(digit) * weight for digit, weight in zip(digits[:10], _FIRST_CHECK, strict=True))
    second = sum(int(digit) * weight for digit, weight in zip(digits, _SECOND_CHECK, strict=True))
    return bool(_BORN.match(digits)) and first % 11 in _FIRST_LEAVES and second % 11 == 0


def _ascii_digits(text: str) -> str:
    """The text with every digit, of whatever script or shape, as 0–9; each character keeps its place."""
    return "".join(str(unicodedata.digit(character, character)) for character in text)


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """The spans in order, those that overlap as one."""
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _replaced(text: str, spans: list[_Span], mark: str) -> str:
    parts: list[str] = []
    done = 0
    for start, end in spans:
        parts += text[done:start], mark
        done = end
    return "".join(parts) + text[done:]
