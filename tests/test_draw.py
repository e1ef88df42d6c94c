"""The draw of an exam: the same for trainee and trainer, another for everyone else, and fair."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccjobs_utils.activities.draw import Sitting, drawn
from ccjobs_utils.activities.model import Choice, Option, Quiz, Text, public

TOPICS = ("calls", "privacy", "orders", "complaints")
PICK = 8


def text(said: str) -> Text:
    return Text(nb=said, en=said)


def bank(size: int = 40) -> Quiz:
    questions = {
        f"q{number}": Choice(
            text=text(f"Question {number}"),
            topic=TOPICS[number % len(TOPICS)],
            options={f"o{i}": Option(text=text(f"Option {i}"), correct=i == 0, feedback=text("why")) for i in range(4)},
        )
        for number in range(size)
    }
    return Quiz(title=text("Exam"), graded=True, pick=PICK, shuffle=True, questions=questions)


def exam(trainee: str = "kari", module: str = "11-exam", attempt: int = 1, *, quiz: Quiz | None = None) -> Quiz:
    found = drawn({"exam": quiz or bank()}, Sitting(trainee, module, attempt))["exam"]
    assert isinstance(found, Quiz)
    return found


def test_a_draw_is_known_forever() -> None:
    """It must never change while hand-ins are out: this one was written down when the rule was made."""
    assert list(exam().questions) == KNOWN
    assert list(exam().questions[KNOWN[0]].options) == KNOWN_OPTIONS  # type: ignore[union-attr]


def test_trainee_and_trainer_draw_the_same() -> None:
    mine = public({"exam": bank()})["exam"]
    assert isinstance(mine, Quiz)
    theirs, ours = exam(quiz=mine), exam()
    assert list(theirs.questions) == list(ours.questions)
    for key, question in theirs.questions.items():
        assert list(question.options) == list(ours.questions[key].options)  # type: ignore[union-attr]


@given(st.randoms(use_true_random=False))
def test_the_files_order_does_not_matter(dice) -> None:
    keys = list(bank().questions)
    dice.shuffle(keys)
    shuffled = replace(bank(), questions={key: bank().questions[key] for key in keys})
    assert list(exam(quiz=shuffled).questions) == list(exam().questions)


@pytest.mark.parametrize("other", [{"trainee": "ola"}, {"attempt": 2}, {"module": "12-exam"}])
def test_another_trainee_attempt_or_module_draws_anew(other) -> None:
    assert set(exam(**other).questions) != set(exam().questions)


@given(st.text(max_size=30), st.text(max_size=30), st.integers(1, 5))
def test_every_draw_has_as_many_questions_of_each_topic(trainee: str, module: str, attempt: int) -> None:
    quiz = exam(trainee, module, attempt)
    assert len(quiz.questions) == PICK
    assert quiz.points == PICK
    assert Counter(question.topic for question in quiz.questions.values()) == dict.fromkeys(TOPICS, 2)


def test_no_two_pairs_of_names_make_one_seed() -> None:
    assert list(exam("a", "b-11").questions) != list(exam("a-b", "11").questions)


def test_every_question_is_drawn_about_equally_often() -> None:
    number = 4000
    counts = Counter(key for trainee in range(number) for key in exam(f"t{trainee}").questions)
    expected = number * PICK / 40
    # Six standard deviations of a binomial count: a fair draw goes beyond them once in a hundred million.
    spread = 6 * (expected * (1 - PICK / 40)) ** 0.5
    assert set(counts) == set(bank().questions)
    assert all(abs(count - expected) < spread for count in counts.values())


def test_a_place_tells_nothing_about_the_right_option() -> None:
    places = Counter(
        list(question.options).index("o0")  # type: ignore[union-attr]
        for trainee in range(1000)
        for question in exam(f"t{trainee}").questions.values()
    )
    expected = 1000 * PICK / 4
    assert all(abs(places[place] - expected) < 6 * (expected * 0.75) ** 0.5 for place in range(4))


def test_what_is_not_drawn_or_shuffled_stays_as_it_is() -> None:
    plain = replace(bank(), pick=None, shuffle=False)
    assert exam(quiz=plain) == plain
    only_picked = replace(bank(), shuffle=False)
    order = [key for key in bank().questions if key in exam(quiz=only_picked).questions]
    assert list(exam(quiz=only_picked).questions) == order


KNOWN = ["q9", "q26", "q32", "q21", "q0", "q27", "q39", "q34"]
KNOWN_OPTIONS = ["o1", "o3", "o0", "o2"]
