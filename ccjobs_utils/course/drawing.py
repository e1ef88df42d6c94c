"""A simulated call as a picture for its author: turns from top to bottom, each with its replies and where they lead."""

import itertools
import textwrap
from collections.abc import Sequence
from typing import Literal, NamedTuple

import jinja2

from ccjobs_utils.activities.model import Call, Reply, Text
from ccjobs_utils.activities.simulated_call import NotAllowed, script_of
from ccjobs_utils.course.call_check import circle

WIDTH, GAP, LAYER_GAP, LINE, PAD = 440, 50, 70, 17, 12
"""Pixels: a box, the space between boxes side by side and below each other, a line of text, and around text."""
LETTERS, REPLY_LETTERS = 60, 54
"""Letters in a line of a box, and in one of a reply."""

Kind = Literal["best", "fatal", "plain"]
Point = tuple[float, float]


class _Row(NamedTuple):
    """A reply inside a box."""

    lines: list[str]
    tags: str
    kind: Kind
    y: int


class _Box(NamedTuple):
    """A turn or an ending."""

    name: str
    lines: list[str]
    rows: list[_Row]
    kind: Literal["turn", "solved", "unsolved"]
    height: int


class _Arrow(NamedTuple):
    """A reply's way to what follows."""

    path: str
    number: int
    kind: Kind
    at: Point


_SVG = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined).from_string("""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" width="{{ width }}" height="{{ height }}"
 role="img" aria-label="{{ title }}">
<style>
text{font:13px system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#1b2733}.name{font-weight:700}
.tags{fill:#4a5a69;font-size:11.5px}.title{font-size:19px;font-weight:700}.number{font-weight:700;font-size:12px}
.turn{fill:#fff;stroke:#8795a3}.solved{fill:#e2f4e9;stroke:#0b6b3a}.unsolved{fill:#fbe9ea;stroke:#a3212b}
path{fill:none;stroke-width:1.6}.best{stroke:#0b6b3a;stroke-width:4}.fatal{stroke:#a3212b;stroke-dasharray:6 4}
.plain{stroke:#5b7083}text.best{fill:#0b6b3a;stroke:none}text.fatal{fill:#a3212b;stroke:none}text.plain{stroke:none}
circle.best,circle.fatal,circle.plain{stroke-width:0}circle.best{fill:#0b6b3a}circle.fatal{fill:#a3212b}circle.plain{fill:#5b7083}
.dot{fill:#fff;font-weight:700;font-size:11px;text-anchor:middle}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11" orient="auto"
 markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z" style="fill:#1b2733;stroke:none"/></marker></defs>
<rect width="100%" height="100%" fill="#f3f6f9"/>
<text x="20" y="32" class="title">{{ title }}</text>
{% for line in legend %}<text x="20" y="{{ 56 + loop.index0 * 18 }}">{{ line }}</text>
{% endfor %}
{% for arrow in arrows %}<path d="{{ arrow.path }}" class="{{ arrow.kind }}" marker-end="url(#tip)"/>
{% endfor %}
{% for x, y, box in boxes %}<g transform="translate({{ x }} {{ y }})">
<rect width="{{ box_width }}" height="{{ box.height }}" rx="8" class="{{ box.kind }}"/>
<text x="12" y="22" class="name">{{ box.name }}</text>
{% for line in box.lines %}<text x="12" y="{{ 41 + loop.index0 * 17 }}">{{ line }}</text>
{% endfor %}
{% for row in box.rows %}<circle cx="22" cy="{{ row.y - 4 }}" r="9" class="{{ row.kind }}"/>
<text x="22" y="{{ row.y }}" class="dot">{{ loop.index }}</text>
{% for line in row.lines %}<text x="38" y="{{ row.y + loop.index0 * 17 }}" class="{{ row.kind }}">{{ line }}</text>
{% endfor %}<text x="38" y="{{ row.y + row.lines | length * 17 }}" class="tags">{{ row.tags }}</text>
{% endfor %}</g>
{% endfor %}
{% for arrow in arrows %}<circle cx="{{ arrow.at[0] }}" cy="{{ arrow.at[1] }}" r="8" class="{{ arrow.kind }}"/>
<text x="{{ arrow.at[0] }}" y="{{ arrow.at[1] + 4 }}" class="dot">{{ arrow.number }}</text>
{% endfor %}</svg>
""")


def draw(call: Call, language: str) -> str:
    """Draw a call.

    Arguments:
        call: with its key; one that is not in order is drawn as far as it goes, without a best path.
        language: ``nb`` or ``en``.

    Returns:
        the picture, as SVG.

    Raises:
        ModuleNotFoundError: if igraph, which finds the places of the boxes, is not installed.
    """
    from igraph import Graph

    best = _best(call)
    edges = [
        (turn_id, number, reply, _kind(reply, (turn_id, key) in best))
        for turn_id, turn in call.turns.items()
        for number, (key, reply) in enumerate(turn.replies.items(), 1)
    ]
    led_to = {call.start, *(reply.to for _, _, reply, _ in edges)}
    names = [name for name in (*call.turns, *call.endings) if name in led_to]
    alone = [name for name in call.endings if name not in led_to]
    boxes = {name: _box(call, name, best, language) for name in (*names, *alone)}

    graph = Graph([(names.index(turn_id), names.index(reply.to)) for turn_id, _, reply, _ in edges], directed=True)
    layout = graph.layout_sugiyama(hgap=1, maxiter=500)
    layers: dict[int, int] = {}
    for name, (_, layer) in zip(names, layout.coords, strict=True):
        layers[round(layer)] = max(layers.get(round(layer), 0), boxes[name].height)
    tops = {layer: 130 + sum(layers[above] + LAYER_GAP for above in layers if above < layer) for layer in layers}

    def left(column: float) -> float:
        return 30 + column * (WIDTH + GAP)

    places = {
        name: (left(column), float(tops[round(layer)]), boxes[name])
        for name, (column, layer) in zip(names, layout.coords, strict=True)
    }
    bottom = max(y + box.height for _, y, box in places.values()) + LAYER_GAP
    for position, name in enumerate(alone):
        places[name] = (left(position), bottom, boxes[name])
    arrows = []
    for (turn_id, number, reply, kind), routing in zip(edges, layout.edge_routing, strict=True):
        by = [(left(column) + WIDTH / 2, tops[round(layer)] + layers[round(layer)] / 2) for column, layer in routing]
        arrows.append(_arrow(places[turn_id], places[reply.to], by, number, kind))
    return _SVG.render(
        title=call.title.to(language),
        legend=_legend(call, language),
        boxes=list(places.values()),
        arrows=sorted(arrows, key=lambda arrow: arrow.kind == "best"),
        box_width=WIDTH,
        width=max(x for x, _, _ in places.values()) + WIDTH + 30,
        height=max(y + box.height for _, y, box in places.values()) + 40,
    )


def _best(call: Call) -> set[tuple[str, str]]:
    """The turns and replies of the best path; none while the call goes in circles or only to fatal errors."""
    if circle(call) is not None:
        return set()
    try:
        return {(step.before.at, step.reply_id) for step in script_of(call).best_path()}
    except NotAllowed:
        return set()


def _kind(reply: Reply, is_best: bool) -> Kind:
    return "best" if is_best else "fatal" if reply.fatal else "plain"


def _box(call: Call, name: str, best: set[tuple[str, str]], language: str) -> _Box:
    if (ending := call.endings.get(name)) is not None:
        lines = _wrapped(ending.text.to(language), 4)
        kind: Literal["solved", "unsolved"] = "solved" if ending.resolved else "unsolved"
        return _Box(name, lines, [], kind, 30 + len(lines) * LINE + PAD)
    turn = call.turns[name]
    lines = _wrapped(turn.says.to(language), 3) if turn.says else []
    y = 41 + len(lines) * LINE + PAD
    rows = []
    for key, reply in turn.replies.items():
        kept = _wrapped(reply.text.to(language), 2, REPLY_LETTERS)
        rows.append(_Row(kept, _tags(key, reply, language), _kind(reply, (name, key) in best), y))
        y += (len(kept) + 1) * LINE + 10
    return _Box(name, lines, rows, "turn", y - PAD)


def _tags(key: str, reply: Reply, language: str) -> str:
    """A reply's id and what it does, in one line."""
    mood = Text(nb="humør", en="mood").to(language)
    tags = [key, *(f"{criterion} +{mark}" for criterion, mark in reply.marks.items())]
    tags += [f"{mood} {reply.mood:+d}".replace("-", "−")] if reply.mood else []
    tags += [f"→ {done}" for done in reply.sets]
    tags += [f"if {reply.if_done}"] if reply.if_done else []
    tags += [f"if not {reply.if_not_done}"] if reply.if_not_done else []
    return " · ".join(tags)


def _legend(call: Call, language: str) -> list[str]:
    return [
        Text(
            nb="Grønn, tykk: beste vei. Rød, stiplet: alvorlig feil. Tallet viser hvilket svar pilen hører til.",
            en="Green, thick: the best path. Red, dashed: a fatal error. The number tells which reply an arrow is of.",
        ).to(language),
        Text(
            nb=f"Under humør 1 havner samtalen i {call.hang_up}.", en=f"Below mood 1 the call goes to {call.hang_up}."
        ).to(language),
    ]


def _wrapped(text: str, most: int, letters: int = LETTERS) -> list[str]:
    return textwrap.wrap(text, letters, max_lines=most, placeholder=" …")


def _arrow(
    start: tuple[float, float, _Box], end: tuple[float, float, _Box], by: Sequence[Point], number: int, kind: Kind
) -> _Arrow:
    """From the foot of one box to the head of the next, past the boxes between."""
    x, y, box = start
    share = number / (len(box.rows) + 1)
    foot = (x + WIDTH * share, y + box.height)
    points = [foot, *by, (end[0] + WIDTH * (0.3 + 0.4 * share), end[1])]
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        middle = (y1 + y2) / 2
        path += f"C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    return _Arrow(path, number, kind, (foot[0], foot[1] + 8))
