"""The README's table of the course, made from the syllabus and the activities."""

from ccjobs_utils.activities.model import Call, Exercise, Quiz, Response
from ccjobs_utils.course.syllabus import Course

START, END = "<!-- contents: made by ccjobs build -->", "<!-- end of contents -->"


def contents_table(course: Course) -> str:
    """The modules with their minutes and what is practised and graded in each, as a Markdown table.

    Raises:
        InvalidFile: if a module's activities cannot be read.
    """
    titles = "| module | in Norwegian | minutes | questions | calls | exercises | written answers |"
    lines = [titles, "|---|---|--:|--:|--:|--:|--:|"]
    totals = [0, 0, 0, 0, 0]
    for module in course.modules:
        activities = course.activities(module.id).values()
        numbers = [
            module.minutes,
            sum(activity.asked for activity in activities if isinstance(activity, Quiz)),
            *(sum(isinstance(activity, kind) for activity in activities) for kind in (Call, Exercise, Response)),
        ]
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        named = f"{module.id[:2]} {module.title.en}", module.title.nb
        lines.append(f"| {' | '.join([*named, *map(str, numbers)])} |")
    hours = f"{totals[0] / 60:.1f} hours"
    lines.append(f"| **in all, about {hours}** | | {' | '.join(f'**{total}**' for total in totals)} |")
    return "\n".join(lines)


def with_contents(readme: str, course: Course) -> str:
    """The README with its table as it should be; as it is, if it has no place for one."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        return readme
    return f"{before}{START}\n\n{contents_table(course)}\n\n{END}{after}"
