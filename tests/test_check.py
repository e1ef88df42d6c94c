"""`ccjobs check`: the course passes, and each way of breaking it is named with file and line."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ccjobs_utils.activities.yaml_source import Problem
from ccjobs_utils.course.check import check_course, headings
from ccjobs_utils.course.project import Project
from ccjobs_utils.phrases import in_norwegian

MODULE = "02-call-handling"


def faults(project: Project) -> list[Problem]:
    return check_course(project, lambda _: None)


def test_the_course_is_in_order(project: Project) -> None:
    assert [str(fault) for fault in faults(project)] == []


def test_the_source_document_has_headings_and_lead_terms(project: Project) -> None:
    found = headings(project.course / "source-document.md")
    assert {"Innkommende oppgaver", "Besvare innkommende samtaler", "Konklusjon"} <= found.keys()


def edit(path: Path, pattern: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, new, text, count=count, flags=re.MULTILINE | re.DOTALL)
    assert changed != text, f"{pattern!r} is not in {path}"
    path.write_text(changed, encoding="utf-8")


def lesson(project: Project) -> Path:
    return project.course / MODULE / "lesson.md"


def activities(project: Project) -> Path:
    return project.course / MODULE / "activities.yaml"


def syllabus(project: Project) -> Path:
    return project.course / "syllabus.yaml"


def graded_choice(project: Project) -> str:
    """The text of the first graded single-choice question's options, as it stands in the file."""
    text = activities(project).read_text(encoding="utf-8")
    graded = text[text.index("\nmodule-quiz:") :]
    found = re.search(r"\n {4}[a-z0-9-]+:\n {6}type: choice\n.*?(?=\n {4}[a-z0-9-]+:\n)", graded, re.DOTALL)
    assert found
    return found[0]


def replace_in_graded_choice(project: Project, pattern: str, new: str, count: int = 0) -> None:
    block = graded_choice(project)
    path = activities(project)
    changed = re.sub(pattern, new, block, count=count)
    assert changed != block
    path.write_text(path.read_text(encoding="utf-8").replace(block, changed), encoding="utf-8")


def without_english(project: Project) -> None:
    edit(activities(project), r"^(  title: \{nb: [^\n]*?), en: [^\n]*\}", r"\1}")


def without_feedback(project: Project) -> None:
    edit(activities(project), r"\n          feedback:.*?(?=\n {0,10}[a-z])", "")


def without_right_option(project: Project) -> None:
    replace_in_graded_choice(project, r"\n +correct: true", "")


def with_only_right_options(project: Project) -> None:
    replace_in_graded_choice(project, r"\n +correct: true", "")
    replace_in_graded_choice(project, r"(\n +)(feedback:)", r"\1correct: true\1\2")


def with_an_id_twice(project: Project) -> None:
    path = activities(project)
    text = path.read_text(encoding="utf-8")
    first = re.search(r"^([a-z][a-z0-9-]*):\n.*?(?=^[a-z])", text, re.MULTILINE | re.DOTALL)
    assert first
    path.write_text(text + "\n" + first[0], encoding="utf-8")


def with_an_unknown_activity(project: Project) -> None:
    edit(lesson(project), r'activity\("module-quiz"\)', 'activity("no-such-quiz")')


def with_an_activity_shown_twice(project: Project) -> None:
    path = lesson(project)
    path.write_text(
        path.read_text(encoding="utf-8") + '\n```{code-cell}\nactivity("module-quiz")\n```\n', encoding="utf-8"
    )


def with_an_activity_never_shown(project: Project) -> None:
    edit(lesson(project), r'```\{code-cell\}\nactivity\("module-quiz"\)\n```\n', "")


def with_a_lost_twin(project: Project) -> None:
    edit(lesson(project), r'^\+\+\+ \{"lang": "en"\}\n.*?(?=^\+\+\+|^```\{code-cell)', "")


def with_an_untaught_heading(project: Project) -> None:
    path = project.course / "source-document.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n## En helt ny overskrift\n\nTekst.\n", encoding="utf-8")


def with_a_heading_dropped_from_the_syllabus(project: Project) -> None:
    edit(syllabus(project), r"^ +- Besvare innkommende samtaler\n", "")


def with_a_heading_that_does_not_exist(project: Project) -> None:
    edit(syllabus(project), r"- Besvare innkommende samtaler\n", "- Besvare samtaler om natten\n")


def with_points_in_the_lesson(project: Project) -> None:
    path = lesson(project)
    edit(path, r'^(\+\+\+ \{"lang": "en"\}\n\n?)(?=[A-Z#])', r"\1This quiz gives 12 points.\n\n")


def with_minutes_in_the_lesson(project: Project) -> None:
    edit(lesson(project), r"\{\{ module\.minutes \}\}", "100")


def with_an_unknown_value(project: Project) -> None:
    edit(lesson(project), r"\{\{ nordlys\.[a-z_.]+ \}\}", "{{ nordlys.no_such_value }}")


def with_a_module_that_is_missing(project: Project) -> None:
    (project.course / MODULE / "lesson.md").unlink()


def exam(project: Project) -> Path:
    return project.course / "11-capstone" / "activities.yaml"


def with_a_bank_that_is_too_small(project: Project) -> None:
    edit(exam(project), r"pick: \d+", "pick: 30")


def with_a_question_of_a_bank_that_is_worth_more(project: Project) -> None:
    edit(exam(project), r"\n( +)topic: ", r"\n\1points: 3\n\1topic: ")


def with_an_unknown_term(project: Project) -> None:
    edit(lesson(project), r"\(term:[a-z-]+\)", "(term:no-such-term)")


def with_a_term_linked_twice(project: Project) -> None:
    edit(lesson(project), r"(\[[^]]+\]\(term:[a-z-]+\))", r"\1 \1")


def with_a_term_linked_in_norwegian_only(project: Project) -> None:
    edit(lesson(project), r"\[script\]\(term:script\)", "script")


def with_a_term_that_no_lesson_links(project: Project) -> None:
    meaning = "meaning: {nb: Noe, en: Something}"
    path = project.course / "glossary.yaml"
    path.write_text(path.read_text("utf-8") + f"unused:\n  term: {{nb: x, en: y}}\n  {meaning}\n", encoding="utf-8")


def with_minutes_that_nobody_needs(project: Project) -> None:
    edit(syllabus(project), r"(id: 02-call-handling\n[^\n]*\n    minutes: )\d+", r"\g<1>200")


def without_a_card(project: Project) -> None:
    edit(lesson(project), "## Lappen ved telefonen", "## Lappen")


def without_an_english_card(project: Project) -> None:
    edit(lesson(project), "## The card by the phone", "## The card by the telephone")


def with_a_module_named_as_an_attempt(project: Project) -> None:
    edit(syllabus(project), "- id: 10-career", "- id: 11-capstone-2")


def with_a_paragraph_of_another_module(project: Project) -> None:
    paragraph = "Denne teksten står her og der, ord for ord, og den er lang nok til at noen legger merke til det."
    for name in (MODULE, "06-complaints"):
        edit(project.course / name / "lesson.md", r'(\+\+\+ \{"lang": "nb"\}\n\n# .*\n)', rf"\1\n{paragraph}\n")


def with_a_broken_yaml_file(project: Project) -> None:
    edit(activities(project), r"\n  kind: quiz\n", "\n  kind: [quiz\n")


def with_answers_in_source(project: Project) -> None:
    (project.source("nb") / MODULE / "answers.json").write_text("{}", encoding="utf-8")


def with_a_key_in_the_handout(project: Project) -> None:
    path = project.release("en") / MODULE / "activities.json"
    handout = json.loads(path.read_text(encoding="utf-8"))
    quiz = handout["activities"]["module-quiz"]["questions"]
    question = next(question for question in quiz.values() if question["type"] == "choice")
    next(iter(question["options"].values()))["correct"] = True
    path.write_text(json.dumps(handout), encoding="utf-8")


def with_the_key_file_released(project: Project) -> None:
    target = project.release("nb") / MODULE / "notes.txt"
    target.write_text(activities(project).read_text(encoding="utf-8"), encoding="utf-8")


def with_a_solution_released(project: Project) -> None:
    source, released = (stage / MODULE / f"{MODULE}.ipynb" for stage in (project.source("nb"), project.release("nb")))
    released.write_bytes(source.read_bytes())


def with_a_fact_without_a_date(project: Project) -> None:
    edit(project.course / "facts.yaml", r"checked: \d{4}-\d{2}-\d{2}", "checked: recently")


def without_design_note(project: Project) -> None:
    (project.course / MODULE / "design.md").unlink()


@pytest.mark.parametrize(
    ("sabotage", "file", "said"),
    [
        (without_english, "activities.yaml", "missing required field `en`"),
        (without_feedback, "activities.yaml", "feedback is missing"),
        (without_right_option, "activities.yaml", "no option is right"),
        (with_only_right_options, "activities.yaml", "every option is right"),
        (with_an_id_twice, "activities.yaml", "stands twice"),
        (with_an_unknown_activity, "lesson.md", "there is no activity no-such-quiz"),
        (with_an_activity_shown_twice, "lesson.md", "module-quiz is shown already"),
        (with_an_activity_never_shown, "activities.yaml", "no cell of lesson.md shows"),
        (with_a_lost_twin, "lesson.md", "no English twin"),
        (with_an_untaught_heading, "source-document.md", "'En helt ny overskrift' is neither taught"),
        (with_a_heading_dropped_from_the_syllabus, "source-document.md", "'Besvare innkommende samtaler' is neither"),
        (with_a_heading_that_does_not_exist, "syllabus.yaml", "'Besvare samtaler om natten' is no heading"),
        (with_points_in_the_lesson, "lesson.md", "'12 points'"),
        (with_minutes_in_the_lesson, "lesson.md", "minutes stand in syllabus.yaml"),
        (with_an_unknown_value, "lesson.md", "no_such_value"),
        (with_a_module_that_is_missing, "lesson.md", "missing"),
        (with_a_bank_that_is_too_small, "activities.yaml", "holds at least 90 questions"),
        (with_a_question_of_a_bank_that_is_worth_more, "activities.yaml", "all worth the same"),
        (with_an_unknown_term, "lesson.md", "there is no term no-such-term"),
        (with_a_term_linked_twice, "lesson.md", "is linked already"),
        (with_a_term_linked_in_norwegian_only, "lesson.md", "script is linked in one language only"),
        (with_a_term_that_no_lesson_links, "glossary.yaml", "unused: no lesson links this term"),
        (with_minutes_that_nobody_needs, "syllabus.yaml", "02-call-handling: 200 minutes, but measured are"),
        (without_a_card, "lesson.md", "Lappen ved telefonen"),
        (without_an_english_card, "lesson.md", "The card by the phone"),
        (with_a_module_named_as_an_attempt, "syllabus.yaml", "is also the id of an attempt"),
        (with_a_paragraph_of_another_module, "lesson.md", "a paragraph of 02-call-handling stands here too"),
        (with_a_broken_yaml_file, "activities.yaml", "not valid YAML"),
        (with_answers_in_source, "answers.json", "answers never lie here"),
        (with_a_key_in_the_handout, "activities.json", "contains the key of module-quiz"),
        (with_the_key_file_released, "notes.txt", "contains the key of"),
        (with_a_solution_released, f"{MODULE}.ipynb", "contains the key of"),
        (with_a_fact_without_a_date, "facts.yaml", "YYYY-MM-DD"),
        (without_design_note, "design.md", "missing"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_broken_course_is_named(
    copy_of_project: Callable[..., Project], sabotage: Callable[[Project], None], file: str, said: str
) -> None:
    broken = copy_of_project()
    sabotage(broken)
    found = faults(broken)
    named = [fault for fault in found if fault.path.name == file and said in fault.message and fault.line >= 1]
    assert named, "\n".join(map(str, found))
    assert in_norwegian(named[0].message) != named[0].message
