"""Reading activities: what authors may write, where their mistakes are named, and what trainees are given."""

import re
from pathlib import Path

import msgspec
import pytest

from ccjobs_utils.activities.model import Exercise, Handout, Order, Quiz, load, load_handout, public
from ccjobs_utils.activities.yaml_source import InvalidFile, YamlSource

GOOD = """\
opening:
  kind: quiz
  graded: true
  title: {nb: Åpning, en: Opening}
  questions:
    first-words:
      type: choice
      text: {nb: "Hva sier du?", en: "What do you say?"}
      options:
        name:
          text: {nb: Navnet ditt, en: Your name}
          correct: true
          feedback: {nb: Bra, en: Good}
        number:
          text: {nb: "Kundenummer?", en: "Customer number?"}
          feedback: {nb: Brått, en: Abrupt}
    stages:
      type: order
      text: {nb: Rekkefølge, en: Order}
      feedback: {nb: Fordi, en: Because}
      items:
        greet: {text: {nb: Hilse, en: Greet}}
        verify: {text: {nb: Identifisere, en: Verify}}
        solve: {text: {nb: Løse, en: Solve}}
        close: {text: {nb: Avslutte, en: Close}}
code:
  kind: exercise
  graded: true
  title: {nb: Kode, en: Code}
  name: handle_time
  points: 2
  cases:
    seen: {args: [1, 2], expect: 3, visible: true}
    hidden: {args: [5, 5], expect: 1010}
"""


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "activities.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems(path: Path) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        load(path)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read_and_an_order_gets_its_answer(written) -> None:
    activities = load(written(GOOD))
    quiz = activities["opening"]
    assert isinstance(quiz, Quiz)
    stages = quiz.questions["stages"]
    assert isinstance(stages, Order)
    assert stages.answer == ["greet", "verify", "solve", "close"]
    assert quiz.points == 2


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  title: {nb: Åpning, en: Opening}", "  title: {nb: Åpning}", 4, "missing required field `en`"),
        ('en: "What do you say?"', 'en: ""', 8, "length >= 1"),
        ("          feedback: {nb: Brått, en: Abrupt}\n", "", 14, "feedback is missing"),
        ("          correct: true\n", "", 9, "no option is right"),
        ('Customer number?"}\n', 'Customer number?"}\n          correct: true\n', 9, "every option is right"),
        ("        number:\n", "        name:\n", 14, "stands twice (first on line 10)"),
        ("      type: choice", "      type: chioce", 7, "chioce"),
        ("  graded: true\n  title: {nb: Åpning", "  graded: maybe\n  title: {nb: Åpning", 3, "Expected `bool`"),
        ("  points: 2", "  points: 2\n  minutes: 10", 32, "unknown field `minutes`"),
        ("  points: 2", "  points: -2", 31, "Expected `float` > 0"),
        ("seen: {args: [1, 2], expect: 3, visible: true}", "seen: {args: [1, 2], expect: 3}", 32, "must be visible"),
        ("hidden: {args: [5, 5], expect: 1010}", "hidden: {args: [5, 5]}", 34, "expect is missing"),
        ("    first-words:", "    First_Words:", 6, "matching regex"),
        ("      feedback: {nb: Fordi, en: Because}\n", "", 17, "feedback is missing"),
        ("opening:\n", "opening: [\n", 3, "not valid YAML"),
        ("  points: 2", "  points: !!python/object:os.system 2", 31, "is not used here"),
    ],
)
def test_a_mistake_is_named_with_its_line(written, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    path = written(GOOD.replace(old, new, 1))
    found = problems(path)
    assert any(text.startswith(f"{path}:{line}:") and said in text for text in found), found


def test_every_mistake_is_told_at_once(written) -> None:
    broken = GOOD.replace("          feedback: {nb: Brått, en: Abrupt}\n", "").replace("expect: 1010", "visible: false")
    assert len(problems(written(broken))) == 2


def test_no_stays_a_word_and_a_time_of_day_a_text(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("no: on\nopens: 08:00\nyes: [true, 0x10, 010, ~]\n", encoding="utf-8")
    assert YamlSource(path).data == {"no": "on", "opens": "08:00", "yes": [True, "0x10", 10, None]}


def test_texts_are_filled_in_and_an_unknown_value_is_named(written) -> None:
    path = written(GOOD.replace("Hva sier du?", "Hva sier du før {{ limit }} s?"))

    class Shouting:
        def text(self, text: str, language: str) -> str:
            if "{{" in text:
                raise ValueError(f"'limit' is unknown in {language}")
            return text.upper()

        def value(self, expression: str) -> int:
            if expression.strip() == "limit":
                return 45
            raise ValueError(f"{expression.strip()} is unknown")

    with pytest.raises(InvalidFile, match=r"activities\.yaml:8: .*limit"):
        load(path, Shouting())
    quiz = load(written(GOOD), Shouting())["opening"]
    assert quiz.title.nb == "ÅPNING"
    with_value = load(written(GOOD.replace("expect: 1010", 'expect: "{{ limit }}"')), Shouting())["code"]
    assert [case.expect for case in with_value.cases.values()][-1] == 45
    with pytest.raises(InvalidFile, match=r"activities\.yaml:\d+: no_limit is unknown"):
        load(written(GOOD.replace("expect: 1010", 'expect: "{{ no_limit }}"')), Shouting())


def test_trainees_get_no_key_and_the_same_shuffle_each_time(written) -> None:
    activities = load(written(GOOD))
    given = public(activities)
    assert given == public(activities)
    text = msgspec.json.encode(given).decode()
    for key in ("correct", "answer", "1010", "Abrupt", "Because", "Brått"):
        assert key not in text
    assert "Customer number?" in text
    quiz, code = given["opening"], given["code"]
    assert isinstance(quiz, Quiz)
    assert isinstance(code, Exercise)
    stages = quiz.questions["stages"]
    assert isinstance(stages, Order)
    right = ["greet", "verify", "solve", "close"]
    assert sorted(stages.items) == sorted(right)
    assert sum(a == b for a, b in zip(stages.items, right, strict=True)) <= 1
    assert code.cases["hidden"].args == [5, 5]


def test_practice_keeps_its_key(written) -> None:
    practice = load(written(GOOD.replace("graded: true", "graded: false", 1)))
    text = msgspec.json.encode(public(practice)).decode()
    assert re.search(r'"correct":true', text)
    assert "Abrupt" in text


def test_a_handout_comes_back_as_it_was_written(written, tmp_path: Path) -> None:
    handout = Handout(module="02-call-handling", edition="en", activities=public(load(written(GOOD))))
    path = tmp_path / "activities.json"
    path.write_bytes(msgspec.json.encode(handout))
    assert load_handout(path) == handout


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"module": 1}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_handout_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "activities.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="fetch the module again"):
        load_handout(path)
