"""The recording notice: what notices that are right and wrong in Norwegian and English lack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccjobs_utils.desk.rules import recording_notice

from .rulings import FACTS, assert_complete, steady

NOTICES = {
    # Norwegian, right
    "Samtalen tas opp for å lære opp nye kolleger. Du kan lese mer på nordlys.no/personvern.": (),
    "Hei, og velkommen til Nordlys. Vi tar opp denne samtalen slik at vi kan bli bedre. Les mer om opptak på nettsiden vår.": (),
    "Av hensyn til opplæring blir samtalen tatt opp, og den kan bli hørt av en leder. Mer om dette finner du på nordlys.no.": (),
    "Denne samtalen spilles inn. Det gjør vi for å dokumentere avtalen. Hvordan vi behandler opptaket, står i personvernerklæringen.": (),
    "Vi gjør lydopptak av alle samtaler til opplæring; se informasjon om personvern på nordlys punktum no.": (),
    # Norwegian, wrong
    "Samtalen kan bli tatt opp for opplæring. Les mer på nordlys.no.": ("recorded",),
    "Noen samtaler tas opp for å sikre kvaliteten. Les mer på nordlys.no.": ("recorded",),
    "Samtalen tas av og til opp, fordi vi vil bli bedre. Du finner mer på nettsiden vår.": ("recorded",),
    "Samtalen tas ikke opp. Les mer på nordlys.no.": ("recorded", "why"),
    "Er det greit at samtalen tas opp for opplæring? Du kan lese mer på nordlys.no.": ("recorded",),
    "Samtalen blir tatt opp. For å bestille, tast 1.": ("why", "more"),
    "Samtalen tas opp for å gjøre oss bedre.": ("more",),
    "Samtalen tas opp for å gjøre oss bedre. Spør meg hvis du vil vite mer om opptak.": ("more",),
    "Samtalen tas opp. Les mer på nordlys.no for å få vite mer.": ("why",),
    "Vi tar opp saken din med teknikeren. Les mer på nordlys.no.": ("recorded", "why"),
    "Velkommen til Nordlys. Vent litt, så kommer vi.": ("recorded", "why", "more"),
    # English, right
    "This call is recorded so that we can train our staff. You can read more at nordlys.no/privacy.": (),
    "We’re recording this call to improve our service. Our privacy notice on the website has the details.": (),
    "Your call will be recorded and may be listened to for training purposes. Find out more about it on our website.": (),
    "We record all calls. We do this to check what was agreed. To read about recordings, visit nordlys.no.": (),
    "You are on a recorded line, because we have to document orders. More about that is in our privacy policy.": (),
    # English, wrong
    "Calls may be recorded for training and quality. Read more on our website.": ("recorded",),
    "Some calls are recorded for training. See our privacy notice.": ("recorded",),
    "This call might, for quality purposes, be recorded. Read more on our website.": ("recorded",),
    "This call isn’t recorded. Read more about us at nordlys.no.": ("recorded", "why"),
    "This call is usually recorded to help us improve. Read more about it online.": ("recorded",),
    "This call is recorded. To speak to an agent, press one.": ("why", "more"),
    "This call is being recorded for quality purposes. Ask us if you want to know more.": ("more",),
    "This call is recorded. For more information about recordings, see nordlys.no.": ("why",),
    "Do you mind if this call is recorded for training? Read more about it on our website.": ("recorded",),
    "Thank you for calling Nordlys. Please hold.": ("recorded", "why", "more"),
}


class TestRecordingNotice:
    @pytest.mark.parametrize(("text", "missing"), NOTICES.items())
    def test_notice(self, text: str, missing: tuple[str, ...]) -> None:
        ruling = recording_notice(text)
        assert ruling.missing == missing
        assert ruling.allowed is (not missing)
        assert_complete(ruling)
        assert (FACTS["recording-maybe"]["statement"]["nb"] in ruling.reason["nb"]) is ("recorded" in missing)
        assert (FACTS["recording-basis"]["statement"]["nb"] in ruling.reason["nb"]) is (not missing)

    def test_there_are_enough_of_each_kind(self) -> None:
        right = [text for text, missing in NOTICES.items() if not missing]
        assert len(NOTICES) >= 20
        assert len(right) >= 10

    @pytest.mark.parametrize("text", NOTICES)
    def test_case_line_breaks_and_spaces_do_not_matter(self, text: str) -> None:
        wanted = NOTICES[text]
        assert recording_notice(text.upper()).missing == wanted
        assert recording_notice(text.replace(" ", "  ").replace(".  ", ".\n")).missing == wanted

    def test_empty_text_says_nothing(self) -> None:
        assert recording_notice("").missing == ("recorded", "why", "more")

    @steady
    @given(st.text())
    def test_any_text_gets_an_answer(self, text: str) -> None:
        assert_complete(recording_notice(text))

    def test_no_text(self) -> None:
        with pytest.raises(TypeError, match="text is a text"):
            recording_notice(None)  # type: ignore[arg-type]
