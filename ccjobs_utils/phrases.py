"""The Norwegian of messages that are raised far from the terminal: the content check's, and argparse's own.

They are written in English where they arise, in modules that a notebook imports too and that know nothing of a terminal.
Each phrase here is replaced where it stands; names, ids and values around it stay.
"""

_PHRASES = {
    # argparse
    "usage: ": "bruk: ",
    "positional arguments:": "argumenter:",
    "options:\n": "valg:\n",
    "show this help message and exit": "vis denne hjelpen",
    "show program's version number and exit": "vis versjonen",
    "the following arguments are required: ": "mangler: ",
    "unrecognized arguments: ": "ukjente ord: ",
    "invalid choice: ": "finnes ikke: ",
    "(choose from ": "(velg mellom ",
    "invalid int value: ": "ikke et heltall: ",
    "expected one argument": "trenger en verdi",
    "argument ": "valget ",
    # YAML and types
    "not valid YAML: ": "ikke gyldig YAML: ",
    "while parsing a ": "i en ",
    "flow sequence": "liste i klammer",
    "flow mapping": "liste av nøkler i klammer",
    "block mapping": "liste av nøkler",
    "block sequence": "liste",
    "expected ": "ventet ",
    ", but got ": ", men fikk ",
    ", but found ": ", men fant ",
    " is not used here; write plain values": " brukes ikke her; skriv vanlige verdier",
    "the tag ": "taggen ",
    "stands twice (first on line ": "står to ganger (først på linje ",
    "stands twice; ids are used once": "står to ganger; en id brukes én gang",
    "; ids are used once": "; en id brukes én gang",
    "Object missing required field": "mangler feltet",
    "Object contains unknown field": "har det ukjente feltet",
    "Expected `str` of length >= 1": "ventet en tekst som ikke er tom",
    "Expected `str` matching regex": "ventet en tekst som passer med",
    "Expected ": "ventet ",
    ", got ": ", fikk ",
    "Invalid value ": "ugyldig verdi ",
    # activities
    "a quiz needs at least one question": "en quiz trenger minst ett spørsmål",
    "at least one case must be visible, so that a trainee can check the code": "minst ett tilfelle må være synlig, så deltakeren kan sjekke koden",
    "expect is missing: say what should come back": "expect mangler: skriv hva som skal komme tilbake",
    "a written answer needs at least one criterion": "et skriftlig svar trenger minst ett kriterium",
    "levels are missing: describe 0, 1, 2, 3 and 4 points": "levels mangler: beskriv 0, 1, 2, 3 og 4 poeng",
    "model_answer is missing: show trainer and trainee what good looks like": "model_answer mangler: vis hvordan et godt svar ser ut",
    "an order needs at least ": "en rekkefølge trenger minst ",
    " things": " ting",
    "write the items in the right order instead; the trainee's copy is shuffled": "skriv heller tingene i riktig rekkefølge; deltakerens kopi stokkes",
    "accept is missing: list every answer that counts as right": "accept mangler: list opp alle svar som er riktige",
    "feedback is missing: say why": "feedback mangler: skriv hvorfor",
    "feedback is missing: say what happens to the caller": "feedback mangler: skriv hva som skjer med kunden",
    "no option is right: mark one with": "ingen alternativer er riktige: merk ett med",
    "every option is right: there is nothing to decide": "alle alternativene er riktige: det er ingenting å avgjøre",
    "several options are right: use type choices, or keep one": "flere alternativer er riktige: bruk typen choices, eller behold ett",
    "there is no column ": "det finnes ingen kolonne ",
    " is not among the choices (": " er ikke blant valgene (",
    "answer is missing": "answer mangler",
    # lessons
    "every piece of prose starts with a line such as": "hver tekst begynner med en linje som",
    "not MyST notebook text: ": "ikke MyST-tekst: ",
    "this Norwegian text has no English twin right after it": "denne norske teksten har ingen engelsk tvilling rett etter seg",
    "this English text has no Norwegian twin right before it": "denne engelske teksten har ingen norsk tvilling rett før seg",
    "prose needs ": "en tekst trenger ",
    "this code is not valid Python": "denne koden er ikke gyldig Python",
    "stands alone in its cell, with the id as plain text": "står alene i cellen, med id-en som ren tekst",
    "there is no activity ": "det finnes ingen aktivitet ",
    "cannot fill in a value: ": "kan ikke sette inn en verdi: ",
    "the twins have different headings": "tvillingene har ulike overskrifter",
    "a cell with a solution is followed by activity() of its exercise": "etter en celle med løsning kommer activity() for oppgaven",
    " is shown already on line ": " vises allerede på linje ",
    " needs a code cell with ": " trenger en kodecelle med ",
    " right before it": " rett foran seg",
    "no cell of lesson.md shows this activity": "ingen celle i lesson.md viser denne aktiviteten",
    "the first code cell imports what the lesson uses, and nothing else": "den første kodecellen importerer det leksjonen bruker, og ikke noe annet",
    "points stand in activities.yaml only; write": "poeng står bare i activities.yaml; skriv",
    "minutes stand in syllabus.yaml only; write": "minutter står bare i syllabus.yaml; skriv",
    # syllabus, document, facts
    " is planned, but its folder exists: remove `planned`": " er planlagt, men mappen finnes: fjern `planned`",
    " is missing in course/data/": " mangler i course/data/",
    "this module is not in syllabus.yaml": "denne modulen står ikke i syllabus.yaml",
    "the source document is missing": "kildedokumentet mangler",
    " is no heading of ": " er ingen overskrift i ",
    " is neither taught by a module nor listed under not_taught": " er verken undervist i en modul eller ført opp under not_taught",
    "this file of module ": "denne filen i modul ",
    "this file is missing": "denne filen mangler",
    " is missing": " mangler",
    "checked is a day, as YYYY-MM-DD": "checked er en dag, som YYYY-MM-DD",
    "a fact needs its source": "et faktum trenger kilden sin",
    ": is an id of ": ": er allerede en id i ",
    " already;": ";",
    # release
    "answers never lie here: nbgrader would give them to every trainee. Delete this file": "svar skal aldri ligge her: nbgrader ville gitt dem til alle deltakere. Slett filen",
    "a released file contains the key of ": "en utlagt fil inneholder fasiten til ",
}


def in_norwegian(said: str) -> str:
    """The Norwegian of a message; what has no phrase of its own stays as it is."""
    # Longer phrases first, so that a short one never breaks up a long one.
    for english in sorted(_PHRASES, key=len, reverse=True):
        said = said.replace(english, _PHRASES[english])
    return said
