"""Example questions for the start page, made of what the reports here hold, and kept only if they are answered."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

from peelqa.answers import Library, Status
from peelqa.index import ReportCard
from peelqa.reports.report import GradeStatus

SHOWN = 4
_TRIED = 10
_SUBJECTS = (
    "What concerns exist about child protection?",
    "How good is {body} at investigating crime?",
    "Is crime recorded accurately?",
    "What do children say about their social workers?",
)


class Examples:
    """Questions that are found beside the serving, one by one, so that no reader waits for them."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._stopped = Event()
        self._finder = Thread(target=self.find, name="examples")
        self.shown: tuple[str, ...] = ()
        """Up to four questions, on different reports where there are several, that the library answers."""

    def start(self) -> None:
        """Begin to find them."""
        self._finder.start()

    def stop(self) -> None:
        """Leave off after the question at hand."""
        self._stopped.set()
        self._finder.join()

    def find(self) -> None:
        """Ask what may be an example until enough are answered."""
        for question in list(dict.fromkeys(_candidates(self._library.index.reports)))[:_TRIED]:
            if self._stopped.is_set() or len(self.shown) == SHOWN:
                return
            if self._library.ask(question, limit=1).status is Status.ANSWERED:
                self.shown = (*self.shown, question)


def _candidates(reports: tuple[ReportCard, ...]) -> Iterator[str]:
    named = [report for report in reports if report.body]
    newest = sorted(named, key=lambda report: (-(report.year or 0), report.id))
    yield _SUBJECTS[0]
    yield from (_on_grade(report) for report in newest[:1] if _graded(report))
    yield from (f"What does {report.body} do well?" for report in newest[1:2] or newest[:1])
    yield from (f"What must {report.body} improve?" for report in newest[2:3] or newest[:1])
    yield from (_on_grade(report) for report in newest[1:3] if _graded(report))
    yield from (subject.format(body=newest[0].body) for subject in _SUBJECTS[1:] if newest)


def _graded(report: ReportCard) -> list[str]:
    return [
        grade.about
        for grade in report.grades
        if grade.status is GradeStatus.GRADED and grade.level != "overall" and 3 < len(grade.about) < 45
    ]


def _on_grade(report: ReportCard) -> str:
    about = _graded(report)[0].lower()
    return f"What grade did {report.body} get for {about}{f' in {report.year}' if report.year else ''}?"
