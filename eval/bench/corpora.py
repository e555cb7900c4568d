"""Made-up corpora and vectors, the same at every run: words as frequent as in English, in no order that means anything."""

from __future__ import annotations

import json
import random
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from spellchecker import SpellChecker

from peelqa.embedding import Vectors

PASSAGES_A_REPORT = 30
_PARAGRAPHS = 60
_SENTENCES, _WORDS = 6, 14
_VOCABULARY = 8000
QUESTIONS = (
    "What concerns exist about child protection?",
    "How well does the force investigate domestic abuse?",
    "Do officers treat people with respect?",
    "Is crime recorded accurately?",
    "How long do people wait for an answer?",
    "What must the council improve for children in care?",
    "Are there enough detectives?",
    "What training do staff receive?",
    "How are missing people found?",
    "Does the force understand demand?",
    "What is said about neighbourhood teams?",
    "How good is the quality of evidence?",
)


def write_corpus(folder: Path, passages: int) -> None:
    """Write made-up reports that are cut into about so many passages; nothing where they are there already."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    chance = random.Random("peelqa")  # noqa: S311 - a made-up corpus
    words, weights = vocabulary()
    for number in range(max(1, passages // PASSAGES_A_REPORT)):
        (folder / f"report-{number:05}.txt").write_text(made_report(chance, number, words, weights), encoding="utf-8")


def vocabulary() -> tuple[list[str], list[float]]:
    """Return the most frequent English words with their summed frequencies."""
    counted = SpellChecker().word_frequency.dictionary
    frequent = sorted((word for word in counted if word.isalpha()), key=lambda word: (-counted[word], word))
    chosen = frequent[:_VOCABULARY]
    return chosen, list(accumulate(float(counted[word]) for word in chosen))


def made_report(chance: random.Random, number: int, words: list[str], weights: list[float]) -> str:
    """Return the text of one made-up report."""
    parts = [f"Shire {number} Police 2018\n"]
    for place in range(_PARAGRAPHS):
        if place % 6 == 0:
            parts.append(f"Section {place // 6}\n")
        made = (chance.choices(words, cum_weights=weights, k=_WORDS) for _ in range(_SENTENCES))
        parts.append(" ".join(f"{' '.join(each).capitalize()}." for each in made) + "\n")
    return "\n".join(parts)


def made_questions(count: int) -> list[str]:
    """Return questions that differ: the plain ones, and the same about made-up matters."""
    chance = random.Random("questions")  # noqa: S311 - made-up questions
    words, weights = vocabulary()
    rare = [word for word in words[1000:] if len(word) > 4]
    assert weights  # noqa: S101 - the list of words is not empty
    return [
        QUESTIONS[number % len(QUESTIONS)].replace("?", f" and {chance.choice(rare)}?")
        if number >= len(QUESTIONS)
        else QUESTIONS[number]
        for number in range(count)
    ]


def write_vectors_file(path: Path, count: int, dimension: int = 384) -> Vectors:
    """Write unit vectors that lie in clusters, as embeddings do, and return them mapped from the file."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        made: np.memmap[Any, np.dtype[np.float32]] = np.lib.format.open_memmap(
            f"{path}.new", mode="w+", dtype=np.float32, shape=(count, dimension)
        )
        chance = np.random.default_rng(7)
        centres = chance.standard_normal((max(1, count // 50), dimension), dtype=np.float32)
        for start in range(0, count, 50_000):
            size = min(50_000, count - start)
            near = centres[chance.integers(0, len(centres), size)]
            block = near + 0.8 * chance.standard_normal((size, dimension), dtype=np.float32)
            made[start : start + size] = block / np.linalg.norm(block, axis=1, keepdims=True)
        made.flush()
        Path(f"{path}.new").rename(path)
    mapped: Vectors = np.load(path, mmap_mode="r")
    return mapped


def write_peer_data(folder: Path, texts: list[str], vectors: Vectors) -> None:
    """Write what other stacks index: the passages' texts and vectors, so that none of them encodes passages again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    np.save(folder / "vectors.npy", vectors)
