"""Every journey by keyboard alone: nothing here clicks, fills or focuses; it tabs, types and presses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import reading

QUESTION = "What concerns exist about child protection?"
_FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].textContent : '';
  return [at.tagName.toLowerCase(), (label || at.textContent || '').replace(/\\s+/g, ' ').trim()];
}"""
_SEEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight && style.outlineStyle !== 'none';
}"""


@pytest.fixture
def page(browser: Browser, sample_address: str) -> Iterator[Page]:
    with reading(browser, sample_address) as opened:
        yield opened


def tab_to(page: Page, tag: str, words: str, back: bool = False) -> None:
    """Press Tab until the focus is on what a reader looks for; it must be in sight and show that it has the focus."""
    for _ in range(90):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        at, said = page.evaluate(_FOCUSED)
        if at == tag and said.startswith(words):
            assert page.evaluate(_SEEN), f"the focus on {words} cannot be seen"
            return
    raise AssertionError(f"90 presses of Tab do not reach {tag} {words}")


def ask(page: Page, question: str) -> None:
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    expect(page.locator("#latest h2")).to_have_text(question)
    expect(page.locator("#latest h2")).to_be_focused()


def test_a_question_is_narrowed_followed_up_widened_again_and_begun_anew(page: Page) -> None:
    page.goto("/")
    tab_to(page, "a", "Skip to main content")
    page.keyboard.press("Enter")
    tab_to(page, "textarea", "Your question")
    tab_to(page, "summary", "Narrow it down")
    page.keyboard.press("Enter")
    tab_to(page, "select", "Police force or authority")
    page.keyboard.type("Wex")
    expect(page.locator("#body")).to_have_value("Wexhaven Constabulary")
    tab_to(page, "textarea", "Your question", back=True)
    ask(page, QUESTION)
    expect(page.locator("#latest .understood")).to_contain_text("Wexhaven Constabulary")
    tab_to(page, "textarea", "Ask a follow-up question")
    ask(page, "and in 2018?")
    assert page.locator(".turn").count() == 2
    tab_to(page, "button", "About Wexhaven Constabulary")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.locator("#latest .understood")).not_to_contain_text("chosen by you")
    tab_to(page, "a", "Start a new conversation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ask inspection reports a question")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_an_answer_is_cited_linked_judged_and_read_in_context(page: Page) -> None:
    page.goto("/")
    tab_to(page, "textarea", "Your question")
    ask(page, QUESTION)
    tab_to(page, "summary", "Cite")
    page.keyboard.press("Enter")
    tab_to(page, "a", "BibTeX")
    tab_to(page, "button", "Make a link")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address of this answer")).to_be_focused()
    tab_to(page, "button", "Yes")
    page.keyboard.press("Space")
    expect(page.locator(".thanks")).to_be_visible()
    tab_to(page, "a", "View in context", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("#quoted").first).to_be_in_viewport()


def test_a_search_is_narrowed_turned_over_and_taken_away(page: Page, tmp_path: Path) -> None:
    page.goto("/search")
    tab_to(page, "input", "Words to look for")
    page.keyboard.type("crime recording")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=crime*")
    tab_to(page, "summary", "Finding")
    page.keyboard.press("Enter")
    tab_to(page, "input", "Holds a concern")
    page.keyboard.press("Space")
    tab_to(page, "button", "Apply")
    page.keyboard.press("Enter")
    page.wait_for_url("**finding=concern*")
    tab_to(page, "a", "CSV")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "passages.csv")
    assert "crime" in (tmp_path / "passages.csv").read_text(encoding="utf-8-sig")
    tab_to(page, "a", "Next page")
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2*")
    tab_to(page, "a", "Finding Holds a concern")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen")).to_have_count(0)


def test_two_forces_are_compared(page: Page) -> None:
    page.goto("/compare")
    tab_to(page, "textarea", "Your question")
    page.keyboard.type("How well does it investigate crime?")
    for name in ("Aldermere Police", "Northfell Police", "2018"):
        tab_to(page, "input", name)
        page.keyboard.press("Space")
    tab_to(page, "button", "Compare")
    page.keyboard.press("Enter")
    expect(page.locator("#compared")).to_be_in_viewport()
    tab_to(page, "a", "View in context")
    page.keyboard.press("Enter")
    expect(page.locator("#quoted").first).to_be_in_viewport()


def test_a_grade_leads_to_its_words_and_on_through_the_report(page: Page) -> None:
    page.goto("/grades")
    tab_to(page, "select", "One body, all areas")
    page.keyboard.type("Nor")
    tab_to(page, "button", "Show body")
    page.keyboard.press("Enter")
    page.wait_for_url("**body=Northfell*")
    tab_to(page, "a", "Good")
    page.keyboard.press("Enter")
    expect(page.locator("#quoted").first).to_be_in_viewport()
    tab_to(page, "summary", "Contents", back=True)
    page.keyboard.press("Enter")
    tab_to(page, "a", "Legitimacy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Legitimacy", exact=True)).to_be_in_viewport()
    tab_to(page, "summary", "Earlier and later reports", back=True)
    page.keyboard.press("Enter")
    tab_to(page, "a", "Northfell Police")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Northfell Police")
