"""Redaction: what must not be kept goes and nothing else does, in thousands of made texts and at the edges."""

import math
import re
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ccjobs_utils.desk.rules import redact

from .rulings import assert_complete, steady

CARD, CODE, IDENTITY = "[kortnummer fjernet]", "[sikkerhetskode fjernet]", "[fødselsnummer fjernet]"
ISSUED = (
    *(("4", 13), ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15)),
    *(("36", 14), ("3005", 14), ("3530", 16), ("6011", 16), ("65", 16), ("62", 17), ("5018", 12), ("6763", 18)),
)
SEPARATORS = ("", " ", "-", " - ", ".", "/", "\u00a0", "–", "\n", ", ", "_", "\u2009", " : ", "\u200b", "\t")
DIGITS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९")


def luhn_ok(number: str) -> bool:
    doubled = str.maketrans("0123456789", "0246813579")
    return sum(map(int, number[-1::-2] + number[-2::-2].translate(doubled))) % 10 == 0


def with_check_digit(head: str) -> str:
    return next(head + last for last in "0123456789" if luhn_ok(head + last))


def a_card(dice: Random, prefix: str, length: int) -> str:
    return with_check_digit(prefix + "".join(dice.choices("0123456789", k=length - 1 - len(prefix))))


def spread(dice: Random, number: str) -> str:
    """The number in groups, with any separators between them."""
    usual = re.findall(r".{1,4}", number)
    groups = dice.choice((usual, [number], list(number), re.findall(".{1," + str(dice.randint(1, 6)) + "}", number)))
    shown = "".join(group + dice.choice(SEPARATORS) for group in groups[:-1]) + groups[-1]
    return shown.translate(str.maketrans(DIGITS[0], dice.choice(DIGITS))) if dice.random() < 0.1 else shown


def an_identity_number(dice: Random) -> str:
    """Check digits by Skatteetaten's first definition: 11 minus the remainder, 11 counts as 0, 10 is not issued."""
    while True:
        day, month = dice.randint(1, 28) + dice.choice((0, 40)), dice.randint(1, 12) + dice.choice((0, 0, 40, 80))
        nine = f"{day:02}{month:02}{dice.randint(0, 99):02}{dice.randint(0, 999):03}"
        first = -sum(int(a) * int(b) for a, b in zip(nine, "376189452", strict=True)) % 11
        second = (
            -sum(int(a) * int(b) for a, b in zip(f"{nine}{first}", "5432765432", strict=True)) % 11
            if first < 10
            else 10
        )
        if second < 10:
            return f"{nine}{first}{second}"


def an_order(dice: Random) -> str:
    return dice.choice((
        f"ordre {dice.randint(1000, 9999)}-20{dice.randint(20, 39)}",
        f"ordrenr. {dice.randint(1000, 9999)}-2026, {dice.randint(1000, 9999)}-2026",
        f"K{dice.randint(10000, 99999)}",
        f"sak {dice.randint(10000, 99999)}",
        f"N-{dice.randint(100000, 999999)}",
        f"case {dice.randint(10000, 99999)}",
        f"pakke {dice.randint(10**7, 10**10 - 1)}",
        f"pakke {not_a_card(dice)}",
    ))  # fmt: skip


def not_a_card(dice: Random) -> str:
    """12 to 16 digits in which no window passes Luhn."""
    while True:
        number = "".join(dice.choices("123456789", k=dice.randint(12, 16)))
        windows = (number[a:b] for a in range(len(number)) for b in range(a + 12, len(number) + 1))
        if not any(map(luhn_ok, windows)):
            return number


CODE_PHRASES = (
    *("CVC {}", "CVC: {}", "cvc-koden er {}", "CVV2 er {}", "CVV{}", "Sikkerhetskoden på kortet mitt er da {}"),
    *("{} er CVC-koden", "sikkerhetskode = {}", "koden {} bak på kortet", "de tre sifrene bak på kortet, altså {}"),
    *("de 3 siste sifrene på baksiden er {}", "The security code is {}", "the three digits on the back: {}"),
    *(
        "CVV – {}",
        "my card’s security code, that would be {}",
        "{} is the security code",
        "Hva er sikkerhetskoden?\nKunde: {}",
    ),
    *(
        "the number on the back of my card says {}",
        "kontrollsifrene er {}",
        "CVC og den er vel ({})",
        "card verification value {}",
    ),
)


def a_text(dice: Random) -> tuple[str, str, list[str]]:
    """A note, what is left of it, and its order numbers."""
    orders = [an_order(dice) for _ in range(dice.randint(1, 3))]
    said = [(f"Gjelder {order}, sier kunden.",) * 2 for order in orders]
    for _ in range(dice.randint(0, 2)):
        prefix, length = dice.choice((*ISSUED, ("", dice.randint(12, 19))))
        number = spread(dice, a_card(dice, prefix, length))
        before, after = dice.choice(
            (("Kortet er ", " sa hun."), ("card no ", " she said."), ("Visa", ", takk."), ("(", ") ok."))
        )
        said.append((f"{before}{number}{after}", f"{before}{CARD}{after}"))
    for _ in range(dice.randint(0, 2)):
        digits = "".join(dice.choices("0123456789", k=dice.choice((3, 3, 4))))
        phrase = dice.choice(CODE_PHRASES)
        glued = "{}{}".format(*phrase.partition("{")[:2]).endswith("V{")
        code = digits if glued else dice.choice((digits, dice.choice(SEPARATORS).join(digits)))
        if not (glued and code.startswith("2")):
            said.append((f"{phrase.format(code)} sa han.", f"{phrase.format(CODE)} sa han."))
    if dice.random() < 0.3:
        prefix, length = dice.choice(ISSUED)
        expiry = f"{dice.randint(1, 12):02}/{dice.randint(26, 35)}"
        card, code = spread(dice, a_card(dice, prefix, length)), f"{dice.randint(0, 999):03}"
        between = dice.choice((", utløper ", " exp. ", " gyldig til og med "))
        last = dice.choice((" ", ", ", " og så "))
        said.append((f"Kort {card}{between}{expiry}{last}{code} ja.", f"Kort {CARD}{between}{expiry}{last}{CODE} ja."))
    if dice.random() < 0.4:
        identity = an_identity_number(dice)
        shown = dice.choice((identity, f"{identity[:6]} {identity[6:]}", f"{identity[:6]}-{identity[6:]}"))
        said.append((f"Født {shown} oppga han.", f"Født {IDENTITY} oppga han."))
    if dice.random() < 0.3:
        said.append(("Ringte 23.11.2026 14:30:15 fra +47 22 33 44 55 igjen.",) * 2)
    dice.shuffle(said)
    return " Og. ".join(given for given, _ in said), " Og. ".join(left for _, left in said), orders


def test_ten_thousand_texts() -> None:
    """No card number, security code or identity number survives, no order number is lost, and nothing else changes."""
    dice = Random(2026)
    for number in range(10_000):
        text, wanted, orders = a_text(dice)
        redaction = redact(text)
        assert redaction.text == wanted, (number, text)
        assert all(order in redaction.text for order in orders)
        counts = {
            "card-number": wanted.count(CARD),
            "security-code": wanted.count(CODE),
            "identity-number": wanted.count(IDENTITY),
        }
        assert redaction.removed == {kind: count for kind, count in counts.items() if count}
        assert redaction.allowed is (text == wanted)


def test_card_expiry_and_code_in_one_row() -> None:
    """With no word between them, digits beside the card may go along; what is secret goes in any case."""
    dice = Random(3)
    kept = 0
    for _ in range(2_000):
        number, code = a_card(dice, *dice.choice(ISSUED)), f"{dice.randint(0, 999):03}"
        expiry = f"{dice.randint(1, 12):02}/{dice.randint(26, 35)}"
        text = redact(f"{spread(dice, number)} {expiry} {code}").text
        assert code not in text.replace(expiry, "")
        assert not re.search(r"\d{5}", digits_of(text)), text
        kept += text == f"{CARD} {expiry} {CODE}"
    assert kept > 1_800


BETWEEN = st.text(st.characters(exclude_categories=["L", "N", "Cs"]), max_size=3).filter(
    lambda between: not any(map(str.isalnum, between))
)
WORDS = st.text(" aeiæøåtml,.:!?()\n", max_size=20)


@st.composite
def cards(draw: st.DrawFn) -> tuple[str, str]:
    """The digits of a card number, and the same with any separators."""
    prefix, length = draw(st.sampled_from(ISSUED))
    rest = draw(st.text("0123456789", min_size=length - 1 - len(prefix), max_size=length - 1 - len(prefix)))
    number = with_check_digit(prefix + rest)
    return number, number[0] + "".join(draw(BETWEEN) + digit for digit in number[1:])


def digits_of(text: str) -> str:
    return "".join(re.findall(r"\d", text))


class TestRedact:
    @steady
    @given(cards(), WORDS, WORDS)
    def test_a_card_with_any_separators_goes(self, card: tuple[str, str], before: str, after: str) -> None:
        number, shown = card
        assert digits_of(redact(f"{before} a{shown}a {after}").text) == ""
        assert number not in redact(f"{before}{shown}{after}").text

    @steady
    @given(st.text("0123456789", min_size=11, max_size=18), WORDS, WORDS)
    def test_any_twelve_to_nineteen_digits_that_pass_luhn_go(self, head: str, before: str, after: str) -> None:
        text = redact(f"{before}x{with_check_digit(head)}x{after}").text
        assert digits_of(text) == ""

    @steady
    @given(cards(), st.text("0123456789", max_size=9), st.text("0123456789", max_size=9))
    def test_a_card_within_a_longer_run_of_digits_goes(self, card: tuple[str, str], before: str, after: str) -> None:
        number, shown = card
        for text in (f"{before}{number}{after}", f"{before}{shown}{after}", f"{before} {shown}, {after}"):
            assert number not in digits_of(redact(text).text)

    @steady
    @given(st.text("0123456789 -.,/abKNcv\n", max_size=80))
    def test_redacting_again_changes_nothing(self, text: str) -> None:
        once = redact(text)
        again = redact(once.text)
        assert again.text == once.text
        assert again.removed == {}
        assert once.allowed is (once.text == text)

    @steady
    @given(st.text(max_size=200), st.sampled_from(["nb", "en"]))
    def test_only_digits_and_what_lies_between_them_go(self, text: str, language: str) -> None:
        redaction = redact(text, language)
        letters = [character for character in text if character.isalpha()]
        rest = re.sub(r"\[(?:card number|security code|national identity number) removed\]", "", redaction.text)
        rest = re.sub(r"\[(?:kortnummer|sikkerhetskode|fødselsnummer) fjernet\]", "", rest)
        assert [character for character in rest if character.isalpha()] == letters
        assert_complete(redaction)

    @steady
    @given(st.sampled_from(CODE_PHRASES), st.text("0123456789", min_size=3, max_size=4), BETWEEN)
    def test_a_security_code_goes(self, phrase: str, code: str, between: str) -> None:
        assume(phrase != "CVV{}")
        before, after = phrase.split("{}")
        assert redact(phrase.format(between.join(code))).text in (f"{before}{CODE}{after}", f"{before}{CODE}")

    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("CVC123", f"CVC{CODE}"),
            ("CVC2: 123", f"CVC2: {CODE}"),
            ("CVV2123", f"CVV{CODE}"),
            ("CVC er 124, nei, 123", f"CVC er {CODE}, nei, {CODE}"),
            ("4925 0000 0000 0004 12/27 123", f"{CARD} 12/27 {CODE}"),
            ("4925 0000 0000 0004 123", f"{CARD} {CODE}"),
            ("[kortnummer fjernet] utløper 12/27 og 123", f"{CARD} utløper 12/27 og {CODE}"),
            ("[card number removed] exp 12/2027, 1234", f"[card number removed] exp 12/2027, {CODE}"),
            ("leste opp koden bakpå, 412", f"leste opp koden bakpå, {CODE}"),
            ("security code on the front of my Amex is 1234", f"security code on the front of my Amex is {CODE}"),
            ("Jeg betalte 350. CVC husker jeg ikke", "Jeg betalte 350. CVC husker jeg ikke"),
            ("CVC nektet hun å oppgi, gjelder ordre 4711-2026", "CVC nektet hun å oppgi, gjelder ordre 4711-2026"),
            ("CVC 123, 4711-2026", f"CVC {CODE}, 4711-2026"),
            ("CVC oppgitt 23.11.2026 på sak 88121", "CVC oppgitt 23.11.2026 på sak 88121"),
            ("Engangskode 1234", "Engangskode 1234"),
        ],
    )
    def test_security_codes(self, text: str, left: str) -> None:
        assert redact(text).text == left

    # Skatteetaten's and NAV's own test persons: no one's numbers.
    @pytest.mark.parametrize(
        "number",
        [
            "15507600333",
            "55507608360",
            "29422059278",
            "17912099997",
            "57912075186",
            "29822099635",
            "61883600222",
        ],
    )
    def test_identity_numbers(self, number: str) -> None:
        for shown in (number, f"{number[:6]} {number[6:]}", f"{number[:2]}.{number[2:4]}.{number[4:6]} {number[6:]}"):
            redaction = redact(f"Født {shown}.")
            assert redaction.text == f"Født {IDENTITY}."
            assert redaction.removed == {"identity-number": 1}
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert redact(wrong).text == wrong

    @pytest.mark.parametrize("remainder", [0, 1, 2, 3, 4, 10])
    def test_first_check_digit_from_2032(self, remainder: int) -> None:
        weighted = {
            f"010190{individual:03}{first}": (
                sum(int(a) * int(b) for a, b in zip(f"010190{individual:03}", "376189452", strict=True)) + first
            ) % 11
            for individual in range(200) for first in range(10)
        }  # fmt: skip
        for ten in [ten for ten, left in weighted.items() if left == remainder]:
            second = -sum(int(a) * int(b) for a, b in zip(ten, "5432765432", strict=True)) % 11
            if second < 10:
                assert bool(redact(f"{ten}{second}").removed) is (remainder <= 3)

    @pytest.mark.parametrize(
        "text",
        [
            "ordre 4711-2026",
            "ordre 4711-2026, 4712-2026, 4713-2026 og 4714-2026",
            "4711-2026; 4712-2026; 4713-2026",
            "saker 88121, 88122, 88123, 88124",
            "K31805 og N-104233",
            "K31805, 4711-2026",
            "23.11.2026 14:30:15",
            "2026-11-23 08:00 - 16:30",
            "+47 22 33 44 55",
            "+47155076003",
            "+15507600333",
            "1234567890123456",
            "499 kroner i 12 måneder",
        ],
    )
    def test_kept(self, text: str) -> None:
        redaction = redact(text)
        assert redaction.text == text
        assert redaction.allowed

    @steady
    @given(st.integers(1000, 9999), st.integers(2000, 2099), st.integers(10_000, 99_999), cards())
    def test_an_order_number_beside_a_card_stays(self, order: int, year: int, case: int, card: tuple[str, str]) -> None:
        number, _ = card
        text = redact(f"ordre {order}-{year}, {number}. sak {case}: {number}").text
        assert text == f"ordre {order}-{year}, {CARD}. sak {case}: {CARD}"

    def test_a_letter_in_front_saves_no_card(self) -> None:
        assert redact("NT-4925000000000004 og NT4925000000000004").text == f"NT-{CARD} og NT{CARD}"

    def test_the_rest_of_a_longer_run_goes_along(self) -> None:
        assert redact("nr 99994925000000000004, takk").text == f"nr {CARD}, takk"

    def test_language_of_the_marks(self) -> None:
        redaction = redact("4925 0000 0000 0004, 15507600333, CVC 123", language="en")
        assert (
            redaction.text == "[card number removed], [national identity number removed], CVC [security code removed]"
        )
        assert redaction.removed == {"card-number": 1, "identity-number": 1, "security-code": 1}
        assert "Removed: card number (1), identity" not in redaction.reason["nb"]
        assert redaction.reason["en"].startswith(
            "Removed: card number (1), national identity number (1), security code (1)."
        )

    def test_the_answer_never_holds_what_was_removed(self) -> None:
        redaction = redact("4925 0000 0000 0004 CVC 765")
        assert "4925" not in repr(redaction)
        assert "765" not in repr(redaction)

    def test_a_very_long_run_of_digits(self) -> None:
        assert "4925000000000004" not in redact("4925000000000004" * 200).text

    def test_bad_input_is_named(self) -> None:
        with pytest.raises(ValueError, match="language is one of nb, en, not 'no'"):
            redact("", language="no")
        with pytest.raises(TypeError, match="text is a text, not nan"):
            redact(math.nan)  # type: ignore[arg-type]
