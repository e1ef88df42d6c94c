"""The review of a graded activity, as HTML for the feedback page and for the trainer in formgrader.

Everything that a trainee wrote is escaped. The page carries its own few styles and no script.
"""

from collections.abc import Mapping
from typing import Any

import jinja2
import msgspec
from markdown_it import MarkdownIt
from markupsafe import Markup

from ccjobs_utils.activities.debrief import debrief
from ccjobs_utils.activities.model import Activity, Call, Exercise, Quiz, Response
from ccjobs_utils.activities.review import review
from ccjobs_utils.activities.score import PATH, RETURNED, TEXT, MalformedAnswer, Score, is_blank, played
from ccjobs_utils.activities.simulated_call import script_of
from ccjobs_utils.activities.way import FATAL_MARK
from ccjobs_utils.activities.words import WORDS

_markdown = MarkdownIt("zero", {"html": False}).enable(["emphasis", "backticks", "paragraph", "blockquote", "list"])

_WORDS = {
    "nb": {
        "right": "Riktig",
        "partly": "Delvis riktig",
        "wrong": "Ikke riktig",
        "blank": "Ikke besvart",
        "invalid": "Svaret kunne ikke leses",
        "to-mark": "Vurderes av kursholder",
        "points": "poeng",
        "you": "Du svarte",
        "answer": "Riktig svar",
        "what": "Hva det gjelder",
        "why": "Hvorfor",
        "case": "Tilfelle",
        "expected": "Forventet",
        "returned": "Koden din ga",
        "yours": "Ditt svar",
        "rubric": "Slik vurderes det",
        "model": "Slik kan et godt svar se ut",
        "nothing": "–",
        "bonus": "Ekstrapoeng",
        "hidden": "prøves ved vurderingen",
    },
    "en": {
        "right": "Right",
        "partly": "Partly right",
        "wrong": "Not right",
        "blank": "Not answered",
        "invalid": "The answer could not be read",
        "to-mark": "Marked by your trainer",
        "points": "points",
        "you": "You answered",
        "answer": "Right answer",
        "what": "What it is about",
        "why": "Why",
        "case": "Case",
        "expected": "Expected",
        "returned": "Your code gave",
        "yours": "Your answer",
        "rubric": "How it is marked",
        "model": "What a good answer can look like",
        "nothing": "–",
        "bonus": "Extra credit",
        "hidden": "tried when graded",
    },
}

_STYLE = """
.ccjobs-review{font:15px/1.5 system-ui,sans-serif;color:#1f2933;max-width:60em}
.ccjobs-review h3{font-size:1.25em;margin:.4em 0}.ccjobs-review h4{font-size:1.05em;margin:1.2em 0 .3em}
.ccjobs-review table{border-collapse:collapse;width:100%;margin:.4em 0}
.ccjobs-review th,.ccjobs-review td{border:1px solid #c3cad2;padding:.35em .6em;text-align:left;vertical-align:top;
white-space:normal}
.ccjobs-review th{background:#eef2f6}.ccjobs-review .tag{font-weight:600}
.ccjobs-review .right{color:#0b6b3a}.ccjobs-review .partly{color:#8a5200}.ccjobs-review .wrong,
.ccjobs-review .blank,.ccjobs-review .invalid{color:#a3212b}
.ccjobs-review .written{white-space:pre-wrap;overflow-wrap:anywhere;border-left:4px solid #5b7083;padding:.2em .8em}
.ccjobs-review .case{border-left:4px solid #c3cad2;padding:.1em .8em;color:#3b4752}
"""

_PAGE = """\
<style>{{ style }}</style>
<section class="ccjobs-review" lang="{{ language }}"\
{% if call and call.debrief and call.debrief.fatal %} {{ fatal_mark }}{% endif %}>
<h3>{{ title }} · {% if written is none %}{{ points }} / {% endif %}{{ max_points }} {{ w.points }}
{%- if bonus %} ({{ w.bonus }}){% endif %}</h3>
{% for q in questions %}
<h4>{{ loop.index }}. <span class="tag {{ q.score.state }}">{{ mark[q.score.state] }} {{ w[q.score.state] }}</span>
 · {{ number(q.score.points) }} / {{ number(q.score.max_points) }} {{ w.points }}</h4>
{% if q.case %}<div class="case">{{ q.case }}</div>{% endif %}
<div>{{ q.text }}</div>
{% if q.lines %}<table><tr><th>{{ w.what }}</th><th>{{ w.you }}</th><th>{{ w.answer }}</th><th>{{ w.why }}</th></tr>
{% for line in q.lines %}<tr><td>{{ inline(line.label) }}</td>
<td>{% if line.given %}<span class="{{ 'right' if line.ok else 'wrong' }}">{{ line.given }}\
{{ ' ✓' if line.ok and line.given != '✓' else '' }}{{ ' ✗' if not line.ok else '' }}</span>\
{% else %}{{ w.nothing }}{% endif %}</td><td>{{ line.right or w.nothing }}</td><td>{{ inline(line.feedback) }}</td></tr>
{% endfor %}</table>{% endif %}
{% if q.feedback %}<div>{{ q.feedback }}</div>{% endif %}
{% endfor %}
{% if cases %}<table><tr><th>{{ w.case }}</th><th>{{ w.expected }}</th><th>{{ w.returned }}</th><th></th></tr>
{% for case in cases %}<tr><td>{{ case.name }}{% if case.hidden %} ({{ w.hidden }}){% endif %}</td>
<td><code>{{ case.expected }}</code></td><td><code>{{ case.returned }}</code></td>
<td class="{{ case.state }}">{{ mark[case.state] }} {{ w[case.state] }}</td></tr>{% endfor %}</table>{% endif %}
{% if written is not none %}<h4>{{ w.yours }}</h4>
<div class="written">{{ written or w.blank }}</div>
<h4>{{ w.rubric }}</h4><table><tr><th></th>{% for n in range(5) %}<th>{{ n }}</th>{% endfor %}</tr>
{% for criterion in rubric %}<tr><th>{{ criterion.title }}</th>{% for level in criterion.levels %}\
<td>{{ level }}</td>{% endfor %}</tr>{% endfor %}</table>
<h4>{{ w.model }}</h4><div>{{ model_answer }}</div>{% endif %}
{% if call %}{% with d = call.debrief %}{% if not d %}\
<p><span class="tag {{ call.state }}">{{ mark[call.state] }} {{ w[call.state] }}</span></p>
{% else %}<h4>{{ v.debrief }}: {{ percent(d.total) }}</h4>
{% for error in d.fatal %}<p class="wrong tag">{{ v.fatal }}: {{ error }}</p>{% endfor %}
{% if d.ending %}<p class="case">{% if d.last_words %}{{ v.caller }}: {{ d.last_words }}<br>{% endif %}\
{{ v["what-came"] }} {{ d.ending }}</p>{% endif %}
<table><tr><th>{{ v.criterion }}</th><th>{{ v.weight }}</th><th>{{ v["you-got"] }}</th></tr>
{% for row in d.form %}<tr><td>{{ row.title }}</td><td>{{ row.weight }} %</td><td>{{ percent(row.share) }}</td></tr>
{% endfor %}</table>
<p>{{ v["compliance-alone"].replace("{share}", percent(d.compliance)) }}</p>
<table><tr><th>{{ v.metric }}</th><th>{{ v.yours }}</th><th>{{ v.best }}</th></tr>
{% for row in d.metrics %}<tr><td>{{ row.title }}</td><td>{{ row.yours }}</td><td>{{ row.best }}</td></tr>{% endfor %}
</table><p>{{ d.tension }}</p>
<h4>{{ v["line-by-line"] }}</h4><ol>
{% for turn in d.turns %}<li>{% if turn.caller %}<p>{{ v.caller }}: {{ turn.caller }}</p>{% endif %}
<p>{{ v.you }}: <b>{{ turn.said }}</b></p>
<p><span class="tag {{ 'right' if turn.ok else 'wrong' }}">{{ '✓ ' ~ v["good-line"] if turn.ok \
else '✗ ' ~ v["could-be-better"] }}</span>{% for got in turn.earned %} · {{ got }}{% endfor %}\
{% if turn.change %} · {{ v.mood }} {{ '+' if turn.change > 0 else '−' }}{{ turn.change | abs }}{% endif %}</p>
{% if turn.fatal %}<p class="wrong tag">{{ v.fatal }}: {{ turn.fatal }}</p>{% endif %}
{% for rule in turn.broken %}<p class="wrong tag">{{ rule }}</p>{% endfor %}<p>{{ turn.why }}</p>
{% if turn.better %}<p class="case">{{ v.better }}: <b>{{ turn.better }}</b><br>{{ turn.better_why }}</p>{% endif %}
</li>{% endfor %}</ol>
<h4>{{ v["the-note"] }}</h4><ul>{% for line in d.notes %}<li>
<span class="tag {{ 'right' if line.written == line.needed else 'wrong' }}">{{ '✓' if line.written == line.needed \
else '✗' }}</span> {{ line.text }} <br>{{ v.belongs if line.needed else v["belongs-not"] }}. {{ line.why }}</li>
{% endfor %}</ul>{% endif %}{% endwith %}{% endif %}
{% if feedback %}<div>{{ feedback }}</div>{% endif %}
</section>"""

MAX_SHOWN = 300
"""Characters of a returned value that are shown."""

_MARK = {"right": "✓", "partly": "◐", "wrong": "✗", "blank": "–", "invalid": "!", "to-mark": "✎"}

_template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(_PAGE)


def feedback_html(activity: Activity, given: Mapping[str, Any], scored: Score, language: str) -> str:
    """Each answer of one activity, the right one, and why.

    Arguments:
        activity: with its key.
        given: item id → answer, as it was scored.
        scored: what `score` made of it.
        language: ``nb`` or ``en``.

    Returns:
        a fragment of HTML.
    """
    values: dict[str, Any] = {
        "style": Markup(_STYLE),  # noqa: S704 - our own
        "language": language,
        "w": _WORDS[language],
        "mark": _MARK,
        "title": activity.title.to(language),
        "points": _number(scored.points, language),
        "max_points": _number(scored.max_points, language),
        "number": lambda number: _number(number, language),
        "inline": _inline,
        "bonus": False,
        "questions": [],
        "cases": [],
        "written": None,
        "call": None,
        "v": WORDS[language],
        "percent": _percent,
        "fatal_mark": Markup(FATAL_MARK),  # noqa: S704 - our own
        "feedback": "",
    }
    match activity:
        case Quiz():
            values["questions"] = [
                _question(question, given.get(key), language) for key, question in activity.questions.items()
            ]
        case Exercise():
            values |= {"bonus": activity.bonus, "cases": _cases(activity, given.get(RETURNED), scored, language)}
            values["feedback"] = _block(activity.feedback.to(language)) if activity.feedback else ""
        case Response():
            text = given.get(TEXT)
            values["written"] = text if isinstance(text, str) and scored.items[TEXT].state != "invalid" else ""
            values["rubric"] = [
                {
                    "title": criterion.title.to(language),
                    "levels": [level.to(language) for level in criterion.levels or []],
                }
                for criterion in activity.rubric.values()
            ]
            values["model_answer"] = _block(activity.model_answer.to(language)) if activity.model_answer else ""
        case Call():
            values["call"] = _call(activity, given, language)
    return _template.render(values)


def _question(question: Any, value: Any, language: str) -> dict[str, Any]:
    judged = review(question, value, language, reveal=True)
    return {
        "score": judged.score,
        "lines": judged.lines,
        "text": _block(question.text.to(language)),
        "case": _block(question.case.to(language)) if question.case else "",
        "feedback": _block(judged.feedback) if judged.feedback else "",
    }


def _call(call: Call, given: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A call's debrief as far as it was played; none if it cannot be followed."""
    if is_blank(given.get(PATH)):
        return {"state": "blank", "debrief": None}
    try:
        steps, note = played(script_of(call), given)
    except MalformedAnswer:
        return {"state": "invalid", "debrief": None}
    return {"state": "", "debrief": debrief(call, steps, note, language)}


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _cases(exercise: Exercise, returned: Any, scored: Score, language: str) -> list[dict[str, Any]]:
    returned = returned if isinstance(returned, dict) else {}
    rows = []
    for case_id, case in exercise.cases.items():
        result = returned.get(case_id)
        result = result if isinstance(result, dict) else {}
        rows.append(
            {
                "name": case.note.to(language) if case.note else case_id,
                "hidden": not case.visible,
                "expected": _data(case.expect),
                "returned": str(result.get("error", ""))[:MAX_SHOWN] or _data(result.get("value")),
                "state": scored.items[case_id].state,
            }
        )
    return rows


def _data(value: Any) -> str:
    """Data as a short line of text."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + " …"


def _block(text: str) -> Markup:
    return Markup(_markdown.render(text))  # noqa: S704 - rendered with HTML off, from the course's own text


def _inline(text: str) -> Markup:
    return Markup(_markdown.renderInline(text))  # noqa: S704 - rendered with HTML off, from the course's own text


def _number(number: float, language: str) -> str:
    text = f"{number:g}"
    return text.replace(".", ",") if language == "nb" else text
