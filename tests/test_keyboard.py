"""Every journey by the keyboard alone, with the focus always in sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import reading, tab_to

QUESTION = "What concerns exist about child protection?"
EVERY_READER = pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)], ids=["wide", "phone-plain"])


@EVERY_READER
def test_asking_following_up_and_reading_in_context(
    browser: Browser, sample_address: str, width: int, script: bool
) -> None:
    with reading(browser, sample_address, width=width, script=script) as page:
        page.goto("/")
        tab_to(page, "Skip to main content", at_most=1)
        page.keyboard.press("Enter")
        tab_to(page, "", selector="#question", at_most=2)
        page.keyboard.type(QUESTION)
        tab_to(page, "Ask", selector=".main-button")
        page.keyboard.press("Enter")
        expect(page.locator("#latest h2")).to_have_text(QUESTION)
        tab_to(page, "", selector="#question")
        page.keyboard.type("and in 2014?")
        tab_to(page, "Ask", selector=".main-button")
        page.keyboard.press("Enter")
        expect(page.locator("#latest h2")).to_have_text("and in 2014?")
        expect(page.locator(".turn")).to_have_count(2)
        tab_to(page, "View in context", selector="#latest a" if script else "a")
        page.keyboard.press("Enter")
        expect(page.locator("#quoted")).to_be_in_viewport()


def test_the_answer_has_the_focus_and_enter_asks(browser: Browser, sample_address: str) -> None:
    with reading(browser, sample_address) as page:
        page.goto("/")
        tab_to(page, "", selector="#question")
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("#latest h2")).to_be_focused()


@EVERY_READER
def test_choosing_a_filter_and_taking_it_out(browser: Browser, sample_address: str, width: int, script: bool) -> None:
    with reading(browser, sample_address, width=width, script=script) as page:
        page.goto("/")
        tab_to(page, "", selector="#question")
        page.keyboard.type(QUESTION)
        tab_to(page, "Narrow it down")
        page.keyboard.press("Enter")
        tab_to(page, "", selector="#year")
        page.keyboard.type("2018")
        tab_to(page, "Ask", selector=".main-button")
        page.keyboard.press("Enter")
        expect(page.locator("#latest .understood")).to_contain_text("chosen by you")
        page.locator("#latest h2").focus()
        tab_to(page, "2018", selector="#latest .removable")
        page.keyboard.press("Enter")
        expect(page.locator("#latest .understood")).not_to_contain_text("chosen by you")


@EVERY_READER
def test_searching_narrowing_and_taking_the_results_away(
    browser: Browser, sample_address: str, width: int, script: bool, tmp_path: Path
) -> None:
    with reading(browser, sample_address, width=width, script=script) as page:
        page.goto("/search")
        tab_to(page, "", selector="#q")
        page.keyboard.type("custody")
        page.keyboard.press("Enter")
        expect(page.locator("#results")).to_contain_text("passages in")
        tab_to(page, "concern", selector="[name=finding]")
        page.keyboard.press("Space")
        tab_to(page, "Apply")
        page.keyboard.press("Enter")
        expect(page.locator(".results .chosen")).to_contain_text("concern")
        tab_to(page, "CSV", selector="a")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        download.value.save_as(tmp_path / "passages.csv")
        assert (tmp_path / "passages.csv").read_text(encoding="utf-8-sig").count("Aldermere")


@EVERY_READER
def test_comparing_two_forces(browser: Browser, sample_address: str, width: int, script: bool) -> None:
    with reading(browser, sample_address, width=width, script=script) as page:
        page.goto("/compare")
        tab_to(page, "", selector="#question")
        page.keyboard.type("How well does it protect vulnerable people?")
        for name in ("Aldermere Police", "Northfell Police", "2018", "2021"):
            tab_to(page, name, selector="input")
            page.keyboard.press("Space")
        tab_to(page, "Compare", selector=".main-button")
        page.keyboard.press("Enter")
        expect(page.locator(".compare tbody tr")).to_have_count(2)
        tab_to(page, "View in context", selector="a")
        page.keyboard.press("Enter")
        expect(page.locator("#quoted")).to_be_in_viewport()


@EVERY_READER
def test_going_from_a_grade_to_the_words_that_state_it(
    browser: Browser, sample_address: str, width: int, script: bool
) -> None:
    with reading(browser, sample_address, width=width, script=script) as page:
        page.goto("/grades")
        tab_to(page, "", selector="#body")
        page.keyboard.type("Wexhaven")
        tab_to(page, "Show body")
        page.keyboard.press("Enter")
        expect(page.locator("caption")).to_contain_text("Wexhaven")
        expect(page.locator("#changes")).to_be_visible()
        tab_to(page, "Requires improvement", selector="a")
        page.keyboard.press("Enter")
        expect(page.locator("#quoted")).to_contain_text("equires improvement")


@EVERY_READER
def test_reading_a_report_by_its_contents_and_why_it_was_read_so(
    browser: Browser, sample_address: str, width: int, script: bool
) -> None:
    with reading(browser, sample_address, width=width, script=script) as page:
        page.goto("/reports")
        tab_to(page, "Aldermere Police: PEEL 2014")
        page.keyboard.press("Enter")
        expect(page.locator("article")).to_be_visible()
        tab_to(page, "Legitimacy")
        page.keyboard.press("Enter")
        expect(page.locator("article h2", has_text="Legitimacy")).to_be_in_viewport()
        page.goto(page.url.split("#")[0])
        tab_to(page, "Other reports")
        page.keyboard.press("Enter")
        tab_to(page, "2018/19")
        tab_to(page, "How this copy was read")
        page.keyboard.press("Enter")
        tab_to(page, "Sentences taken for")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("What was found")
        tab_to(page, "Concern", selector=".choice")
        page.keyboard.press("Enter")
        expect(page.locator(".is-concern mark").first).to_be_visible()
        expect(page.locator(".is-strength")).to_have_count(0)


def test_an_evaluator_reads_the_figures(browser: Browser, sample_address: str) -> None:
    with reading(browser, sample_address, width=320) as page:
        page.goto("/")
        tab_to(page, "About")
        page.keyboard.press("Enter")
        expect(page.locator("#figures")).to_be_visible()
        tab_to(page, "", selector="[aria-label^='Measured figures']")
        page.keyboard.press("ArrowRight")
        tab_to(page, "API")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("API")
