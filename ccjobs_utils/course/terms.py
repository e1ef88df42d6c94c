"""Terms of the trade in a lesson: ``[…](term:service-level)`` becomes a link to the module's own word list."""

import re
from collections.abc import Iterable, Mapping

from ccjobs_utils.activities.glossary import OTHER, Term
from ccjobs_utils.activities.words import WORDS

_LINK = re.compile(r"\[([^\]\n]+)\]\(term:([^)\s]*)\)")


def terms_in(text: str) -> list[str]:
    """The ids of the terms that a text links, in order."""
    return [found[2] for found in _LINK.finditer(text)]


def with_links(text: str, language: str, glossary: Mapping[str, Term], heading: str = "") -> str:
    """The text with its terms linked to the word list, the meaning as what a pointer shows.

    Arguments:
        text: Markdown.
        language: ``nb`` or ``en``.
        glossary: every term by its id.
        heading: the heading above the word list, if it is not a module's own.

    Raises:
        ValueError: if it links a term that the glossary does not have.
    """

    def link(found: re.Match[str]) -> str:
        if found[2] not in glossary:
            raise ValueError(f"there is no term {found[2]} in glossary.yaml")
        meaning = glossary[found[2]].meaning.to(language).replace('"', "'")
        return f'[{found[1]}](#{anchor} "{meaning}")'

    # JupyterLab and nbconvert name a heading so.
    anchor = (heading or WORDS[language]["words-heading"]).replace(" ", "-")

    return _LINK.sub(link, text)


def word_list(ids: Iterable[str], language: str, glossary: Mapping[str, Term], heading: str = "") -> str:
    """A word list, such as the one at the end of a module, as Markdown, in the language's order.

    Arguments are those of `with_links`; `ids` are the terms in it.
    """
    terms = sorted((glossary[key] for key in dict.fromkeys(ids)), key=lambda one: one.term.to(language).casefold())
    rows = [(one.term.to(language), one.term.to(OTHER[language]), one.meaning.to(language)) for one in terms]
    titles = WORDS[language]["words-columns"].split("|")
    lines = [f"## {heading or WORDS[language]['words-heading']}", "", f"| {' | '.join(titles)} |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| **{name}** | {other} | {meaning} |" for name, other, meaning in rows)])
