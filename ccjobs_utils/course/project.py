"""Where everything of a project lies: the folders of the straight line from `course/` to `autograded/`."""

from dataclasses import dataclass
from pathlib import Path

EDITIONS = {"nb": "ccjobs", "en": "ccjobs-en"}
"""Edition (its language) → the course that nbgrader's exchange knows it by. Both write to one gradebook."""


class ProjectNotFound(FileNotFoundError):
    """No ccjobs project here or in a folder above."""


class UnknownEdition(ValueError):
    """An edition that is none of `EDITIONS`."""


class NbGraderRefused(RuntimeError):
    """nbgrader did not do what it was asked to; the message is what it logged."""


@dataclass(frozen=True)
class Project:
    """One checkout of the course.

    Arguments:
        root: the folder that holds `course/` and `nbgrader_config.py`.
    """

    root: Path

    @classmethod
    def find(cls, start: Path) -> "Project":
        """The project that `start` lies in.

        Raises:
            ProjectNotFound: if there is none.
        """
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / "course" / "syllabus.yaml").is_file() and (folder / "nbgrader_config.py").is_file():
                return cls(folder)
        raise ProjectNotFound(f"{start} is not in a ccjobs project (no folder above it has course/syllabus.yaml)")

    @property
    def course(self) -> Path:
        """What authors write."""
        return self.root / "course"

    @property
    def exchange(self) -> Path:
        """Where nbgrader passes modules, hand-ins and feedback between trainer and trainees."""
        return self.root / "exchange"

    @property
    def workspace(self) -> Path:
        """The trainee's own folder in the embedded default."""
        return self.root / "workspace"

    @property
    def handbook(self) -> Path:
        """The handbook to print."""
        return self.root / "handbook"

    @property
    def state(self) -> Path:
        """What the commands keep for themselves: settings, logs."""
        return self.root / ".ccjobs"

    def source(self, edition: str) -> Path:
        """Instructor notebooks of one edition."""
        return self.root / "source" / edition

    def release(self, edition: str) -> Path:
        """Trainee notebooks of one edition."""
        return self.root / "release" / edition


def edition_named(name: str) -> str:
    """The edition of that name.

    Raises:
        UnknownEdition: naming the editions that exist.
    """
    if name not in EDITIONS:
        raise UnknownEdition(f"there is no edition {name!r}; the editions are {', '.join(EDITIONS)}")
    return name
