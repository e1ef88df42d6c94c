"""What the tests of rulings share: the facts as they are written, and what every ruling carries."""

import re
from datetime import date
from pathlib import Path

import yaml
from hypothesis import settings

from ccjobs_utils.desk.rules import Ruling

COURSE = Path(__file__).parents[1] / "course"
FACTS = yaml.safe_load((COURSE / "facts.yaml").read_text(encoding="utf-8"))
ASK = {"nb": "Spør den som har ansvar for etterlevelse hos dere.", "en": "Ask your compliance officer."}

OWN_RULES_CHECKED = yaml.safe_load((COURSE / "data" / "nordlys.yaml").read_text("utf-8"))["company"]["checked"]

steady = settings(deadline=None, derandomize=True)


def assert_complete(ruling: Ruling) -> None:
    """What every answer carries; on the law it rests on known facts and says whom to ask, once and at the end."""
    assert isinstance(ruling.allowed, bool)
    assert set(ruling.reason) == {"nb", "en"}
    assert ruling.reason["nb"] != ruling.reason["en"]
    assert ruling.source
    parts = ruling.source.split("; ")
    assert len(set(parts)) == len(parts)
    own = {part for part in parts if part.startswith("Nordlys Telekom")}
    on_law = set(parts) != own
    for language, reason in ruling.reason.items():
        assert re.fullmatch(r"[A-ZÅ0-9].*\.", reason), reason
        assert "  " not in reason
        assert ".." not in reason
        assert reason.count(ASK[language]) == on_law
        assert reason.endswith(ASK[language]) or not on_law
    known = {part for fact in FACTS.values() for part in fact["source"].split("; ")}
    assert set(parts) - own <= known
    assert isinstance(ruling.checked, date)
    assert on_law or ruling.checked == OWN_RULES_CHECKED
