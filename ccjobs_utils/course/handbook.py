"""The trainee's handbook: the card by the phone of every module and the glossary, as one page to print."""

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter, WebPDFExporter
from nbformat.notebooknode import NotebookNode

from ccjobs_utils.activities.model import Text
from ccjobs_utils.activities.words import WORDS
from ccjobs_utils.course.lesson import Lesson, Prose
from ccjobs_utils.course.syllabus import Course
from ccjobs_utils.course.terms import with_links, word_list

CARD = Text(nb="Lappen ved telefonen", en="The card by the phone")
"""The heading of a module's job aid."""
_TEMPLATE = {"template_name": "handbook_template", "extra_template_basedirs": [str(Path(__file__).parent)]}


class NoBrowser(RuntimeError):
    """There is no chromium, or nothing to drive it; the message says what to install."""


class _PagesOfA4(WebPDFExporter):  # type: ignore[misc]  # nbconvert is untyped
    """nbconvert's PDF exporter, with the browser that the system has and the paper that the page asks for."""

    def run_playwright(self, html: str) -> bytes:
        """Print a page."""
        browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if browser is None:
            raise NoBrowser("chromium")
        # In a thread of its own, since playwright does not start where an event loop is running.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_print, html, browser, sandbox=not self.disable_sandbox).result()


def _print(html: str, browser: str, *, sandbox: bool) -> bytes:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise NoBrowser("playwright") from error
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=browser, chromium_sandbox=sandbox)
        except Error as error:
            raise NoBrowser(f"a chromium that starts ({error.message.splitlines()[0]})") from error
        page = started.new_page()
        page.set_content(html)
        printed = page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
        started.close()
    return bytes(printed)


def card(course: Course, module_id: str, language: str) -> str | None:
    """A module's job aid, its values filled in; None if it has none.

    Raises:
        InvalidFile: if the lesson cannot be read.
    """
    found = cards_in(course.lesson(module_id), language)
    return course.filler(module_id).text(found[0], language) if found else None


def cards_in(lesson: Lesson, language: str) -> list[str]:
    """What stands below the heading of a job aid, in one language, as it is written."""
    below = re.compile(rf"^## {re.escape(CARD.to(language))}\s*\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    prose = (piece.text[language] for piece in lesson if isinstance(piece, Prose))
    return [found[1].strip() for text in prose for found in below.finditer(text)]


def handbook(course: Course, language: str) -> NotebookNode:
    """The handbook of one edition, as a notebook without code.

    Raises:
        InvalidFile: if a lesson or the glossary cannot be read.
    """
    words = WORDS[language]
    title = f"{course.syllabus.title.to(language)}: {words['handbook']}"
    intro = f"# {title}\n\n{words['handbook-intro']}"
    cells = [nbformat.v4.new_markdown_cell(intro, id="title"), *_cards(course, language)]
    everything = word_list(course.glossary, language, course.glossary, words["glossary"])
    listed = nbformat.v4.new_markdown_cell(everything, id="glossary")
    listed.metadata["class"] = "card"
    metadata = {"title": title, "ccjobs": {"edition": language}}
    return nbformat.v4.new_notebook(cells=[*cells, listed], metadata=metadata)


def _cards(course: Course, language: str) -> Iterator[NotebookNode]:
    for module in course.modules:
        if (text := card(course, module.id, language)) is None:
            continue
        linked = with_links(text, language, course.glossary, WORDS[language]["glossary"])
        cell = nbformat.v4.new_markdown_cell(f"## {module.title.to(language)}\n\n{linked}", id=module.id)
        cell.metadata["class"] = "card"
        yield cell


def as_html(notebook: NotebookNode) -> str:
    """The handbook as one file that opens and prints without anything else."""
    return str(HTMLExporter(**_TEMPLATE).from_notebook_node(notebook)[0])


def as_pdf(notebook: NotebookNode, *, sandbox: bool = True) -> bytes:
    """The handbook as pages of A4.

    Arguments:
        notebook: what `handbook` made.
        sandbox: whether the browser runs in its own sandbox, which root cannot use.

    Raises:
        NoBrowser: if there is no chromium, or playwright is not installed.
    """
    return bytes(_PagesOfA4(**_TEMPLATE, disable_sandbox=not sandbox).from_notebook_node(notebook)[0])
