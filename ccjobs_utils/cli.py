"""The `ccjobs` command: one word for each thing that trainees, trainers and authors do."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ccjobs_utils import __version__
from ccjobs_utils.activities.yaml_source import InvalidFile, Problem
from ccjobs_utils.console import err, fail, out, say, terminal_language, text
from ccjobs_utils.course.project import (
    EDITIONS,
    NbGraderRefused,
    Project,
    ProjectNotFound,
    UnknownEdition,
    edition_named,
)
from ccjobs_utils.phrases import in_norwegian

if TYPE_CHECKING:
    from ccjobs_utils.activities.model import Call
    from ccjobs_utils.grading.grade import HandIn

TRAINEE_PORT, TRAINER_PORT = 8890, 8891


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Arguments:
        arguments: the words after ``ccjobs``; those of the command line if None.

    Returns:
        0 if it did what was asked, 1 if not (having said why), 2 if the words were not understood.
    """
    try:
        chosen = _parser().parse_args(arguments)
        return int(chosen.run(Project.find(Path.cwd()), chosen))
    except ProjectNotFound as error:
        fail(
            text(
                nb=f"{error}\nGå til mappen der du hentet kurset, og prøv igjen.",
                en=f"{error}\nChange to the folder that you cloned the course into, and try again.",
            )
        )
    except InvalidFile as error:
        for problem in error.problems:
            fail(_problem(problem))
        count = len(error.problems)
        fail(
            text(
                nb=f"{count} feil i course/. Rett dem, og kjør kommandoen igjen.",
                en=f"{count} problems in course/. Mend them and run the command again.",
            )
        )
    except KeyboardInterrupt:
        fail(text(nb="Avbrutt.", en="Interrupted."))
    except NoSuchModule as error:
        fail(str(error))
    except NbGraderRefused as error:
        fail(_refusal(str(error)))
    except OSError as error:
        fail(text(nb=f"Filfeil: {error}", en=f"File error: {error}"))
    return 1


class NoSuchModule(ValueError):
    """A module id that the syllabus does not have."""


def _refusal(log: str) -> str:
    """What nbgrader refused, in words that help."""
    if "Cannot add or remove cells" in log:
        return text(
            nb="Modulen har innleveringer: oppgaver kan ikke legges til eller fjernes. Det som er lagt ut, er uendret.",
            en="The module has hand-ins: graded activities cannot be added or removed. What is released is unchanged.",
        )
    return text(nb=f"nbgrader stoppet:\n{log}", en=f"nbgrader stopped:\n{log}")


def start(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs start`: the course as a trainee."""
    from ccjobs_utils.course.syllabus import Course
    from ccjobs_utils.grading.release import is_released, release_module
    from ccjobs_utils.lab import start_trainee
    from ccjobs_utils.nbgrader_front import fetch_assignment

    modules = [module.id for module in Course(project.course).modules]
    with _Steps() as progress:
        if _unbuilt(project, modules):
            _build(project, progress)
        for module_id in modules:
            if not is_released(project, module_id):
                progress(text(nb=f"legger ut {module_id}", en=f"releasing {module_id}"))
                release_module(project, module_id)
        project.workspace.mkdir(exist_ok=True)
        for module_id in modules:
            progress(text(nb=f"henter {module_id}", en=f"fetching {module_id}"))
            fetch_assignment(project, chosen.edition, module_id)
    say(
        nb=f"Kurset åpnes i nettleseren. Arbeidet ditt ligger i {project.workspace}. Avslutt med Ctrl-C her.",
        en=f"The course opens in your browser. Your work is kept in {project.workspace}. Stop with Ctrl-C here.",
    )
    return start_trainee(project, chosen.edition, modules[0], port=chosen.port, browser=not chosen.no_browser)


def trainer(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs trainer`: formgrader."""
    from ccjobs_utils.lab import start_trainer

    say(
        nb="JupyterLab åpnes i nettleseren: velg Nbgrader → Formgrader. Kjør «ccjobs grade» først. Avslutt med Ctrl-C.",
        en="JupyterLab opens in your browser: choose Nbgrader → Formgrader. Run “ccjobs grade” first. Stop: Ctrl-C.",
    )
    return start_trainer(project, chosen.edition, port=chosen.port, browser=not chosen.no_browser)


def build(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs build`: source/ and release/ from course/."""
    from ccjobs_utils.course.build import stale

    with _Steps() as progress:
        if not chosen.check:
            _build(project, progress)
            return 0
        old = stale(project, progress)
    for path in old:
        fail(text(nb=f"{path}: stemmer ikke med course/", en=f"{path}: does not match course/"))
    if old:
        fail(text(nb="Kjør «ccjobs build», og legg resultatet i git.", en="Run “ccjobs build” and commit the result."))
        return 1
    say(nb="source/ og release/ stemmer med course/.", en="source/ and release/ match course/.")
    return 0


def check(project: Project, _chosen: argparse.Namespace) -> int:
    """`ccjobs check`: is everything in course/ as it should be?"""
    from ccjobs_utils.course.check import check_course
    from ccjobs_utils.course.spelling import PACKAGES, NoDictionary, spelling_faults
    from ccjobs_utils.course.syllabus import Course

    unchecked: NoDictionary | None = None
    with _Steps() as progress:
        problems = check_course(project, progress)
        if not problems:
            progress(text(nb="rettskriving", en="spelling"))
            course = Course(project.course)
            try:
                problems = spelling_faults(course)
            except NoDictionary as error:
                unchecked = error
    for problem in problems:
        fail(_problem(problem))
    if problems:
        fail(text(nb=f"{len(problems)} feil.", en=f"{len(problems)} problems."))
        return 1
    for call_id, shown in course.calls.items():
        out.print(call_id, markup=False)
        _say_paths(shown)
    if unchecked is not None:
        fail(
            text(
                nb=f"Rettskrivingen er ikke kontrollert ({unchecked}). På Debian eller Ubuntu:",
                en=f"The spelling has not been checked ({unchecked}). On Debian or Ubuntu:",
            )
            + f" sudo apt install {PACKAGES}"
        )
        if os.environ.get("CI"):
            return 1
    say(nb="Kurset er i orden.", en="The course is in order.")
    return 0


def handbook(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs handbook`: the cards by the phone of all modules and the glossary, to print."""
    from ccjobs_utils.course.handbook import NoBrowser, as_html, as_pdf
    from ccjobs_utils.course.handbook import handbook as made
    from ccjobs_utils.course.syllabus import Course

    notebook = made(Course(project.course), chosen.edition)
    page = project.handbook / f"handbook-{chosen.edition}.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text(as_html(notebook), encoding="utf-8")
    say(nb=f"Skrevet: {page}", en=f"Written: {page}")
    try:
        # A browser that root starts has no sandbox of its own; the page is ours.
        printed = as_pdf(notebook, sandbox=not (hasattr(os, "geteuid") and os.geteuid() == 0))
    except NoBrowser as error:
        fail(
            text(
                nb=f'PDF-en trenger {error}: sudo apt install chromium, og pip install "ccjobs[pdf]".'
                " Siden over kan skrives ut fra en nettleser.",
                en=f'The PDF needs {error}: sudo apt install chromium, and pip install "ccjobs[pdf]".'
                " The page above can be printed from a browser.",
            )
        )
        return 1
    page.with_suffix(".pdf").write_bytes(printed)
    say(nb=f"Skrevet: {page.with_suffix('.pdf')}", en=f"Written: {page.with_suffix('.pdf')}")
    return 0


def call(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs call`: a simulated call as a picture, also one that is not in order yet."""
    from ccjobs_utils.course.call_check import call_faults
    from ccjobs_utils.course.drawing import draw
    from ccjobs_utils.course.syllabus import Course

    calls = Course(project.course).calls
    if chosen.id not in calls:
        known = ", ".join(calls)
        fail(
            text(
                nb=f"Det finnes ingen samtale {chosen.id}. Samtalene er: {known}.",
                en=f"There is no call {chosen.id}. The calls are: {known}.",
            )
        )
        return 1
    try:
        picture = draw(calls[chosen.id], chosen.edition)
    except ModuleNotFoundError:
        fail(
            text(
                nb='Tegningen trenger igraph: pip install "ccjobs[authors]"',
                en='The drawing needs igraph: pip install "ccjobs[authors]"',
            )
        )
        return 1
    path = Path(f"{chosen.id}.svg")
    path.write_text(picture, encoding="utf-8")
    faults = list(call_faults(calls[chosen.id]))
    for where, said in faults:
        out.print(f"  {' › '.join(str(step) for step in where)}: {_translated(said)}", markup=False)
    if not faults:
        _say_paths(calls[chosen.id])
    say(nb=f"Tegnet i {path}. Åpne den i nettleseren.", en=f"Drawn in {path}. Open it in a browser.")
    return 0


def _say_paths(shown: "Call") -> None:
    from ccjobs_utils.activities.simulated_call import script_of

    script = script_of(shown)
    shortest, best = script.shortest_path(), script.best_path()
    for name, steps in (
        (text(nb="korteste vei", en="shortest path"), shortest),
        (text(nb="beste vei", en="best path"), best),
    ):
        count = text(nb=f"{len(steps)} svar", en=f"{len(steps)} replies")
        out.print(f"  {name}, {count}: {' → '.join(step.reply_id for step in steps)}", markup=False, soft_wrap=True)


def release(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs release`: modules into the exchange."""
    from ccjobs_utils.grading.release import release_module

    modules = _assignments(project, chosen.module, later=False)
    with _Steps() as progress:
        if _unbuilt(project, modules):
            _build(project, progress)
        for module_id in modules:
            progress(text(nb=f"legger ut {module_id}", en=f"releasing {module_id}"))
            release_module(project, module_id)
    for module_id in modules:
        say(
            nb=f"{module_id} kan nå hentes på norsk og engelsk.",
            en=f"{module_id} can now be fetched, in Norwegian and English.",
        )
    return 0


def grade(project: Project, chosen: argparse.Namespace) -> int:
    """`ccjobs grade`: hand-ins in, points into the gradebook, feedback out."""
    from ccjobs_utils.grading.grade import give_feedback, grade_round

    modules = _assignments(project, chosen.module, later=True)
    with _Steps() as progress:
        hand_ins = grade_round(project, modules, progress.count)
        sent, refused = give_feedback(project, hand_ins, progress.count) if chosen.feedback else ([], [])
    if not hand_ins:
        say(nb="Ingen har levert noe ennå.", en="Nobody has handed in anything yet.")
        return 0
    out.print(_grade_table(hand_ins))
    if any(hand_in.state == "needs-marking" for hand_in in hand_ins):
        say(
            nb="Skriftlige svar venter: start «ccjobs trainer», sett poeng, og kjør «ccjobs grade --feedback» etterpå.",
            en="Written answers wait: start “ccjobs trainer”, mark them, then run “ccjobs grade --feedback”.",
        )
    if chosen.feedback:
        say(nb=f"{len(sent)} tilbakemeldinger er lagt ut.", en=f"{len(sent)} feedback pages have been released.")
    for hand_in in refused:
        fail(text(nb="Ikke lagt ut for", en="Not released for") + f" {hand_in.trainee}: {' '.join(hand_in.remarks)}")
    return 1 if refused or any(hand_in.state == "failed" for hand_in in hand_ins) else 0


def _grade_table(hand_ins: Sequence["HandIn"]) -> Table:
    words = {
        "graded": text(nb="rettet", en="graded"),
        "needs-marking": text(nb="venter på kursholder", en="needs marking"),
        "failed": text(nb="ikke rettet", en="failed"),
    }
    passed = {None: "", True: text(nb="ja", en="yes"), False: text(nb="nei", en="no")}
    table = Table()
    for heading in (
        text(nb="Modul", en="Module"),
        text(nb="Deltaker", en="Trainee"),
        text(nb="Status", en="State"),
        text(nb="Poeng", en="Points"),
        text(nb="Bestått", en="Passed"),
        text(nb="Merknader", en="Remarks"),
    ):
        table.add_column(heading, overflow="fold")
    for hand_in in hand_ins:
        late = (text(nb="for sent", en="late"),) if hand_in.late_s > 0 else ()
        points = "" if hand_in.points is None else f"{hand_in.points:g} / {hand_in.max_points:g}"
        remarks = "\n".join((*late, *(_translated(remark) for remark in hand_in.remarks)))
        decided = passed[hand_in.outcome.passed if hand_in.outcome else None]
        cells = (hand_in.module, hand_in.trainee, words[hand_in.state], points, decided, remarks)
        table.add_row(*(_plain(cell) for cell in cells))
    return table


def _plain(cell: str) -> str:
    """A cell's text with nothing in it that the terminal would act on."""
    from rich.markup import escape

    return escape("".join(character if character.isprintable() or character == "\n" else "�" for character in cell))


def _problem(problem: Problem) -> str:
    """One line: the file as seen from here, the line, and what is wrong, in the terminal's language."""
    here = Path.cwd()
    path = problem.path.relative_to(here) if problem.path.is_relative_to(here) else problem.path
    return str(problem._replace(path=path, message=_translated(problem.message)))


def _assignments(project: Project, named: list[str], *, later: bool) -> list[str]:
    """Modules and later attempts at them by name; all if none is named, later attempts among them or not."""
    from ccjobs_utils.course.syllabus import Course

    known = Course(project.course).assignments
    for name in named:
        if name not in known:
            raise NoSuchModule(
                text(
                    nb=f"Det finnes ingen modul {name}. Modulene er: {', '.join(known)}.",
                    en=f"There is no module {name}. The modules are: {', '.join(known)}.",
                )
            )
    return named or [assignment.id for assignment in known.values() if later or assignment.attempt == 1]


def _unbuilt(project: Project, modules: list[str]) -> bool:
    return not all(
        (folder / module_id / f"{module_id}.ipynb").is_file()
        for module_id in modules
        for edition in EDITIONS
        for folder in (project.source(edition), project.release(edition))
    )


def _build(project: Project, progress: "_Steps") -> None:
    from ccjobs_utils.course.build import build as build_all

    build_all(project, progress)


class _Steps:
    """Progress on long work: what is being done, with a clock; plain lines where there is no terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        if err.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, what: str) -> None:
        """Say what is being done now."""
        if err.is_terminal:
            self._bar.update(self._task, description=what)
        else:
            err.print(f"… {what}", markup=False)

    def count(self, what: str, done: int, total: int) -> None:
        """Say what is being done now, and how far it is."""
        self(f"[{done + 1}/{total}] {what}" if total else what)


class _Parser(argparse.ArgumentParser):
    """argparse, speaking the terminal's language."""

    def format_help(self) -> str:
        return _translated(super().format_help())

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, _translated(f"{self.prog}: {message}\n"))

    def format_usage(self) -> str:
        return _translated(super().format_usage())


def _translated(said: str) -> str:
    return in_norwegian(said) if terminal_language() == "nb" else said


def _edition(name: str) -> str:
    try:
        return edition_named(name)
    except UnknownEdition as error:
        known = ", ".join(EDITIONS)
        raise argparse.ArgumentTypeError(
            text(nb=f"det finnes ingen utgave «{name}»; utgavene er {known}", en=str(error))
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="ccjobs",
        description=text(
            nb="Opplæringskurs for nye kundesentermedarbeidere, i Jupyter.",
            en="An onboarding course for new call-centre agents, in Jupyter.",
        ),
    )
    parser.add_argument("--version", action="version", version=f"ccjobs {__version__}")
    commands = parser.add_subparsers(required=True, metavar=text(nb="KOMMANDO", en="COMMAND"), parser_class=_Parser)

    def command(name: str, run: Callable[[Project, argparse.Namespace], int], *, nb: str, en: str) -> Any:
        added = commands.add_parser(name, help=text(nb=nb, en=en), description=text(nb=nb, en=en))
        added.set_defaults(run=run)
        return added

    def takes_edition(added: Any) -> None:
        added.add_argument(
            "--edition",
            type=_edition,
            default="nb",
            metavar="nb|en",
            help=text(nb="språket: nb (vanlig) eller en", en="the language: nb (default) or en"),
        )

    def opens_lab(added: Any, port: int) -> None:
        takes_edition(added)
        added.add_argument(
            "--port",
            type=int,
            default=port,
            help=text(nb=f"porten å lytte på ({port})", en=f"the port to listen on ({port})"),
        )
        added.add_argument(
            "--no-browser",
            action="store_true",
            help=text(nb="skriv bare adressen", en="only print the address"),
        )

    def takes_modules(added: Any) -> None:
        added.add_argument(
            "module",
            nargs="*",
            metavar=text(nb="MODUL", en="MODULE"),
            help=text(
                nb="for eksempel 02-call-handling; alle hvis ingen er nevnt",
                en="such as 02-call-handling; all if none is named",
            ),
        )

    opens_lab(
        command(
            "start",
            start,
            nb="Åpne kurset i JupyterLab, som deltaker.",
            en="Open the course in JupyterLab, as a trainee.",
        ),
        TRAINEE_PORT,
    )
    opens_lab(
        command(
            "trainer",
            trainer,
            nb="Åpne formgrader i JupyterLab, som kursholder.",
            en="Open formgrader in JupyterLab, as a trainer.",
        ),
        TRAINER_PORT,
    )
    command(
        "build", build, nb="Lag source/ og release/ av course/.", en="Make source/ and release/ from course/."
    ).add_argument(
        "--check",
        action="store_true",
        help=text(nb="lag ingenting; feil hvis noe er foreldet", en="make nothing; fail if anything is stale"),
    )
    command("check", check, nb="Kontroller innholdet i course/.", en="Check the content of course/.")
    drawn = command(
        "call", call, nb="Tegn en simulert samtale som bilde (SVG).", en="Draw a simulated call as a picture (SVG)."
    )
    drawn.add_argument(
        "id",
        metavar="ID",
        help=text(nb="samtalen, for eksempel moving-house", en="the call, such as moving-house"),
    )
    takes_edition(drawn)
    takes_edition(
        command(
            "handbook",
            handbook,
            nb="Lag håndboka: lappene fra alle modulene og ordlista, som HTML og PDF.",
            en="Make the handbook: the cards of all modules and the glossary, as HTML and PDF.",
        )
    )
    takes_modules(
        command(
            "release",
            release,
            nb="Legg ut moduler, så deltakere kan hente dem.",
            en="Release modules for trainees to fetch.",
        )
    )
    grading = command("grade", grade, nb="Hent og rett innleveringer.", en="Collect and grade hand-ins.")
    takes_modules(grading)
    grading.add_argument(
        "--feedback",
        action="store_true",
        help=text(
            nb="legg også ut tilbakemelding på det som er ferdig rettet",
            en="also release feedback for what is fully graded",
        ),
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
