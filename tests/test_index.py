from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from peelqa.answers import Library
from peelqa.embedding import Embedder
from peelqa.errors import IndexDamaged, IndexMissing
from peelqa.index import build_index, open_index
from peelqa.reports.report import Report


def test_a_missing_index_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="Run: peelqa build"):
        open_index(tmp_path)


def test_an_unchanged_corpus_is_not_embedded_again(report: Report, embedder: Embedder, tmp_path: Path) -> None:
    first = build_index(tmp_path, [report], embedder)
    second = build_index(tmp_path, [report], embedder)
    assert first.embedded == first.passages > 0
    assert second.embedded == 0


def test_a_flipped_byte_in_any_file_is_refused_by_name(report: Report, embedder: Embedder, tmp_path: Path) -> None:
    generation = tmp_path / build_index(tmp_path, [report], embedder).generation
    for path in [each for each in generation.rglob("*") if each.is_file() and not each.name.endswith(".lock")]:
        whole = path.read_bytes()
        if not whole:
            continue
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        with pytest.raises(IndexDamaged, match=path.name):
            open_index(tmp_path)
        path.write_bytes(whole)
    assert open_index(tmp_path).generation == generation.name


def test_faiss_ranks_as_plain_numpy_does(library: Library) -> None:
    index = library.index
    vector = library.embedder.encode(["Who looks for missing children?"])[0]
    vectors = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    expected = np.argsort(-(vectors @ vector), kind="stable")[:3].tolist()
    assert [row for row, _ in index.nearest(vector, 3, None)] == expected


def test_search_keeps_to_the_rows_it_is_given(library: Library) -> None:
    assert [row for row, _ in library.index.matching(["force", "staff"], 10, [1])] in ([1], [])
    vector = library.embedder.encode(["force"])[0]
    assert {row for row, _ in library.index.nearest(vector, 10, [0, 2])} == {0, 2}
