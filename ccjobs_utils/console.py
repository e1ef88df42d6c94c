"""What the commands say in the terminal, in the terminal's language."""

import os
import sys
from collections.abc import Mapping

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def terminal_language(environment: Mapping[str, str] = os.environ) -> str:
    """``nb`` if the terminal speaks Norwegian (the first set of LC_ALL, LC_MESSAGES, LANG), else ``en``."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "nb" if locale.lower().startswith(("nb", "no", "nn")) else "en"


def text(*, nb: str, en: str) -> str:
    """The one of the two texts that the terminal's language asks for."""
    return nb if terminal_language() == "nb" else en


def say(*, nb: str, en: str) -> None:
    """Print one line."""
    out.print(text(nb=nb, en=en), markup=False)


def fail(message: str) -> None:
    """Print what went wrong, to standard error."""
    err.print(message, markup=False, style="bold red" if sys.stderr.isatty() else None)
