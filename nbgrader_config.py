"""nbgrader's settings for both editions of the course.

The Norwegian edition is the default. `CCJOBS_EDITION=en` turns every nbgrader command to the English one, which has its
own source, release and exchange course, and shares hand-ins, gradebook and grading with the Norwegian.
"""

import os
import sysconfig
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from ccjobs_utils.course.project import EDITIONS, UnknownEdition, edition_named

root = Path(__file__).resolve().parent
c = get_config()  # noqa: F821 - nbgrader provides it

try:
    edition = edition_named(os.environ.get("CCJOBS_EDITION", "nb"))
except UnknownEdition as error:
    raise SystemExit(f"CCJOBS_EDITION: {error}") from error

# nbgrader looks for its own database tool on the PATH, which need not hold the environment that nbgrader runs in.
scripts = sysconfig.get_path("scripts")
if scripts not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = EDITIONS[edition]
c.CourseDirectory.source_directory = f"source/{edition}"
c.CourseDirectory.release_directory = f"release/{edition}"
c.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
# What a trainee's notebook keeps for its own safety is not part of the hand-in.
own = ["answers.backup.json", ".answers.lock", "*.tmp"]
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *own]

c.Exchange.root = str(root / "exchange")
c.Exchange.path_includes_course = True

# One stub in both languages: nbgrader tells an untouched answer by it, whichever edition was handed in.
c.ClearSolutions.code_stub = {"python": "...  # Skriv koden din her / Write your code here"}
c.ClearSolutions.text_stub = "Skriv svaret her / Write your answer here"

c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "ccjobs_utils.grading.cells.SaveActivityCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "ccjobs_utils.grading.cells.RestoreCells",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# A kernel keeps no history, and says only what is an error.
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=40"]
# A kernel's TCP ports are chosen before it takes them, and another process may be quicker; nobody else takes a socket
# in a file.
LONGEST_PATH_OF_A_SOCKET = 103
sockets = Path(jupyter_runtime_dir()) / f"nbgrader-{os.getpid()}"
if os.name == "posix" and len(f"{sockets}-5") <= LONGEST_PATH_OF_A_SOCKET:
    # Only Jupyter's servers make this folder, and grading may come before the first of them.
    sockets.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    c.KernelManager.transport = "ipc"
    c.KernelManager.ip = str(sockets)
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.LimitOutput",
    "ccjobs_utils.grading.preprocessor.ScoreActivities",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# A trainer's own preview must never win over a trainee's answers.
c.Autograde.exclude_overwriting = {
    folder.name: ["answers.json"] for folder in (root / f"source/{edition}").glob("*") if folder.is_dir()
}
