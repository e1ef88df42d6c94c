"""What the tests of rulings share: the facts as they are written, and what every ruling carries."""

import re
from pathlib import Path

import yaml
from hypothesis import settings

from ccjobs_utils.desk.rules import Ruling

COURSE = Path(__file__).parents[1] / "course"
FACTS = yaml.safe_load((COURSE / "facts.yaml").read_text(encoding="utf-8"))
ASK = {"nb": "Spør den som har ansvar for etterlevelse hos dere.", "en": "Ask your compliance officer."}

steady = settings(deadline=None, derandomize=True)


def assert_complete(ruling: Ruling) -> None:
    """What every answer carries; on the law it rests on known facts and says whom to ask, once and at the end."""
    assert isinstance(ruling.allowed, bool)
    assert set(ruling.reason) == {"nb", "en"}
    assert ruling.reason["nb"] != ruling.reason["en"]
    assert ruling.source
    parts = ruling.source.split("; ")
    assert len(set(parts)) == len(parts)
    for language, reason in ruling.reason.items():
        assert re.fullmatch(r"[A-ZÅ0-9].*\.", reason), reason
        assert "  " not in reason
        assert ".." not in reason
        assert reason.count(ASK[language]) == (ruling.checked is not None)
        assert ruling.checked is None or reason.endswith(ASK[language])
    known = {part for fact in FACTS.values() for part in fact["source"].split("; ")}
    own = {part for part in parts if part.startswith("Nordlys Telekom")}
    assert set(parts) - own <= known
    assert (ruling.checked is None) == (set(parts) == own)
