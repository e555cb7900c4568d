from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelqa.passages import split_report
from peelqa.reports.corpus import read_report
from peelqa.sources import AUTHOR, AUTHORS, INSPECTORS, find_source, find_speaker


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The child protection inspection found a clear plan.", "child protection inspection"),
        (
            "The Crime Survey for England and Wales (12 months to June 2013) found that few agreed.",
            "Crime Survey for England and Wales",
        ),
        (
            "A victim satisfaction survey (year to May 2016) says that most did.",
            "victim satisfaction survey",
        ),
        ("The force’s survey of victims (12 months to May 2021) showed a rise.", "survey of victims"),
        ("In the staff survey of April 2018, 61 per cent of officers said that they were tired.", "staff survey"),
        ("A recent peer review found gaps.", "peer review"),
        ("The Police and Crime Plan includes commitments to safer travel.", "Police and Crime Plan"),
        ("The child\u00a0protection inspection found a clear plan.", "child protection inspection"),
    ],
)
def test_a_source_is_what_the_sentence_names(sentence: str, source: str) -> None:
    assert find_source(sentence) == source


@pytest.mark.parametrize(
    "sentence",
    [
        "The same survey over the same period also found that more agreed.",
        "The inspection found a clear plan.",
        "Our last inspection found a clear plan.",
        "The force has good procedures for recording crime.",
        "HMIC found that the force works well.",
        "In the six months prior to the inspection, seven were placed.",
        "The quality of the review reports needs to be improved.",
        "At the time of the inspection, three were in lodgings.",
        "The same plan includes commitments.",
    ],
)
def test_a_sentence_that_names_no_source_has_none(sentence: str) -> None:
    assert find_source(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("I am concerned about the response.", AUTHOR),
        ("However, I recognise what has been done.", AUTHOR),
        ("We found no plan.", AUTHORS),
        ("HMIC was reassured by the savings.", "HMIC"),
        ("HMIC’s assessment is that savings are being made.", "HMIC"),
        ("However, the inspectors were concerned to find no plan.", INSPECTORS),
        ("Inspectors saw some good work.", INSPECTORS),
        ("I look forward to what the force does in areas HMIC has identified.", AUTHOR),
        ("Some care leavers told inspectors that they feel safe.", "Some care leavers"),
        ("Staff told us that workloads are high.", "Staff"),
        ("The telephone survey found that most were content.", "telephone survey"),
        ("In the staff survey of April 2018, officers said that they were tired.", "staff survey"),
        ("The Police and Crime Plan includes commitments.", "Police and Crime Plan"),
        ("The child protection inspection found a clear plan.", None),
        ("The force works well with others.", None),
        ("The records seen by inspectors were complete.", None),
        ("Wardens who spoke with inspectors were content.", None),
        ("Young people said, 'They ask us, and they don't listen.", "Young people"),
        ("One wrote: ‘I am happy here.’", None),
        ("However, most lamp workers report that the store is damp.", "most lamp workers"),
        ("Although lamp workers say so, the store is dry.", "lamp workers"),
        ("The store is liked, with wardens and officers described as kind.", None),
        ("Wardens act on what children say.", None),
        ("Records show what children said.", None),
        ("We found that staff say they are heard.", "staff"),
    ],
)
def test_a_speaker_is_whom_the_sentence_lets_speak(sentence: str, speaker: str | None) -> None:
    assert find_speaker(sentence) == speaker


def test_no_source_is_carried_forward_in_the_seed(shared: Path) -> None:
    path = shared / "reports" / "west-midlands-2014.txt"
    report = read_report(path, name=path.name, report_id=path.stem)
    passages = split_report(report, count_tokens=len, max_tokens=2000)
    texts = [report.text[unit.start_char : unit.end_char] for passage in passages for unit in passage.units]
    sources = {text[:60]: find_source(text) for text in texts}
    named = [source for source in sources.values() if source]
    assert sorted(set(named)) == [
        "Crime Survey for England and Wales",
        "Police and Crime Plan",
        "Strategic Policing Requirement inspection",
        "child protection inspection",
        "crime data integrity inspection",
        "crime inspection",
        "domestic abuse inspection",
        "victim satisfaction survey",
    ]
    unnamed = [
        "The same survey",
        "Officers are only required",
        "The force has good crime-recording",
        "However, HMIC is concerned",
    ]
    for start in unnamed:
        assert [source for text, source in sources.items() if text.startswith(start)] == [None], start


@given(st.text(max_size=300))
def test_any_text_can_be_asked_for_its_source_and_speaker(text: str) -> None:
    source = find_source(text)
    assert source is None or source in " ".join(text.split())
    assert find_speaker(text) != ""
