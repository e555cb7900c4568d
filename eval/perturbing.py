"""The same question asked otherwise: with typing errors, in other words, or politely. The same each time."""

from __future__ import annotations

import hashlib
import random
import re
import tomllib
from functools import cache
from pathlib import Path

from eval.suites import Probe

_TYPED = 2
"""How many words get a typing error."""
_WHOM = r"(?P<whom>the (?:force|council|police|inspection|report|area)|it|they|there)(?=\s|$)"
_VERB = r"(?P<verb>is|are|was|were|has|have|had|can|will|should)"
_OUTRIGHT = re.compile(rf"(?P<asking>(?:when|where|why|how|how \w+|what|who)) {_VERB} {_WHOM}")
_CLOSED = re.compile(rf"{_VERB} {_WHOM}")
_OPENS = re.compile(r"(?:what|which|who|when|where|why|how|is|are|was|were|does|do|did|has|have|had|can|will|should)\b")


def perturb(question: str, probe: Probe) -> str:
    """Ask a question otherwise."""
    ways = {"typing errors": _with_typing_errors, "paraphrase": _paraphrased, "politely": _politely}
    return ways[probe](question)


def _with_typing_errors(question: str) -> str:
    """Swap two neighbouring letters in two of its longer words; names, which begin with a capital, are left alone.

    >>> _with_typing_errors("Is it so?")
    'Is it so?'
    """
    chance = random.Random(hashlib.sha256(question.encode()).digest())  # noqa: S311 - a fixed choice, not a secret
    words = [match for match in re.finditer(r"(?<![\w-])[a-z]{5,}(?![\w-])", question)]
    for match in sorted(chance.sample(words, min(_TYPED, len(words))), key=lambda each: -each.start()):
        places = [at for at in range(match.start() + 1, match.end() - 1) if question[at] != question[at + 1]]
        if places:
            at = chance.choice(places)
            question = f"{question[:at]}{question[at + 1]}{question[at]}{question[at + 2 :]}"
    return question


def _paraphrased(question: str) -> str:
    """Put other words for those that `eval/paraphrases.toml` knows; a question with none is only framed otherwise.

    >>> _paraphrased("zebra")
    'Please tell me: zebra'
    """
    changed = question
    for known, other in _phrases().items():
        changed = re.sub(rf"\b{known}\b", lambda match, other=other: _as_cased(match[0], other), changed, flags=re.I)  # type: ignore[misc]
    return f"Please tell me: {changed}" if changed == question else changed


def _politely(question: str) -> str:
    """Ask somebody for the answer, in the order that such a question has.

    >>> _politely("When was it published?"), _politely("custody cells")
    ('Can you tell me when it was published?', 'Can you tell me about custody cells?')
    """
    asked = question[:1].lower() + question[1:].rstrip("?. ")
    if (outright := _OUTRIGHT.match(asked)) is not None:
        asked = f"{outright['asking']} {outright['whom']} {outright['verb']}{asked[outright.end() :]}"
    elif (closed := _CLOSED.match(asked)) is not None:
        asked = f"whether {closed['whom']} {closed['verb']}{asked[closed.end() :]}"
    elif not _OPENS.match(asked):
        asked = f"about {asked}"
    return f"Can you tell me {asked}?"


def _as_cased(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


@cache
def _phrases() -> dict[str, str]:
    path = Path(__file__).with_name("paraphrases.toml")
    phrases: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["phrases"]
    return phrases
