"""The words around the activities, in both languages: on screen and on the feedback page."""

import json
from pathlib import Path

WORDS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "static" / "words.json").read_text(encoding="utf-8")
)
"""Language → what is said → how."""
