"""The reranker: what it says depends on the pair alone, and what keeps it from loading is not for ever."""

from __future__ import annotations

import pytest

from peelqa import reranking
from peelqa.reranking import Reranker

QUESTION = "Are victims called back?"
TEXTS = ["Victims are called back within a day.", "The canteen serves soup.", "Nobody calls victims back."]


def test_a_score_does_not_depend_on_what_else_is_read() -> None:
    reranker = Reranker()
    together = reranker.logits(QUESTION, TEXTS)
    assert together == [reranker.logits(QUESTION, [text])[0] for text in TEXTS]
    assert together[0] > 0 > together[1]


def test_a_model_that_is_loaded_beforehand_says_the_same() -> None:
    prepared = Reranker()
    prepared.prepare()
    assert prepared.logits(QUESTION, TEXTS) == Reranker().logits(QUESTION, TEXTS)


def test_a_load_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise MemoryError

    reranker = Reranker()
    with monkeypatch.context() as patched:
        patched.setattr(reranking, "_load", fail)
        reranker.prepare()
        with pytest.raises(MemoryError):
            reranker.logits(QUESTION, TEXTS)
    assert len(reranker.logits(QUESTION, TEXTS)) == len(TEXTS)
