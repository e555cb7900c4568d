from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from peelqa.answers import Library
from peelqa.errors import IndexDamaged
from peelqa.web.desk import Desk, Line, Refusal
from tests.browsing import ask, assert_accessible, reading

QUESTION = "What concerns exist about child protection?"
READERS: dict[str, dict[str, Any]] = {
    "wide": {"width": 1280},
    "dark phone": {"width": 320, "dark": True},
    "forced colours on a phone": {"width": 320, "forced": "active"},
}


@pytest.fixture(params=READERS.values(), ids=READERS.keys())
def page(request: pytest.FixtureRequest, browser: Browser, sample_address: str) -> Any:
    with reading(browser, sample_address, **request.param) as opened:
        yield opened


def compare(page: Page) -> None:
    page.goto("/compare")
    page.locator("#question").fill("What grade was given for preventing crime and tackling anti-social behaviour?")
    for name in ("Aldermere Police", "Northfell Police", "2014", "2018/19", "2021/22"):
        page.get_by_label(name, exact=True).check()
    # A year that only another copy of the page could offer: no report here is of it.
    page.get_by_label("2021/22", exact=True).evaluate("box => { box.value = '2016' }")
    page.get_by_role("button", name="Compare").click()


def test_a_filled_comparison_with_every_kind_of_cell_meets_the_guidelines(page: Page) -> None:
    compare(page)
    for kind in ("answered", "not_found", "no_report"):
        expect(page.locator(f".cell-{kind}").first).to_be_visible()
    assert_accessible(page)
    page.goto("/compare")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)


def test_search_grades_and_chart_meet_the_guidelines(page: Page) -> None:
    for path in (
        "/search?q=crime&finding=concern&body=Aldermere+Police&sort=date", "/search?q=crime&page=2", "/search?q=crime&year=1999",
        "/search?q=crime&format=print", "/grades?area=Nothing+of+the+kind", "/reports?body=Nobody", "/reports/northfell-2018",
        "/reports/northfell-2018/findings?finding=concern", "/reports/northfell-2018/findings?part=99",
    ):  # fmt: skip
        page.goto(path)
        assert_accessible(page, path)
    page.goto("/grades?body=Aldermere+Police")
    expect(page.locator("svg").first).to_be_visible()
    assert_accessible(page, "chart")


def test_a_link_reopened_now_and_later_meets_the_guidelines(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    page.locator("#latest .cite summary").first.click()
    page.locator("#latest").get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Address of this answer")).to_be_visible()
    page.locator("#latest").get_by_role("button", name="Yes").click()
    expect(page.locator(".thanks")).to_be_visible()
    assert_accessible(page, "with a link and thanks")
    link = str(page.get_by_role("link", name="Open it").get_attribute("href"))
    page.goto(link)
    expect(page.locator(".changes")).to_contain_text("so is the answer")
    assert_accessible(page, "same generation")
    page.goto(link.replace("generation=", "generation=older").replace("quotes=", "quotes=0"))
    expect(page.locator(".changes")).to_contain_text("read anew")
    assert_accessible(page, "later generation")
    page.get_by_role("link", name="View in context").first.click()
    expect(page.locator("#quoted")).to_be_visible()
    assert_accessible(page, "quotation in its report")


def test_a_link_and_thanks_without_javascript_meet_the_guidelines(browser: Browser, sample_address: str) -> None:
    # axe needs JavaScript of its own, so the forms are sent without the page's script.
    with reading(browser, sample_address, width=320) as page:
        page.route("**/static/peelqa.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.goto("/")
        for button, heading in (("Make a link", "Link to an answer"), ("No", "Thank you")):
            ask(page, QUESTION)
            page.locator("#latest").get_by_role("button", name=button).click()
            expect(page.locator("h1")).to_have_text(heading)
            assert_accessible(page, heading)
            page.goto("/")


def refuse(status: int) -> Callable[..., None]:
    def refusing(*_: object, **__: object) -> None:
        raise Refusal(status, None if status != 429 else "At most 30 questions a minute can be asked from one place.")

    return refusing


def fail(error: Exception) -> Callable[..., None]:
    def failing(*_: object, **__: object) -> None:
        raise error

    return failing


def test_every_refusal_and_failure_meets_the_guidelines(
    browser: Browser, sample_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(browser, sample_address, width=320, dark=True) as page:
        for path in ("/nothing", "/reports/none", "/search?page=x", "/search?q=" + "a" * 9000, "/answer?question="):
            page.goto(path)
            expect(page.locator("h1")).to_be_visible()
            assert_accessible(page, path[:40])
        page.goto("/")
        page.locator("#carried").evaluate(
            "part => { part.innerHTML = `<input type=hidden name=turn value=${'a'.repeat(20000)}>` }"
        )
        ask(page, QUESTION)
        expect(page.locator("h1")).to_have_text("That is too long to read")
        assert_accessible(page, "413")
        for question, place, broken, words in (
            ("Is anyone too quick?", (Desk, "count"), refuse(429), "Too many questions"),
            ("Is anyone waiting?", (Line, "run"), refuse(503), "Too busy"),
            ("Is the index whole?", (Library, "ask"), fail(IndexDamaged("damaged")), "Too busy"),
            ("Is anything wrong?", (Library, "ask"), fail(RuntimeError("wrong")), "Something went wrong"),
        ):
            with monkeypatch.context() as patched:
                page.goto("/")
                patched.setattr(*place, broken)
                ask(page, question)
                expect(page.locator("h1")).to_contain_text(words)
                assert_accessible(page, words)
