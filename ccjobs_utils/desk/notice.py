"""Whether a spoken notice says that the call is recorded, why, and where to read more.

It goes by the word lists below and understands nothing.
"""

import re
import unicodedata

_IN_FULL = {"’": "'", "n't": " not", "'re": " are", "'m": " am", "'s": " is", "'ll": " will"}
# A clause ends where another thing is said of the call: in "tas opp, og kan bli brukt" the "kan" is not of recording.
_CLAUSE_END = re.compile(r"[,;:–—()]|\b(?:og|and|for å|slik at|så|fordi|so|because)\b")
_RECORDED = re.compile(
    r"\btas(?: \w+){0,3}? opp\b|\btar(?: \w+){0,4}? opp\b"
    r"|\b(?:blir|vil(?: \w+){0,3}? bli)(?: \w+){0,3}? (?:tatt opp|spilt inn|innspilt|lydlogget)\b"
    r"|\bspilles(?: \w+){0,3}? inn\b|\blydlogges\b|\b(?:gjør|gjøres|gjort)(?: \w+){0,3}? (?:lyd)?opptak\b"
    r"|\bopptaket?(?: \w+)? (?:starter|pågår|er i gang|er startet)\b"
    r"|\b(?:is|are|being|will be|gets)(?: \w+){0,2}? (?:recorded|taped)\b"
    r"|\b(?:we|i)(?: \w+){0,2}? record(?:ing)?\b|\brecorded line\b"
)
# "Vi tar opp saken din" is no recording.
_WHAT_IS_RECORDED = re.compile(r"samtale|anrop|telefon|lyd|opptak|\bsies\b|\bsier\b|record|tape")
_NOT_SURE = re.compile(
    r"\b(?:kan|kunne|kanskje|muligens|noen|enkelte|utvalgte|tilfeldige|flere|mange|iblant|vanligvis|normalt|ofte|hender"
    r"|som regel|ikke|aldri|may|might|can|could|possibly|perhaps|sometimes|occasionally|some|selected|certain|most|many"
    r"|random|usually|normally|often|from time to time|not|never)\b"
)
_ABOUT_RECORDING = re.compile(r"opptak|\bopp\b|spilles|spilt|lydlogg|record|\btaped?\b")
_REFERS_BACK = re.compile(
    r"(?:det|dette|vi gjør|grunnen|formålet|hensikten|this|that|it|we do|we use|the reason|the purpose)\b"
)
_WHY = re.compile(
    r"\bfor å (?!(?:få )?(?:lese|vite|høre|finne|snakke)\b)|\bfordi\b|\bslik at\b|\bså (?:at )?(?:vi|du)\b"
    r"|\bav hensyn til\b|\bpå grunn av\b|\bmed tanke på\b|formål|\bhensikten\b|\bgrunnen\b"
    r"|\b(?:til|for|som|i) (?:\w+ ){0,2}?(?:opplæring|dokumentasjon|kvalitet|bevis|sikkerhet)"
    r"|\bbrukes?(?: \w+){0,3}? (?:til|i)\b"
    r"|\b(?:for|as) (?:\w+ ){0,3}?(?:training|quality|security|documentation|purposes?|monitoring|evidence|proof)\b"
    r"|\bso (?:that )?(?:we|you|our)\b|\bbecause\b|\bpurpose\b|\breason\b|\bhelps? us\b"
    r"|\bused?(?: \w+){0,3}? (?:to|for|in)\b"
    r"|\bto (?:improve|train|teach|coach|check|document|ensure|develop|monitor|help|make|keep|prevent|protect|resolve"
    r"|settle|prove|learn from|be able)\b"
)
_PLACE = re.compile(
    r"\b[\w-]+\.(?:no|com|org|eu|net)\b|\bpunktum no\b|\bdot (?:no|com)\b|nettsid|nettsted|hjemmesid"
    r"|personvernerklæring|\bmin side\b|\bvilkår|\bappen\b|\bweb ?site\b|\bsite\b|\bonline\b"
    r"|\bprivacy (?:policy|notice|statement|page)\b|\bmy page\b|\bterms\b|\blenke|\blink\b"
)
_READ_MORE = re.compile(
    r"\b(?:les|lese|vite|se|finn|finne|finner|står|ligger)\b.*"
    r"\b(?:mer|om|hvordan|personvern\w*|informasjon\w*|alt|opptak\w*)\b"
    r"|\bmer (?:om|informasjon|står|finner|ligger)\b|personvernerklæring"
    r"|\b(?:read|find|see|learn|visit|set out|explained|look)\b.*"
    r"\b(?:more|about|how|privacy|information|details|recordings?)\b"
    r"|\bmore (?:about|information|details|is|on)\b|\bhas the details\b|\bprivacy (?:policy|notice|statement)\b"
)


def missing_parts(text: str) -> tuple[str, ...]:
    """What a spoken recording notice, in Norwegian or English, does not say.

    - ``recorded``: that the call *is* recorded. "Kan bli tatt opp", "some calls", "usually" and a question are not
      enough.
    - ``why``: a purpose, in a sentence about the recording or in one that refers back to it.
    - ``more``: a place (a web page, a privacy statement), in a sentence about reading.

    Arguments:
        text: the words of the notice.

    Returns:
        Those of the three that are missing, in this order.
    """
    sentences = _sentences(text)
    said = {
        "recorded": any(_says_recorded(sentence) for sentence in sentences),
        "why": any(_says_why(sentence) for sentence in sentences),
        "more": any(_PLACE.search(sentence) and _READ_MORE.search(sentence) for sentence in sentences),
    }
    return tuple(part for part, is_said in said.items() if not is_said)


def _sentences(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for short, full in _IN_FULL.items():
        plain = plain.replace(short, full)
    plain = plain.replace("av og til", "iblant")  # its "og" would end a clause
    # The full stop in an address such as nordlys.no has no space after it.
    return [" ".join(sentence.split()) for sentence in re.split(r"(?<=[.!?])\s+|\n+", plain)]


def _says_recorded(sentence: str) -> bool:
    if sentence.endswith("?"):
        return False
    return any(
        _RECORDED.search(clause) and _WHAT_IS_RECORDED.search(clause) and not _NOT_SURE.search(clause)
        for clause in _CLAUSE_END.split(sentence)
    )


def _says_why(sentence: str) -> bool:
    about = _ABOUT_RECORDING.search(sentence) or _REFERS_BACK.match(sentence)
    return bool(about and _WHY.search(sentence))
