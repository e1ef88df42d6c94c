"""Which questions a trainee gets, and in which order: drawn from who sits which attempt of what, and from nothing else.

Trainee's and trainer's side work out the same draw, each for itself, so nothing in a hand-in is believed: answers to
questions that were not drawn do not count. The draw is fair, not secret; a bank's questions all lie in the trainee's
copy, without their key.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import chain, zip_longest

from msgspec import Struct
from msgspec.structs import replace

from ccjobs_utils.activities.model import Activity, Choice, Choices, Question, Quiz


class Sitting(Struct, frozen=True):
    """Who sits which attempt of what.

    Attributes:
        trainee: the id that nbgrader knows the trainee by.
        module: the module's id.
        attempt: 1 for the first.
    """

    trainee: str
    module: str
    attempt: int = 1


def needs_draw(activity: Activity) -> bool:
    """Whether trainees see this activity differently."""
    return isinstance(activity, Quiz) and (activity.pick is not None or activity.shuffle)


def drawn(activities: Mapping[str, Activity], sitting: Sitting) -> dict[str, Activity]:
    """The activities of a module as one trainee has them.

    Arguments:
        activities: the module's, with their key or without.
        sitting: whose they are.

    Returns:
        the same, each quiz with `pick` or `shuffle` cut down to its drawn questions, in the trainee's order.
    """
    return {
        activity_id: _drawn(activity_id, activity, sitting) if isinstance(activity, Quiz) else activity
        for activity_id, activity in activities.items()
    }


def _drawn(quiz_id: str, quiz: Quiz, sitting: Sitting) -> Quiz:
    if not needs_draw(quiz):
        return quiz
    order = list(quiz.questions)
    if quiz.pick is not None:
        picked = set(_picked(quiz, order, (quiz_id,), sitting)[: quiz.pick])
        order = [key for key in order if key in picked]
    if quiz.shuffle:
        order = _mixed(order, (quiz_id, "order"), sitting)
    questions = {
        key: _with_options_mixed(quiz.questions[key], (quiz_id, key), sitting) if quiz.shuffle else quiz.questions[key]
        for key in order
    }
    return replace(quiz, questions=questions, pick=None, shuffle=False)


def _picked(quiz: Quiz, keys: list[str], about: tuple[str, ...], sitting: Sitting) -> list[str]:
    """Every question, the drawn ones first: one of each topic in turn, so that everyone is asked about all of it."""
    by_topic: dict[str, list[str]] = {}
    for key in _mixed(keys, about, sitting):
        by_topic.setdefault(quiz.questions[key].topic, []).append(key)
    topics = _mixed(by_topic, (*about, "topics"), sitting)
    rounds = zip_longest(*(by_topic[topic] for topic in topics))
    return [key for key in chain.from_iterable(rounds) if key is not None]


def _with_options_mixed(question: Question, about: tuple[str, ...], sitting: Sitting) -> Question:
    if not isinstance(question, Choice | Choices):
        return question
    return replace(question, options={key: question.options[key] for key in _mixed(question.options, about, sitting)})


def _mixed(keys: Iterable[str], about: tuple[str, ...], sitting: Sitting) -> list[str]:
    """Ids in an order that only the sitting decides: the same on every machine, whatever the file's order."""

    def place(key: str) -> bytes:
        seed = json.dumps([sitting.trainee, sitting.module, sitting.attempt, *about, key])
        return hashlib.sha256(seed.encode()).digest()

    return sorted(keys, key=place)
