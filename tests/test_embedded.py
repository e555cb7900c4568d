"""What a build has embedded is not embedded again, whatever became of the build."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from peelqa.building import build_corpus
from peelqa.embedding import Vectors
from peelqa.errors import NothingReadable
from peelqa.index import erase_index, open_index
from peelqa.index.build import build_index
from peelqa.index.embedded import Embedded
from peelqa.index.store import digest_of
from tests.test_index import HashedWords, make_report


class Counting(HashedWords):
    """Notes what it embeds, and dies after so many texts."""

    def __init__(self, dies_after: int = 10**9) -> None:
        self.texts: list[str] = []
        self.dies_after = dies_after

    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(self.texts) + len(texts) > self.dies_after:
            raise KeyboardInterrupt
        self.texts += texts
        return super().encode(texts)


REPORTS = [make_report(f"Town{number:03}") for number in range(90)]


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".embedded-*")]


def test_a_build_goes_on_with_what_a_build_that_died_has_embedded(tmp_path: Path) -> None:
    died = Counting(dies_after=100)
    with pytest.raises(KeyboardInterrupt):
        build_index(tmp_path, REPORTS, died)
    assert len(died.texts) == 64
    again = Counting()
    result = build_index(tmp_path, REPORTS, again)
    questions = 1  # the canary, which every build asks
    assert sorted([*died.texts, *again.texts[:-questions]]) == sorted(set(died.texts) | set(again.texts[:-questions]))
    assert result.embedded == result.passages - 64 == len(again.texts) - questions
    whole = Counting()
    build_index(tmp_path / "whole", REPORTS, whole)
    one, two = open_index(tmp_path), open_index(tmp_path / "whole")
    assert all(np.array_equal(one.vectors.vector(row), two.vectors.vector(row)) for row in range(one.count))


def test_what_is_published_or_erased_leaves_no_vectors_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build_index(tmp_path, REPORTS, Counting(dies_after=64))
    assert left_in(tmp_path)
    build_index(tmp_path, REPORTS[:1], HashedWords())
    assert not left_in(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        build_index(tmp_path, REPORTS, Counting(dies_after=64))
    erase_index(tmp_path)
    assert not left_in(tmp_path)


def test_what_a_build_left_of_reports_that_are_gone_is_removed(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / ".embedded-of-a-build-that-died").write_bytes(b"vectors")
    with pytest.raises(NothingReadable):
        build_corpus(tmp_path / "corpus", tmp_path, tmp_path / "none", HashedWords(), lambda *_: None)
    assert not left_in(tmp_path)


def test_an_index_may_hold_nothing(tmp_path: Path) -> None:
    assert build_index(tmp_path, [], HashedWords()).passages == 0


def test_another_model_takes_nothing_of_the_first(tmp_path: Path) -> None:
    first, other = Counting(), Counting()
    other.name = "other@1"
    Embedded(tmp_path, first).vectors([digest_of("a")], ["a"])
    Embedded(tmp_path, other).vectors([digest_of("a")], ["a"])
    assert other.texts == ["a"]


def test_a_text_that_comes_twice_is_embedded_once(tmp_path: Path) -> None:
    counting = Counting()
    embedded = Embedded(tmp_path, counting)
    texts = ["a", "b", "a"]
    vectors = embedded.vectors(list(map(digest_of, texts)), texts)
    assert counting.texts == ["a", "b"]
    assert np.array_equal(vectors, HashedWords().encode(texts))


@pytest.mark.parametrize("damage", ["cut", "flipped", "another's digest"])
def test_what_is_not_whole_is_embedded_again(tmp_path: Path, damage: str) -> None:
    texts = ["a", "b"]
    digests = list(map(digest_of, texts))
    Embedded(tmp_path, Counting()).vectors(digests, texts)
    (path,) = tmp_path.glob(".embedded-*")
    whole = path.read_bytes()
    second = len(whole) // 2
    broken = {
        "cut": whole[:-1],
        "flipped": bytes([*whole[:-1], whole[-1] ^ 1]),
        "another's digest": whole[: second + 4] + whole[4:36] + whole[second + 36 :],
    }
    path.write_bytes(broken[damage])
    counting = Counting()
    embedded = Embedded(tmp_path, counting)
    assert digests[0] in embedded
    assert np.array_equal(embedded.vectors(digests, texts), HashedWords().encode(texts))
    assert counting.texts == ["b"]
