"""A suite: which questions are asked of which reports, how answers are judged, and which arms are compared.

Described by one TOML file each in `eval/suites/`; paths in it start at the root of the checkout.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

ROOT = Path(__file__).resolve().parents[1]
SUITES = Path(__file__).resolve().parent / "suites"
ArmName = Literal["bm25", "dense", "hybrid", "reranker", "peelqa"]
ARMS: tuple[ArmName, ...] = get_args(ArmName)
"""Ways to answer, from the plainest to the whole product; `eval.arms` says what each is."""
AblationName = Literal["reads 6", "reads 12", "reads 48", "no context", "no statements"]
"""The whole product with one part changed; `eval.ablations` says how."""

Probe = Literal["typing errors", "paraphrase", "politely"]
Split = Literal["tune", "test", "all"]


class CannotRun(Exception):
    """A suite that cannot be run here; the message is the reason, in one line."""


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Corpus(_Described):
    """The reports to answer from: report files as they are, or documents of a JSON Lines file, each made a report."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    files: tuple[str, ...] = ()
    """Report files, or folders of them."""
    documents: str | None = None
    """A JSON Lines file (or its .gz) of objects with `id`, `title` and `text`."""
    dated_titles: bool = False
    """True where a document's title ends in its date of publication ("..., 09 may 2025")."""


class Questions(_Described):
    """The question set: JSON Lines, or a folder with queries, answers and unanswerable ones."""

    path: str
    ids: str = "*"
    """Only the questions whose id fits this pattern."""


class Judging(_Described):
    """When a quotation is right, and what the gold of a question is."""

    right: Literal["holds", "touches", "grade"] = "holds"
    """holds: a gold string or span is in it. touches: half of it or of a gold span lies in the other.
    grade: it holds the gold span, or it names the judgement and states its grade and no other."""
    gold: Literal["any", "all"] = "any"
    """any: each gold span alone answers the question. all: the answer is all of them together."""
    grades: tuple[str, ...] = ()
    """For `grade`: every value a grade can have."""
    judgements: dict[str, str] = {}
    """For `grade`: the words that name the judgement, for each pattern of question ids."""


class Suite(_Described):
    """One suite, as its file describes it."""

    name: str
    title: str
    about: str
    corpus: Corpus
    questions: Questions
    judging: Judging = Judging()
    split: Literal["tags", "document", "question"] = "question"
    """How questions are parted into tune and test: by their tags, or by a hash of their document or id."""
    sample: int | None = Field(default=None, ge=1)
    """How many questions are asked unless the command says otherwise; all of them where not given."""
    limit: int | None = Field(default=None, ge=1, le=20)
    """How many quotations are asked for; peelqa's own default where not given."""
    arms: tuple[ArmName | AblationName, ...] = ARMS
    probes: tuple[Probe, ...] = ()
    """Ways in which the whole product's answers are tried for stability."""
    measures: tuple[str, ...]
    """What the tables show, in this order; the run file holds every measure."""


def suite_names() -> list[str]:
    """Return the names of the checkout's suites."""
    return sorted(path.stem for path in SUITES.glob("*.toml"))


def suite_path(name: str) -> Path:
    """Return where a suite's file is, or would be: by the suite's name, or by its own path."""
    return Path(name) if name.endswith(".toml") else SUITES / f"{name}.toml"


def load_suite(name: str) -> Suite:
    """Read a suite by its name, or by the path of its file.

    Raises CannotRun where there is none, where its file makes no sense, or where what it needs is not here.
    """
    path = suite_path(name)
    if not path.is_file():
        raise CannotRun(f"there is no suite {name}; suites are: {', '.join(suite_names())}")
    try:
        suite = Suite.model_validate({"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"])
        raise CannotRun(f"{path}: {place}: {first['msg']}") from None
    for needed in _needs(suite):
        if not (ROOT / needed).exists():
            raise CannotRun(f"{suite.name} needs {needed}, which is not here")
    return suite


def _needs(suite: Suite) -> list[str]:
    documents = [suite.corpus.documents] if suite.corpus.documents else []
    return [*suite.corpus.files, *documents, suite.questions.path]
