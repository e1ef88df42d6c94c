"""Simulated calls: the rules they keep, how they are scored and judged, and that no play of them goes wrong."""

import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccjobs_utils.activities.debrief import debrief
from ccjobs_utils.activities.model import QA_FORM, Call, Ending, Fatal, NoteItem, Reply, Text, load, public
from ccjobs_utils.activities.score import missing, score
from ccjobs_utils.activities.simulated_call import Moment, NotAllowed, Script, script_of, spoken_s
from ccjobs_utils.course.call_check import call_faults
from ccjobs_utils.course.syllabus import Course

from .handins import sample_activities

COURSE = Course(Path(__file__).parents[1] / "course")
CALLS = COURSE.calls
PLAYS = 10_000
LONGEST = 100

BEST = ["hello", "feel", "ask", "updated", "found"]
T = Text(nb="tekst", en="text")


@pytest.fixture(scope="module")
def parcel() -> Call:
    call = sample_activities()["exam-call"]
    assert isinstance(call, Call)
    return call


def after(call: Call, *path: str) -> Moment:
    return list(Script(call).follow(path))[-1].after


def points(call: Call, path: Any, note: Any = None) -> float:
    return score(call, {"path": path, "note": note}).points


class TestRules:
    def test_the_best_path_earns_everything(self, parcel: Call) -> None:
        script = Script(parcel)
        assert [step.reply_id for step in script.best_path()] == BEST
        assert script.best_note == ["matter"]
        assert points(parcel, BEST, ["matter"]) == parcel.points == 20

    def test_a_hold_without_a_yes_costs_marks_and_mood(self, parcel: Call) -> None:
        step = list(Script(parcel).follow(["hello", "feel", "hold-now"]))[-1]
        assert step.broken == ("hold-without-consent",)
        assert (step.after.mood - step.before.mood, step.marks) == (-1, {})

    def test_a_hold_without_an_update_and_one_too_long(self, parcel: Call) -> None:
        asked = ["hello", "feel", "ask"]
        for reply, rule in (("silent", "hold-without-update"), ("endless", "hold-too-long"), ("updated", None)):
            step = list(Script(parcel).follow([*asked, reply]))[-1]
            assert step.broken == ((rule,) if rule else ())

    def test_a_yes_holds_for_one_hold(self, parcel: Call) -> None:
        assert "consent" in after(parcel, "hello", "feel", "ask").done
        assert "consent" not in after(parcel, "hello", "feel", "ask", "updated").done

    def test_a_cold_transfer_after_the_story_breaks_the_rule(self, parcel: Call) -> None:
        assert list(Script(parcel).follow(["hello", "over"]))[-1].broken == ("cold-after-explaining",)

    def test_a_fatal_error_fails_the_call_which_goes_on(self, parcel: Call) -> None:
        assert points(parcel, ["hello", "address", "ask", "updated", "found"], ["matter"]) == 0
        scored = score(parcel, {"path": ["hello", "address", "ask", "updated", "found"], "note": ["matter"]})
        assert scored.items["compliance"].state == "right"
        assert points(parcel, BEST, ["matter", "card"]) == 0

    def test_a_fatal_error_is_none_once_it_is_allowed(self, parcel: Call) -> None:
        turns = parcel.turns["lost"].replies
        told = replace(turns["address"], to="told")
        again = replace(parcel.turns["lost"], replies={"address": replace(told, to="named")})
        call = replace(
            parcel,
            turns={
                **parcel.turns,
                "lost": replace(parcel.turns["lost"], replies={**turns, "feel": replace(turns["feel"], to="told")}),
                "told": again,
            },
        )
        assert not any(step.fatal for step in Script(call).follow(["hello", "feel", "address"]))
        assert [step.fatal for step in Script(parcel).follow(["hello", "address"])][-1] == "told-stranger"

    def test_what_is_offered_follows_what_is_done(self, parcel: Call) -> None:
        script = Script(parcel)
        assert "secret" not in script.offered(after(parcel, "hello", "feel", "ask", "updated"))
        assert "secret" in script.offered(after(parcel, "hello", "address", "ask", "updated"))
        with pytest.raises(NotAllowed, match="step 5: 'secret' cannot be chosen at back"):
            list(script.follow(["hello", "feel", "ask", "updated", "secret"]))

    def test_below_the_worst_mood_the_caller_hangs_up(self, parcel: Call) -> None:
        worst = after(parcel, "number", "address", "hold-now")
        assert (worst.at, worst.mood) == ("gone", 0)

    def test_an_angry_caller_says_it_angrily(self, parcel: Call) -> None:
        script = Script(parcel)
        assert script.line(after(parcel, "number")) == parcel.turns["lost"].angry
        assert script.line(after(replace(parcel, mood=4), "number")) == parcel.turns["lost"].says

    def test_the_clock_counts_speech_holds_and_actions(self, parcel: Call) -> None:
        rings, lost = parcel.turns["rings"].replies, parcel.turns["lost"]
        assert lost.angry is not None
        spoken = spoken_s(rings["number"].text) + spoken_s(T) + spoken_s(lost.angry)
        assert after(parcel, "number").clock_s == spoken
        before, now = after(parcel, "hello", "feel", "ask"), after(parcel, "hello", "feel", "ask", "updated")
        assert now.clock_s - before.clock_s == 80 + spoken_s(T)

    def test_who_is_rung_speaks_first(self, parcel: Call) -> None:
        rings = parcel.turns["rings"]
        call = replace(parcel, turns=parcel.turns | {"rings": replace(rings, says=T)})
        script = Script(call)
        assert (script.line(script.start()), script.start().clock_s) == (T, spoken_s(T))
        assert after(call, "hello").clock_s == after(parcel, "hello").clock_s + spoken_s(T)
        assert debrief(call, list(script.follow(["hello"])), [], "nb").turns[0].caller == T.nb

    def test_mood_stays_on_its_scale(self, parcel: Call) -> None:
        assert after(replace(parcel, mood=5), "hello", "feel").mood == 5


class TestNote:
    def test_a_wrong_thing_takes_away_what_a_right_one_gives(self, parcel: Call) -> None:
        script, end = Script(parcel), after(parcel, *BEST)
        assert script.note_share(end, ["matter"]) == 1
        assert script.note_share(end, ["matter", "rude"]) == Fraction(1, 2)
        assert script.note_share(end, list(parcel.notes)) == script.note_share(end, []) == 0

    def test_what_did_not_happen_does_not_belong(self, parcel: Call) -> None:
        known = NoteItem(text=T, needed=True, if_done="identified", feedback=T)
        call = replace(parcel, notes=parcel.notes | {"known": known})
        script = Script(call)
        assert script.best_note == ["matter", "known"]
        stranger = list(script.follow(["hello", "address", "hold-now", "unsure"]))
        assert script.belongs(stranger[-1].after) == ["matter"]
        assert script.note_share(stranger[-1].after, ["matter", "known"]) < 1
        line = debrief(call, stranger, ["matter", "known"], "en").notes[-1]
        assert (line.written, line.needed) == (True, False)
        assert line.why.startswith("It did not happen")

    def test_the_note_is_part_of_the_close(self, parcel: Call) -> None:
        without = score(parcel, {"path": BEST, "note": []})
        assert without.items["close"].points == pytest.approx(parcel.points * QA_FORM["close"] / 100 / 4)
        assert without.points == pytest.approx(18.5)


class TestFailsClosed:
    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ({"path": ["hello", "found"]}, "step 2"),
            ({"path": ["hello", "feel", "ask", "updated", "found", "found"]}, "step 6: the call is over already"),
            ({"path": "hello"}, "not a path"),
            ({"path": [["hello"]]}, "step 1"),
            ({"path": {"0": "hello"}}, "not a path"),
            ({"path": ["hello"], "note": ["matter"]}, "not over"),
            ({"path": BEST, "note": ["nonsense"]}, "nonsense"),
            ({"path": BEST, "note": ["matter", "matter"]}, "twice"),
            ({"path": BEST, "note": "matter"}, ""),
            ({"path": BEST, "note": {"matter": True}}, ""),
            ({"path": ["x" * 10_000]}, "step 1"),
            ({"path": [None]}, "step 1"),
        ],
    )
    def test_a_path_that_the_call_does_not_have_scores_zero_and_says_why(
        self, parcel: Call, answers: dict[str, Any], said: str
    ) -> None:
        scored = score(parcel, answers)
        assert scored.points == 0
        assert len(scored.problems) == 1
        assert said in scored.problems[0]
        assert len(scored.problems[0]) < 300

    def test_blank_is_zero_without_a_word(self, parcel: Call) -> None:
        for answers in ({}, {"path": None}, {"path": []}, {"note": ["matter"]}):
            scored = score(parcel, answers)
            assert (scored.points, scored.problems) == (0, [])
            assert {item.state for item in scored.items.values()} == {"blank"}

    def test_half_a_call_is_half_a_form(self, parcel: Call) -> None:
        assert 0 < points(parcel, ["hello", "feel"]) < points(parcel, BEST)

    def test_what_is_missing(self, parcel: Call) -> None:
        assert (
            missing(parcel, {}) == missing(parcel, {"path": BEST[:3]}) == missing(parcel, {"path": ["x"]}) == ["path"]
        )
        assert missing(parcel, {"path": BEST}) == ["note"]
        assert missing(parcel, {"path": BEST, "note": []}) == []

    @given(path=st.lists(st.sampled_from([*BEST, "number", "address", "over", "silent", "x"]), max_size=8))
    def test_no_path_pays_more_than_the_best(self, path: list[str]) -> None:
        call = sample_activities()["exam-call"]
        assert 0 <= score(call, {"path": path, "note": []}).points <= score(call, {"path": BEST, "note": []}).points

    def test_the_trainees_copy_tells_nothing_of_the_scoring(self, parcel: Call) -> None:
        given_out = public({"exam-call": parcel})["exam-call"]
        assert isinstance(given_out, Call)
        assert [step.reply_id for step in Script(given_out).follow(BEST)] == BEST
        assert after(given_out, *BEST) == after(parcel, *BEST)
        for turn in given_out.turns.values():
            for reply in turn.replies.values():
                assert (reply.marks, reply.fatal, reply.feedback) == ({}, None, None)
        assert not given_out.fatal
        for ending in given_out.endings.values():
            assert (ending.marks, ending.resolved) == ({}, False)
        for item in given_out.notes.values():
            assert (item.needed, item.fatal, item.feedback) == (False, "", None)
        assert score(given_out, {"path": BEST, "note": ["matter"]}).points == 0


class TestDebrief:
    def test_the_best_call_has_nothing_to_mend(self, parcel: Call) -> None:
        judged = debrief(parcel, Script(parcel).best_path(), ["matter"], "nb")
        assert all(turn.ok and not turn.better for turn in judged.turns)
        assert (judged.total, judged.compliance, judged.fatal) == (1, 1, [])
        assert judged.turns[1].caller == "Dere har mistet pakken min!"
        assert judged.turns[1].earned == ["Empati +2", "Lytting +2"]
        assert judged.last_words == "Nei, takk!"
        assert [row.yours for row in judged.metrics] == [row.best for row in judged.metrics]

    def test_a_worse_reply_is_told_with_a_better_one_and_why(self, parcel: Call) -> None:
        judged = debrief(parcel, list(Script(parcel).follow(["number", "feel", "hold-now", "unsure"])), [], "en")
        first, _, hold, last = judged.turns
        assert (first.ok, first.better, first.why) == (
            False,
            "Nordlys, Eli speaking. What can I do?",
            "He looks for a number.",
        )
        assert (first.mood, first.change) == (1, -1)
        assert judged.turns[1].caller == "What? You have lost my parcel!"
        assert hold.broken == ["You put the customer on hold without a reason, a time and a yes."]
        assert last.better_why == "An answer and a close."
        assert judged.ending == "He rings again tomorrow."
        assert "faster" in judged.tension
        assert [row.yours for row in judged.metrics][1:] == ["No", "1 of 5"]

    def test_a_fatal_error_is_named_where_it_was_made(self, parcel: Call) -> None:
        steps = list(Script(parcel).follow(["hello", "address", "ask", "updated", "found"]))
        judged = debrief(parcel, steps, ["card"], "nb")
        assert judged.fatal == ["Du leste opp adressen.", "Du skrev kortnummeret i notatet."]
        assert judged.turns[1].fatal == "Du leste opp adressen."
        assert judged.total == 0
        assert judged.compliance == 1

    def test_an_unfinished_call_is_judged_as_far_as_it_went(self, parcel: Call) -> None:
        judged = debrief(parcel, list(Script(parcel).follow(["hello"])), [], "nb")
        assert (len(judged.turns), judged.ending) == (1, "")

    def test_the_metrics_stand_beside_the_best_paths(self, parcel: Call) -> None:
        judged = debrief(parcel, list(Script(parcel).follow(["hello", "over"])), [], "nb")
        assert [row.title for row in judged.metrics] == ["Behandlingstid", "Løst i samtalen", "Kundens tilfredshet"]
        assert [row.yours for row in judged.metrics][1:] == ["Nei", "1 av 5"]
        assert [row.best for row in judged.metrics][1:] == ["Ja", "3 av 5"]


def reply(to: str, **more: Any) -> Reply:
    return Reply(text=T, to=to, feedback=T, **more)


def broken_calls() -> Iterator[tuple[str, Call, str]]:
    """Ways in which an author can go wrong, and what the check says."""
    good = next(iter(CALLS.values()))
    best = [(step.before.at, step.reply_id) for step in script_of(good).best_path()]
    turn_id, reply_id = best[3]

    def with_reply(**changes: Any) -> Call:
        turn = good.turns[turn_id]
        replies = turn.replies | {reply_id: replace(turn.replies[reply_id], **changes)}
        return replace(good, turns=good.turns | {turn_id: replace(turn, replies=replies)})

    yield "circle", with_reply(to=best[1][0]), "comes back to a turn"
    yield (
        "unreached turn",
        replace(good, turns=good.turns | {"lonely": good.turns[turn_id]}),
        "no path reaches the turn lonely",
    )
    yield (
        "unreached ending",
        replace(good, endings=good.endings | {"lonely": Ending(text=T)}),
        "no path reaches the ending lonely",
    )
    yield "unreached reply", with_reply(if_done="never"), f"no path can choose the reply {reply_id}"
    yield (
        "dead end",
        replace(
            good,
            turns=good.turns
            | {turn_id: replace(good.turns[turn_id], replies={reply_id: reply(best[4][0], if_done="never")})},
        ),
        f"a path ends at {turn_id} without an ending",
    )
    yield "fatal out of reach", replace(good, fatal=good.fatal | {"far": T}), "makes the fatal error far"
    yield (
        "no fatal",
        replace(
            good,
            fatal={},
            notes={key: replace(item, fatal="") for key, item in good.notes.items()},
            turns={
                key: replace(turn, replies={k: replace(r, fatal=None) for k, r in turn.replies.items()})
                for key, turn in good.turns.items()
            },
        ),
        "fatal is missing",
    )
    yield (
        "few endings",
        replace(
            good,
            endings={key: good.endings[key] for key in (best_ending(good), good.hang_up)},
            turns={
                key: replace(
                    turn,
                    replies={
                        k: replace(r, to=best_ending(good)) if r.to in good.endings and r.to != good.hang_up else r
                        for k, r in turn.replies.items()
                    },
                )
                for key, turn in good.turns.items()
            },
        ),
        "at least 3 endings",
    )
    best_marks = next(iter(good.turns[turn_id].replies[reply_id].marks))
    elsewhere = next(key for key in good.turns[turn_id].replies if key != reply_id)
    turn = good.turns[turn_id]
    worse = turn.replies | {elsewhere: replace(turn.replies[elsewhere], marks={best_marks: 9}, fatal=None)}
    split = worse | {reply_id: replace(turn.replies[reply_id], marks={"greeting": 9})}
    yield (
        "no path has it all",
        replace(good, turns=good.turns | {turn_id: replace(turn, replies=split)}),
        "one path must earn the most in every criterion",
    )
    yield (
        "only fatal ways",
        replace(
            good,
            turns=good.turns
            | {
                good.start: replace(
                    good.turns[good.start],
                    replies={
                        key: replace(one, fatal=Fatal(error=next(iter(good.fatal))))
                        for key, one in good.turns[good.start].replies.items()
                    },
                )
            },
        ),
        "every path ends in a fatal error",
    )
    yield (
        "nothing for close",
        replace(
            good,
            turns={
                key: replace(
                    one,
                    replies={
                        k: replace(r, marks={c: m for c, m in r.marks.items() if c != "empathy"})
                        for k, r in one.replies.items()
                    },
                )
                for key, one in good.turns.items()
            },
        ),
        "nothing in the call earns marks for empathy",
    )
    yield (
        "short",
        replace(
            good,
            turns=good.turns
            | {
                turn_id: replace(
                    turn, replies={key: replace(one, to=best_ending(good)) for key, one in turn.replies.items()}
                )
            },
        ),
        "8 to 15 times",
    )
    long = Text(nb="Dette er det klart lengste svaret her, " * 5, en=turn.replies[reply_id].text.en)
    yield "told by form", with_reply(text=long), "by far the longest (nb)"


def best_ending(call: Call) -> str:
    return script_of(call).best_path()[-1].after.at


@pytest.mark.parametrize(("call", "said"), [pytest.param(c, s, id=name) for name, c, s in broken_calls()])
def test_a_broken_call_is_told(call: Call, said: str) -> None:
    found = [message for _, message in call_faults(call)]
    assert any(said in message for message in found), found


def test_the_example_for_authors_is_a_call(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[1] / "course" / "writing-a-call.md").read_text(encoding="utf-8")
    written = guide.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "example.yaml").write_text(written, encoding="utf-8")
    (tmp_path / "activities.yaml").write_text("{}", encoding="utf-8")
    call = load(tmp_path / "activities.yaml")["example"]
    assert isinstance(call, Call)
    assert [said for _, said in call_faults(call)] == [
        "the caller speaks 3 times on the best path; 8 to 15 times is a call that trains"
    ]


@pytest.mark.parametrize("call_id", CALLS)
class TestEveryCall:
    def test_is_in_order(self, call_id: str) -> None:
        assert list(call_faults(CALLS[call_id])) == []

    def test_ten_thousand_trainees_of_every_skill(self, call_id: str) -> None:
        """Never a crash, always an ending, and scores all over the scale that rise with skill."""
        call, dice = CALLS[call_id], random.Random(call_id)
        script = script_of(call)
        tenths: Counter[int] = Counter()
        by_skill: dict[bool, list[float]] = {True: [], False: []}
        endings = set()
        for play in range(PLAYS):
            skill = play / PLAYS
            moment, path = script.start(), []
            while not script.is_over(moment) and len(path) < LONGEST:
                best = script.best_from(moment)
                knows = best is not None and dice.random() < skill
                path.append(best[1] if knows and best else dice.choice(list(script.offered(moment))))
                moment = script.step(moment, path[-1]).after
            assert script.is_over(moment)
            endings.add(moment.at)
            note = [item for item in call.notes if (dice.random() < skill) == call.notes[item].needed]
            share = points(call, path, note) / call.points
            tenths[min(9, int(share * 10))] += 1
            by_skill[skill > 0.5].append(share)
        assert endings == set(call.endings)
        assert set(tenths) == set(range(10)), tenths
        assert sum(by_skill[True]) > 2 * sum(by_skill[False])

    def test_both_languages_say_as_much(self, call_id: str) -> None:
        """A translation half as long or twice as long has lost or gained something."""
        call = CALLS[call_id]
        texts = [turn.says for turn in call.turns.values() if turn.says]
        texts += [r.text for turn in call.turns.values() for r in turn.replies.values()]
        assert [text.nb for text in texts if len(text.nb) > 40 and not 0.5 < len(text.en) / len(text.nb) < 2] == []
