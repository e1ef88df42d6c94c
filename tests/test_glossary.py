"""The glossary: looked up, linked from lessons, and listed at the end of a module."""

import json
from pathlib import Path

import pytest

from ccjobs_utils.activities.glossary import NoSuchTerm, Term, find, glossary, term
from ccjobs_utils.activities.model import Text
from ccjobs_utils.course.build import build_notebook
from ccjobs_utils.course.project import Project
from ccjobs_utils.course.syllabus import Course
from ccjobs_utils.course.terms import terms_in, with_links, word_list

TERMS = {
    "handle-time": Term(
        term=Text(nb="behandlingstid", en="handle time"),
        meaning=Text(nb="Tiden en samtale tar, med «etterarbeid».", en='The time a call takes, with "wrap-up".'),
        also=["AHT"],
    ),
    "abandonment": Term(
        term=Text(nb="avbrudd", en="abandonment"), meaning=Text(nb="Kunden la på.", en="They hung up.")
    ),
}


@pytest.mark.parametrize("word", ["AHT", "aht", "  handle   time ", "handle-time"])
def test_a_term_is_found_by_every_name(word: str) -> None:
    assert find(word, "nb") is glossary()["handle-time"]


def test_every_term_is_found_by_its_own_names() -> None:
    """Two terms with one name would hide each other."""
    for one in glossary().values():
        for name in one.names():
            assert find(name, "en") is one


def test_what_is_not_there_names_what_is_like_it() -> None:
    with pytest.raises(NoSuchTerm, match=r"Ordlista har ikke «servicenivo». Det ligner på: .*servicenivå"):
        find("servicenivo", "nb")
    with pytest.raises(NoSuchTerm, match="does not have “transfer”.*warm transfer"):
        find("transfer", "en")
    with pytest.raises(NoSuchTerm, match="–"):
        find("", "en")


@pytest.mark.parametrize("edition", ["nb", "en"])
def test_a_notebook_is_told_in_its_own_language(edition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handout = {"module": "x", "edition": edition, "activities": {}}
    (tmp_path / "activities.json").write_text(json.dumps(handout), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = term("AHT").data
    one = glossary()["handle-time"]
    assert one.meaning.to(edition) in told
    assert one.term.nb.lower() in told.lower()
    assert one.term.en.lower() in told.lower()


def test_a_link_leads_to_the_word_list_and_shows_the_meaning() -> None:
    text = "Hva er [behandlingstiden](term:handle-time)? Se [siden](https://example.no)."
    linked = with_links(text, "en", TERMS)
    assert "[behandlingstiden](#Words-in-this-module \"The time a call takes, with 'wrap-up'.\")" in linked
    assert "[siden](https://example.no)" in linked
    assert terms_in(text) == ["handle-time"]


def test_a_term_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no term handel-time"):
        with_links("[x](term:handel-time)", "nb", TERMS)


def test_the_word_list_has_each_term_once_in_the_languages_order() -> None:
    listed = word_list(["handle-time", "abandonment", "handle-time"], "nb", TERMS)
    assert listed.splitlines()[0] == "## Ord i denne modulen"
    assert listed.splitlines()[-2:] == [
        "| **avbrudd** | abandonment | Kunden la på. |",
        "| **behandlingstid** | handle time | Tiden en samtale tar, med «etterarbeid». |",
    ]


def test_every_link_of_every_module_leads_somewhere(project: Project) -> None:
    course = Course(project.course)
    for module in course.modules:
        for edition in ("nb", "en"):
            *cells, last = build_notebook(course, module.id, edition).cells
            text = "\n".join(cell.source for cell in cells)
            assert "(term:" not in text
            heading = last.source.splitlines()[0].removeprefix("## ")
            assert text.count(f"(#{heading.replace(' ', '-')} ") == last.source.count("\n| **")
