"""Scoring: right is full, blank is zero, nothing that a hand-in holds raises or pays more than it should."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccjobs_utils.activities.model import (
    Activity,
    Case,
    Choice,
    Choices,
    Column,
    Criterion,
    Exercise,
    Grid,
    Item,
    Match,
    Number,
    Option,
    Order,
    Pair,
    Question,
    Quiz,
    Response,
    Row,
    ShortText,
    Text,
    public,
)
from ccjobs_utils.activities.score import (
    MalformedAnswer,
    count_words,
    missing,
    parse_number,
    same_data,
    score,
    score_question,
)

T = Text(nb="tekst", en="text")


def option(*, correct: bool = False) -> Option:
    return Option(text=T, correct=correct, feedback=T)


CHOICE = Choice(text=T, points=2, options={"a": option(), "b": option(correct=True), "c": option()})
CHOICES = Choices(
    text=T,
    points=4,
    options={"a": option(correct=True), "b": option(correct=True), "c": option(), "d": option(), "e": option()},
)
ORDER = Order(text=T, points=3, items={key: Item(text=T) for key in "abcde"}, answer=list("abcde"))
MATCH = Match(
    text=T,
    points=3,
    choices={"x": T, "y": T, "z": T},
    rows={"one": Pair(text=T, answer="x"), "two": Pair(text=T, answer="y"), "three": Pair(text=T, answer="x")},
)
GRID = Grid(
    text=T,
    points=6,
    columns={
        "priority": Column(title=T, choices={"now": T, "later": T}),
        "route": Column(title=T, choices={"in": T, "out": T}),
    },
    rows={
        "first": Row(text=T, answers={"priority": "now", "route": "in"}),
        "second": Row(text=T, answers={"priority": "later", "route": "out"}),
    },
)
NUMBER = Number(text=T, points=1, answer=12.5, tolerance=0.1)
SHORT = ShortText(text=T, points=1, accept=["varm overføring", "warm transfer"])

RIGHT: dict[str, tuple[Question, object]] = {
    "choice": (CHOICE, "b"),
    "choices": (CHOICES, ["b", "a"]),
    "order": (ORDER, list("abcde")),
    "match": (MATCH, {"one": "x", "two": "y", "three": "x"}),
    "grid": (GRID, {"first": {"priority": "now", "route": "in"}, "second": {"priority": "later", "route": "out"}}),
    "number": (NUMBER, "12,5"),
    "text": (SHORT, "  Varm   overføring. "),
}

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["a", "b", "now", "x"]),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.text() | st.sampled_from(["one", "first", "a"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("kind", RIGHT)
def test_the_right_answer_scores_all_and_a_blank_one_nothing(kind: str) -> None:
    question, right = RIGHT[kind]
    assert score_question(question, right).points == question.points
    assert score_question(question, right).state == "right"
    for blank in (None, "", "  ", [], {}):
        scored = score_question(question, blank)
        assert (scored.points, scored.state) == (0.0, "blank")


@given(kind=st.sampled_from(sorted(RIGHT)), value=any_json)
def test_no_answer_raises_or_pays_too_much(kind: str, value: object) -> None:
    question, _ = RIGHT[kind]
    scored = score_question(question, value)
    assert 0 <= scored.points <= question.points
    assert (scored.state == "right") == (scored.points == question.points)
    if scored.state == "invalid":
        assert scored.problem


def test_ticking_everything_never_pays() -> None:
    everything = list(CHOICES.options)
    assert score_question(CHOICES, everything).points == 0
    mostly_right = Choices(text=T, options={**{k: option(correct=True) for k in "abcdef"}, "z": option()})
    assert score_question(mostly_right, list(mostly_right.options)).points == 0


def test_choices_pay_in_part_and_wrong_ticks_take_away() -> None:
    assert score_question(CHOICES, ["a"]).points == 2.0
    assert score_question(CHOICES, ["a", "b", "c"]).points == pytest.approx(4 * (1 - 1 / 3), abs=0.01)
    assert score_question(CHOICES, ["c"]).points == 0


def test_a_random_order_earns_nothing_on_average_before_the_floor() -> None:
    all_scores = [score_question(ORDER, list(order)).points for order in itertools.permutations("abcde")]
    assert max(all_scores) == 3
    assert all_scores.count(3) == 1
    assert score_question(ORDER, list("edcba")).points == 0
    assert score_question(ORDER, list("bacde")).points == pytest.approx(3 * 0.8)


def test_an_order_must_be_whole() -> None:
    assert score_question(ORDER, list("abcd")).state == "invalid"
    assert score_question(ORDER, list("abcda")).state == "invalid"


@pytest.mark.parametrize(
    "value", ["nonexistent", pytest.param(10**5000, id="huge"), ["b"], {"b": True}, True, "b" * 10_000]
)
def test_an_option_that_does_not_exist_is_invalid(value: object) -> None:
    assert score_question(CHOICE, value).state == "invalid"


def test_part_of_a_grid_or_match_pays_in_part_but_is_not_finished() -> None:
    quiz = Quiz(title=T, graded=True, questions={"grid": GRID, "match": MATCH})
    given_part = {"grid": {"first": {"priority": "now"}}, "match": {"one": "x", "two": "", "three": None}}
    assert score(quiz, given_part).points == 1.5 + 1
    assert missing(quiz, given_part) == ["grid", "match"]
    assert missing(quiz, {"grid": RIGHT["grid"][1], "match": RIGHT["match"][1]}) == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12,5", 12.5), ("12.5", 12.5), (" 1 250 ", 1250), ("45 sekunder", 45), ("80 %", 80), ("−3", -3), (7, 7)],
)
def test_numbers_as_people_type_them(typed: object, number: float) -> None:
    assert parse_number(typed) == number


@pytest.mark.parametrize("typed", ["", "ti", "1 2,3,4", "nan", "inf", "1e5", "12-14", True, None, [], "9" * 400])
def test_what_is_no_number_says_so(typed: object) -> None:
    with pytest.raises(MalformedAnswer):
        parse_number(typed)


def exercise(**expected: object) -> Exercise:
    return Exercise(
        title=T,
        graded=True,
        name="f",
        points=2,
        cases={key.replace("_", "-"): Case(args=[], expect=value, visible=True) for key, value in expected.items()},
    )


def test_an_exercise_pays_for_each_case_and_the_sum_is_exact() -> None:
    three = exercise(one=1, two=2, three=3)
    every = {"returned": {"one": {"value": 1}, "two": {"value": 2}, "three": {"value": 3}}}
    assert score(three, every).points == 2
    one_wrong = {"returned": every["returned"] | {"two": {"error": "NameError: x"}}}
    assert score(three, one_wrong).points == pytest.approx(1.33, abs=0.011)
    assert missing(three, {"returned": {"one": {"value": None}}}) == ["returned"]
    for nonsense in (None, [], "x", {"one": 1}, {"one": {"value": None}}, {"one": {}}):
        assert score(three, {"returned": nonsense}).points == 0


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        (570, 570.0, True),
        (0.333, 0.3330000001, True),
        (1, True, False),
        (True, 1, False),
        (True, True, True),
        (None, None, True),
        (0, None, False),
        ("a", "a", True),
        ("1", 1, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ({"mobile": 0.5}, {"mobile": 0.5}, True),
        ({"mobile": 0.5}, {"mobile": 0.5, "tv": 1}, False),
        (1.0, float("nan"), False),
        pytest.param(1, 10**5000, False, id="huge"),
    ],
)
def test_data_is_compared_by_what_it_is(expected: object, got: object, same: bool) -> None:
    assert same_data(expected, got, 1e-6) is same


@given(any_json)
def test_comparing_never_raises(got: object) -> None:
    for expected in (1, 0.5, "a", True, None, [1, [2]], {"a": {"b": 1}}):
        assert same_data(expected, got, 1e-6) in (True, False)


RESPONSE = Response(
    title=T,
    graded=True,
    text=T,
    rubric={"facts": Criterion(title=T, levels=[T] * 5), "next": Criterion(title=T, levels=[T] * 5)},
    min_words=3,
)


def test_a_written_answer_waits_for_a_trainer_and_a_blank_one_does_not() -> None:
    assert score(RESPONSE, {"text": "Kunden ringte om faktura"}).needs_marking
    assert not score(RESPONSE, {"text": " \n "}).needs_marking
    assert RESPONSE.points == 8
    assert missing(RESPONSE, {"text": "to ord"}) == ["text"]
    assert score(RESPONSE, {"text": "x" * 30_000}).items["text"].state == "invalid"
    assert count_words("Fibernett, kl. 14.30 – ring tilbake!") == 5


ALL_GRADED: dict[str, Activity] = {
    "quiz": Quiz(title=T, graded=True, questions={kind: question for kind, (question, _) in RIGHT.items()}),
    "code": exercise(one=1, two=2),
    "note": RESPONSE,
}


def test_without_the_key_nothing_scores_and_nothing_raises() -> None:
    """What a trainee receives cannot be used to score, and a missing key fails closed."""
    bare = public(ALL_GRADED)
    answers = {kind: right for kind, (_, right) in RIGHT.items()}
    quiz = bare["quiz"]
    assert isinstance(quiz, Quiz)
    for kind, question in quiz.questions.items():
        assert score_question(question, answers[kind]).points == 0, kind
        assert score_question(question, None).points == 0, kind
    assert missing(quiz, answers) == []
    assert score_question(quiz.questions["grid"], {"first": {"priority": "now"}}).points == 0
    hidden = Exercise(title=T, graded=True, name="f", points=1, cases={"one": Case(args=[], expect=1)})
    assert score(public({"h": hidden})["h"], {"returned": {"one": {"value": 1}}}).points == 0


def test_scores_are_plain_data() -> None:
    quiz = ALL_GRADED["quiz"]
    scored = score(quiz, {kind: right for kind, (_, right) in RIGHT.items()})
    assert scored.points == scored.max_points == sum(question.points for question, _ in RIGHT.values())
    assert json.dumps(scored.points)
