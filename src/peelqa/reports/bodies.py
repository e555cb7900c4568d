"""Who is inspected: the bodies known by name, and the finding of their names in free text.

Names, and the words around them, are data (`bodies.toml`). They are compared word by word, whatever their case and
punctuation. Nothing here knows what is indexed: a caller says which other names there are (`extra`).
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from re import IGNORECASE, compile
from typing import Any, NamedTuple
from unicodedata import normalize


class Kind(StrEnum):
    """What a body is; unknown where an index alone knows it and its name does not say."""

    FORCE = "police force"
    AUTHORITY = "local authority"
    AGENCY = "law enforcement agency"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Body:
    """One inspected body; `bodies.toml` explains the fields. Only the 43 territorial forces have a slug."""

    name: str
    kind: Kind
    area: str = ""
    slug: str = ""
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BodyMention:
    """A name, `text[start_char:end_char]`, and every body it may mean: those so named, then those that serve it."""

    start_char: int
    end_char: int
    text: str
    candidates: tuple[Body, ...]


_Key = tuple[str, ...]


class _Word(NamedTuple):
    key: str
    start: int
    end: int
    follows: bool
    """Whether it goes on from the word before, with a space or a hyphen."""
    follows_in_name: bool
    """The same, also after a comma or "St."."""
    opens: bool
    """Whether it begins a sentence."""


_WORD = compile(r"(&|[^\W_]+)(?:['’]s\b)?", IGNORECASE)
_LINKS = frozenset(["and", "of", "on", "the", "upon", "with"])
_LONGEST_NAME = 8
_LONGEST_PHRASE = 3


@cache
def known_bodies() -> tuple[Body, ...]:
    """Return every body of the data file; two that share a name differ in kind."""
    return tuple(
        Body(facts["name"], kind, facts.get("area", facts["name"] if kind is Kind.AUTHORITY else ""),
             facts.get("slug", ""), tuple(facts.get("aliases", ())), tuple(facts.get("places", ())))
        for kind in Kind
        for facts in _data().get(kind, ())
    )  # fmt: skip


def same_body(a: str, b: str) -> bool:
    """Tell whether two names are one body's: equal but for "Police", "Council" and the like, or known to be.

    >>> same_body("West Midlands", "WMP"), same_body("Kent Police", "Kent County Council")
    (True, False)
    """
    (core_a, kind_a), (core_b, kind_b) = _core(a), _core(b)
    if kind_a and kind_b and kind_a is not kind_b:
        return False
    bearers_a, bearers_b = _bearers().get((core_a, kind_a), set()), _bearers().get((core_b, kind_b), set())
    return core_a == core_b or (len(bearers_a) == 1 and bearers_a == bearers_b)


def find_bodies(text: str, extra: Iterable[str] = ()) -> tuple[BodyMention, ...]:
    """Find the bodies named in a question or a title, the longest name first, in order and without overlap.

    Candidates are narrowed by an adjacent word that says which is meant ("Kent Police", "Kent County Council").

    >>> [body.name for body in find_bodies("Is Birmingham safe?")[0].candidates]
    ['Birmingham', 'West Midlands Police']
    """
    return _found(text, _in_order(tuple(extra)))


@lru_cache(maxsize=8)
def _found(text: str, listed: tuple[str, ...]) -> tuple[BodyMention, ...]:
    """Find bodies; remembered, as what reads a question looks more than once."""
    words, names, openings = _words(text), _names(listed), _openings(listed)
    mentions, at = list[BodyMention](), 0
    while at < len(words):
        bodies, end = _read(text, words, at, names) if words[at].key in openings else ((), at + 1)
        if bodies:
            start_char, end_char = words[at].start, words[end - 1].end
            mentions.append(BodyMention(start_char, end_char, text[start_char:end_char], bodies))
        at = end
    return tuple(mentions)


@lru_cache(maxsize=8)
def _in_order(extra: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(extra)))


def unknown_body(text: str, extra: Iterable[str] = ()) -> str | None:
    """Return the first name that says it is a force's or a council's and is none known ("Toytown Police"), if any.

    A lone word that opens a sentence is not taken for a name, unless there is nothing else in the text.
    """
    words, known = _words(text), find_bodies(text, extra)
    for at, word in enumerate(words):
        end = at + len(_phrase(words, at, _phrases("suffixes")))
        if (
            end == at
            or words[at - 1].key in _LINKS
            or any(each.start_char <= word.start < each.end_char for each in known)
        ):
            continue
        start = at
        while start > max(0, at - _LONGEST_NAME) and words[start].follows and _may_be_named(text, words[start - 1]):
            start -= 1
        while start < at and words[start].key in _LINKS:
            start += 1
        if start < at and not (start == at - 1 and words[start].opens and len(words) > end):
            return text[words[start].start : words[end - 1].end]
    return None


def _read(
    text: str, words: Sequence[_Word], at: int, names: Mapping[_Key, Sequence[tuple[str, Body]]]
) -> tuple[tuple[Body, ...], int]:
    """Return the bodies that the longest name starting at a word may mean, and the index after what was read."""
    for end in range(min(len(words), at + _LONGEST_NAME), at, -1):
        named = names.get(key := tuple(word.key for word in words[at:end]), ())
        if key in _phrases("not_bodies"):
            return (), end
        if not named or not all(word.follows_in_name for word in words[at + 1 : end]):
            continue
        suffix, hint = _phrase(words, end, _phrases("suffixes")), _phrase(words, end, _phrases("hints"))
        if not suffix and _phrase(words, end, _phrases("elsewhere")):
            continue
        said = _phrases("suffixes").get(suffix)
        is_verb = words[at].opens and end < len(words) and words[end].key in _data()["objects"]
        written = text[words[at].start : words[end - 1].end]
        bodies = [
            body
            for name, body in named
            if said in (None, body.kind) or body.kind is Kind.UNKNOWN
            if _is_written(name, written, is_verb) or said is Kind.AUTHORITY
        ]
        if bodies:
            hinted = [body for body in bodies if not said and body.kind is _phrases("hints").get(hint)]
            return tuple(dict.fromkeys(hinted or bodies)), end + len(suffix)
    return (), at + 1


def _is_written(name: str, written: str, is_verb: bool) -> bool:
    """Tell whether words are meant as a name: acronyms are in capitals, and "Reading" has one."""
    if name.isupper():
        return written.isupper()
    return name not in _data()["capital"] or (written.split()[-1][0].isupper() and not is_verb)


def _may_be_named(text: str, word: _Word) -> bool:
    """Tell whether a word may be part of an unknown body's name."""
    written = text[word.start : word.end]
    return word.key in _LINKS or (written[0].isupper() and not written.isupper() and word.key not in _not_names())


def _words(text: str) -> list[_Word]:
    words, last = list[_Word](), 0
    for match in _WORD.finditer(text):
        before = text[last : match.start()]
        if before == " " and words:  # as nearly always
            words.append(_Word(_key(match[1]), *match.span(1), True, True, False))
            last = match.end()
            continue
        mark, one_line = before.strip(), before.count("\n") < 2
        inside = mark == "," or (mark == "." and words[-1:] != [] and words[-1].key == "st")
        follows = one_line and mark in ("", "-", "‐", "‑", "–")
        opens = not words or any(each in ".?!:\n" for each in before)
        words.append(_Word(_key(match[1]), *match.span(1), follows, follows or (one_line and inside), opens))
        last = match.end()
    return words


def _keys(name: str) -> _Key:
    """Return the words of a name as they are compared."""
    return tuple(map(_key, _WORD.findall(name)))


def _key(word: str) -> str:
    return "and" if word == "&" else word.casefold()


def _phrase(words: Sequence[_Word], at: int, phrases: Collection[_Key]) -> _Key:
    """Return the longest of some phrases that goes on from the word before, or ()."""
    for length in range(_LONGEST_PHRASE, 0, -1):
        key = tuple(word.key for word in words[at : at + length])
        if key in phrases and all(word.follows for word in words[at : at + length]):
            return key
    return ()


def _core(name: str) -> tuple[_Key, Kind | None]:
    """Return a name without the words that say what kind of body bears it, and that kind."""
    keys = _keys(normalize("NFKC", name))
    keys = keys[1:] if keys[:1] == ("the",) else keys
    suffix = next((keys[-n:] for n in range(_LONGEST_PHRASE, 0, -1) if keys[-n:] in _phrases("suffixes")), ())
    kind = _phrases("suffixes").get(suffix) if len(keys) > len(suffix) else None
    keys = keys[: -len(suffix)] if kind else keys
    return (keys[3:], Kind.AUTHORITY) if keys[:3] in _phrases("prefixes") else (keys, kind)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("peelqa.reports") / "bodies.toml").read_text("utf-8"))


@cache
def _not_names() -> frozenset[str]:
    return frozenset(_data()["not_names"])


@cache
def _phrases(table: str) -> dict[_Key, Kind | None]:
    """Return one of the data file's tables of words that stand around a name, and the kind each tells."""
    facts = _data()[table]
    by_kind = facts.items() if isinstance(facts, dict) else [(None, facts)]
    return {_keys(phrase): Kind(kind) if kind else None for kind, phrases in by_kind for phrase in phrases}


@cache
def _bearers() -> dict[tuple[_Key, Kind | None], set[Body]]:
    """Return the known bodies by core of name and kind; a core without a kind is first of all what is so spelled."""
    bearers, unsaid = (defaultdict[tuple[_Key, Kind | None], set[Body]](set) for _ in range(2))
    for body in known_bodies():
        for core, said in map(_core, (body.name, *body.aliases)):
            bearers[core, body.kind].add(body)
            (unsaid if said else bearers)[core, None].add(body)
    return {**unsaid, **bearers}


@lru_cache(maxsize=8)
def _names(extra: tuple[str, ...]) -> dict[_Key, list[tuple[str, Body]]]:
    """Return the matcher: by its words, each name with the body it means; names of places come last."""
    names = defaultdict[_Key, list[tuple[str, Body]]](list)
    bodies = [*known_bodies(), *_unlisted(extra)]
    own = [(name, body) for body in bodies for name in (body.name, body.area, *body.aliases)]
    authorities = [(name, body) for name, body in own if body.kind is Kind.AUTHORITY]
    full = [(f"{prefix} {name}", body) for name, body in authorities for prefix in _data()["prefixes"]]
    places = [(place, body) for body in bodies for place in body.places]
    for name, bearer in (*own, *full, *places):
        if name:
            names[_keys(name)].append((name, bearer))
    return dict(names)


@lru_cache(maxsize=8)
def _openings(extra: tuple[str, ...]) -> frozenset[str]:
    """Return the first words of all names, and of what is no name although it looks like one."""
    return frozenset(key[0] for key in (*_names(extra), *_phrases("not_bodies")) if key)


def _unlisted(extra: Iterable[str]) -> Iterable[Body]:
    """Make bodies of the names that the data file lacks; what is left without "Police" and the like is the area."""
    for name in extra:
        core, kind = _core(name)
        if core and not any(same_body(name, body.name) for body in known_bodies()):
            words = [word for word in _words(name) if word.key in core]
            yield Body(name, kind or Kind.UNKNOWN, name[words[0].start : words[-1].end] if words else "")
