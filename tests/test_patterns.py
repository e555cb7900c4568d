"""Patterns that are compiled when first used."""

from __future__ import annotations

import copy
import gc
import importlib
import pickle
import pkgutil
import re

import pytest

import peelqa
from peelqa.patterns import LatePattern, compile_late


def test_every_pattern_of_the_project_compiles() -> None:
    for module in pkgutil.walk_packages(peelqa.__path__, "peelqa."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    late = [each for each in gc.get_objects() if type(each) is LatePattern]
    assert len(late) > 100
    assert all(isinstance(each.compiled, re.Pattern) for each in late)


def test_a_late_pattern_finds_what_a_compiled_one_finds() -> None:
    late, compiled = (make(r"(?P<word>b\w*)", re.IGNORECASE) for make in (compile_late, re.compile))
    text = "Body, bodies and forces"
    assert [found.group("word") for found in late.finditer(text)] == compiled.findall(text)
    assert (late.pattern, late.flags, late.sub("-", text)) == (
        compiled.pattern,
        compiled.flags,
        compiled.sub("-", text),
    )


def test_a_late_pattern_can_be_copied_and_kept() -> None:
    late = compile_late(r"b\w*", re.IGNORECASE)
    assert all(each.findall("Body") == ["Body"] for each in (copy.copy(late), pickle.loads(pickle.dumps(late))))  # noqa: S301 - our own


def test_what_is_no_pattern_is_refused_when_it_is_used() -> None:
    late = compile_late("(")
    with pytest.raises(re.error):
        late.search("anything")
