"""The list of published reports names real reports, each with its address and what is known of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.errors import BadInput
from peelqa.fetching.addresses import Reach, parse_address
from peelqa.fetching.files import safe_name
from peelqa.fetching.sources import Source, choose_sources, read_sources
from peelqa.reports.bodies import known_bodies
from peelqa.reports.frameworks import framework_called
from peelqa.settings import sources_file


@pytest.fixture(scope="session")
def listed() -> tuple[Source, ...]:
    return read_sources(sources_file(Path("/nowhere"))).listed


def test_the_list_holds_every_force_s_2014_assessment(listed: tuple[Source, ...]) -> None:
    main = {each.about.body: each for each in listed if each.series == "peel-2014" and each.url.count("/") == 6}
    assert set(main) == {body.name for body in known_bodies() if body.slug}
    assert len(main) == 43
    seed = main["West Midlands Police"]
    assert seed.name == "peel-2014-west-midlands"
    assert seed.url == "https://hmicfrs.justiceinspectorates.gov.uk/peel-assessments/peel-2014/west-midlands/"
    assert (seed.about.framework, str(seed.about.published)) == ("PEEL 2014", "2014-11-27")


def test_every_listed_report_can_be_fetched_and_attributed(listed: tuple[Source, ...]) -> None:
    sources = read_sources(sources_file(Path("/nowhere")))
    bodies = {body.name for body in known_bodies()}
    for each in listed:
        address = parse_address(each.url, Reach())
        assert address.url == each.url == each.about.url
        assert address.scheme == "https"
        assert any(address.host.endswith(f".{host}") for host in sources.hosts)
        assert each.about.body in bodies
        assert each.about.framework
        assert framework_called(each.about.framework)
        assert each.about.publisher
        assert each.about.licence
        assert safe_name(each.name) == each.name
    assert len({each.name for each in listed}) == len({each.url for each in listed}) == len(listed)


def test_reports_are_chosen_by_name_by_series_and_by_pattern(listed: tuple[Source, ...]) -> None:
    sources = read_sources(sources_file(Path("/nowhere")))
    assert [each.name for each in choose_sources(sources, ["peel-2014-kent"])] == ["peel-2014-kent"]
    assert len(choose_sources(sources, ["peel-2021", "peel-2021-kent"])) == 43
    assert {each.series for each in choose_sources(sources, ["*-kent*"])} >= {"peel-2014", "peel-2018", "peel-2023"}
    with pytest.raises(BadInput, match="Did you mean peel-2014-kent"):
        choose_sources(sources, ["peel-2014-kennt"])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("hosts = 3", "hosts"), ("hosts = []\n[series]", "series"), ("x", "Expected"), ("[series.a]\nfee = 1", "hosts")],
)
def test_a_list_that_is_wrong_is_named_with_what_is_wrong(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "sources.toml").write_text(text)
    with pytest.raises(BadInput, match=wrong):
        read_sources(sources_file(tmp_path))
