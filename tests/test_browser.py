from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from peelqa.answers import Library
from tests.browsing import ask, assert_accessible, reading, serving

QUESTION = "What concerns are there about missing children?"
PAGES = ("/", "/search", "/search?q=children&finding=concern", "/search?q=zebra&exact=true", "/search?q=children&format=print",
         "/compare", "/grades", "/grades?body=Oakshire+Police", "/reports", "/reports/oakshire-2014", "/reports/oakshire-2014/findings", "/about",
         "/accessibility", "/privacy", "/api", "/nothing")  # fmt: skip


@pytest.fixture(scope="module")
def address(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(library, tmp_path_factory.mktemp("feedback") / "feedback.jsonl") as served:
        yield served


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_meets_the_guidelines_in_every_state(browser: Browser, address: str, width: int, dark: bool) -> None:
    with reading(browser, address, width=width, dark=dark) as page:
        for path in PAGES:
            page.goto(path)
            assert_accessible(page, path)
        page.goto("/")
        for question in (QUESTION, "Who won the football cup in 1953?", "What concerns exist in Kent?"):
            ask(page, question)
            expect(page.locator("#latest h2")).to_have_text(question)
            for summary in page.locator("#latest summary").all():
                summary.click()
        assert page.locator(".turn").count() == 3
        assert_accessible(page)
        page.goto("/ask")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Enter a question")
        assert_accessible(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_reader_without_javascript_converses_and_reads_in_context(browser: Browser, address: str, width: int) -> None:
    with reading(browser, address, width=width, script=False) as page:
        page.goto("/")
        ask(page, QUESTION)
        assert page.url.endswith("/ask#latest")
        expect(page.locator("#latest blockquote").first).to_contain_text("waited two days for an officer")
        ask(page, "What has the force saved?")
        assert page.locator(".turn h2").all_inner_texts() == [QUESTION, "What has the force saved?"]
        page.locator("#latest").get_by_role("link", name="View in context").first.click()
        expect(page.locator("mark")).to_contain_text("nine million pounds")
        page.go_back()
        expect(page.locator("#latest h2")).to_have_text("What has the force saved?")


def test_with_javascript_the_thread_grows_in_place_and_says_so(browser: Browser, address: str) -> None:
    with reading(browser, address) as page:
        page.goto("/")
        ask(page, QUESTION)
        expect(page.locator("#latest h2")).to_be_focused()
        expect(page.get_by_role("status")).to_contain_text("Answer loaded")
        ask(page, "What has the force saved?")
        expect(page.locator(".turn")).to_have_count(2)
        assert page.url == f"{address}/"
        page.locator("#latest").get_by_role("link", name="View in context").first.click()
        page.wait_for_url("**/reports/**")
        page.go_back()
        expect(page.locator(".turn")).to_have_count(2)


def test_a_filter_tells_how_many_reports_the_others_leave(browser: Browser, address: str) -> None:
    with reading(browser, address) as page:
        page.goto("/")
        page.get_by_text("Narrow it down").click()
        page.get_by_label("Year").select_option("2014")
        expect(page.locator("#body option").nth(1)).to_have_text("Oakshire Police (1)")
        ask(page, QUESTION)
        # Until the answer is there, an example question may name the year too.
        page.locator("#latest").get_by_role("button", name="2014").click()
        expect(page.locator(".turn")).to_have_count(2)
        expect(page.locator("#latest .understood")).not_to_contain_text("chosen by you")


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_staff_narrow_a_search_and_take_the_results_away(
    browser: Browser, address: str, script: bool, tmp_path: Path
) -> None:
    with reading(browser, address, script=script, width=320) as page:
        page.goto("/search")
        page.get_by_label("Words to look for").fill("officers and children")
        page.get_by_role("button", name="Search").click()
        page.get_by_label("Concern", exact=False).first.check()
        page.get_by_role("button", name="Apply").click()
        expect(page.locator("#results")).to_contain_text("1 passage in 1 report")
        with page.expect_download() as download:
            page.get_by_role("link", name="JSON Lines").click()
        saved = tmp_path / "passages.jsonl"
        download.value.save_as(saved)
        assert "waited two days" in saved.read_text(encoding="utf-8")


def test_a_grade_leads_to_the_words_that_state_it(browser: Browser, address: str) -> None:
    with reading(browser, address, script=False) as page:
        page.goto("/grades?area=Efficiency")
        page.get_by_role("link", name="Good").first.click()
        expect(page.locator("mark")).to_contain_text("Good")


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_link_and_a_verdict_are_made_only_when_asked_for(browser: Browser, address: str, script: bool) -> None:
    with reading(browser, address, script=script) as page:
        page.goto("/")
        ask(page, QUESTION)
        page.locator("#latest").get_by_role("button", name="Make a link").click()
        link = page.locator("a[href^='/answer?']").first
        expect(link).to_be_visible()
        page.goto(str(link.get_attribute("href")))
        expect(page.locator(".changes")).to_contain_text("so is the answer")
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("Your word on this answer was kept").first).to_be_visible()


def test_markup_in_a_question_is_shown_and_not_run(browser: Browser, address: str) -> None:
    with reading(browser, address) as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto("/")
        hostile = '<img src=x onerror="alert(1)"> missing children?'
        ask(page, hostile)
        expect(page.locator("#latest h2")).to_have_text(hostile)
        assert dialogs == []
