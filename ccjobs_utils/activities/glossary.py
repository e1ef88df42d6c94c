"""The trade's terms in both languages: ``term("AHT")`` tells what one means."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from ccjobs_utils.activities.model import Text
from ccjobs_utils.activities.notebook import edition_here
from ccjobs_utils.activities.words import WORDS
from ccjobs_utils.desk.facts import course_file

if TYPE_CHECKING:
    from IPython.display import Markdown

GLOSSARY = "glossary.yaml"
OTHER = {"nb": "en", "en": "nb"}


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    """One term of the trade.

    Attributes:
        term: what it is called, as it stands in the middle of a sentence.
        meaning: what it means, in a sentence or two.
        also: other names that people look it up by: abbreviations, synonyms.
    """

    term: Text
    meaning: Text
    also: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """Everything that it can be looked up by."""
        return [self.term.nb, self.term.en, *self.also]


class NoSuchTerm(KeyError):
    """A word that the glossary does not have; the message names those that are like it."""

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the message, and no trace of code."""
        return [str(self)]


@cache
def glossary() -> dict[str, Term]:
    """Every term, by its id."""
    return msgspec.yaml.decode(course_file(GLOSSARY).read_bytes(), type=dict[str, Term])


def find(word: str, language: str) -> Term:
    """The term of that name, in any language, abbreviated or not; letter case does not count.

    Arguments:
        word: what to look up.
        language: ``nb`` or ``en``, for the message.

    Raises:
        NoSuchTerm: naming terms that are like it.
    """
    names = {name.casefold(): one for key, one in glossary().items() for name in (key, *one.names())}
    sought = " ".join(word.split()).casefold()
    if sought in names:
        return names[sought]
    inside = [name for name in names if sought and sought in name]
    like = inside or get_close_matches(sought, names, n=5, cutoff=0.6)
    shown = ", ".join(dict.fromkeys(names[name].term.to(language) for name in like)) or "–"
    raise NoSuchTerm(WORDS[language]["no-term"].format(word=word, like=shown))


def term(word: str) -> "Markdown":
    """Show what a term of the trade means, and what it is called in the other language.

    Arguments:
        word: the term, in Norwegian or English, or its abbreviation.

    Raises:
        NoSuchTerm: naming terms that are like it.
    """
    from IPython.display import Markdown

    language = edition_here(Path.cwd())
    found = find(word, language)
    name = found.term.to(language)
    other = found.term.to(OTHER[language])
    return Markdown(f"**{name[0].upper()}{name[1:]}** (*{other}*): {found.meaning.to(language)}")
