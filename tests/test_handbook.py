"""The handbook: every card and the glossary, on pages that can be printed."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ccjobs_utils.course import handbook as handbook_module
from ccjobs_utils.course.handbook import NoBrowser, as_html, as_pdf, card, handbook
from ccjobs_utils.course.project import Project
from ccjobs_utils.course.syllabus import Course


@pytest.mark.parametrize("edition", ["nb", "en"])
def test_every_card_and_every_term_is_in_it(edition: str, project: Project) -> None:
    course = Course(project.course)
    html = as_html(handbook(course, edition))
    text = re.sub(r"<[^>]+>", "", html)
    for module in course.modules:
        if module.teaches:
            assert card(course, module.id, edition)
            assert module.title.to(edition) in text
    for term in course.glossary.values():
        assert f"<strong>{term.term.to(edition)}</strong>" in html
    assert "{{" not in html
    assert f'<html lang="{edition}">' in html


def test_it_opens_without_a_network(project: Project) -> None:
    html = as_html(handbook(Course(project.course), "nb"))
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)
    assert "<script" not in html


def test_its_links_lead_to_its_own_glossary(project: Project) -> None:
    html = as_html(handbook(Course(project.course), "en"))
    targets = set(re.findall(r'href="#([^"]+)"', html))
    ids = set(re.findall(r'id="([^"]+)"', html))
    assert targets <= ids
    assert "Glossary" in targets


def test_it_prints_on_a4(project: Project) -> None:
    printed = as_pdf(handbook(Course(project.course), "nb"), sandbox=False)
    assert printed.startswith(b"%PDF-")
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    # A card to a page, the capstone has none, and the glossary takes the rest.
    pages, cards = len(re.findall(rb"/Type /Page\b", printed)), len(Course(project.course).modules) - 1
    assert cards < pages <= cards + 5


def test_it_prints_where_an_event_loop_runs(project: Project) -> None:
    """As in a notebook's kernel."""

    async def printed() -> bytes:
        return as_pdf(handbook(Course(project.course), "en"), sandbox=False)

    # In a thread: beside another test's browser, a loop of its own runs here already.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(printed())).result().startswith(b"%PDF-")


def test_a_browser_that_does_not_start_is_said(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(handbook_module.shutil, "which", lambda _: str(broken))
    with pytest.raises(NoBrowser, match="a chromium that starts"):
        as_pdf(handbook(Course(project.course), "nb"))


def test_without_a_browser_it_says_what_is_missing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handbook_module.shutil, "which", lambda _: None)
    with pytest.raises(NoBrowser, match="chromium"):
        as_pdf(handbook(Course(project.course), "nb"))
