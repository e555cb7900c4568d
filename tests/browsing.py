"""What the tests in a browser share: a served library, a reader's page, and what every page must keep to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from peelqa.answers import Library
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
_FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const seen = [...at.getClientRects()].some((box) => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return left < right && top < bottom && Boolean(over) && (at.contains(over) || over.contains(at));
  });
  return {
    text: at.innerText || at.value || "",
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen,
    nothing: at === document.body,
  };
}"""


@contextmanager
def serving(library: Library, feedback: Path) -> Iterator[str]:
    """Serve a library on a free port; yields the address."""
    app = create_app(library, web_folder(), Settings(feedback=feedback, asks_per_minute=0))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def reading(
    browser: Browser,
    address: str,
    *,
    width: int = 1280,
    script: bool = True,
    dark: bool = False,
    forced: Literal["active", "none"] = "none",
) -> Iterator[Page]:
    """Open a page as one reader has it; fails where anything is asked of another origin or the script has a fault."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 800},
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        forced_colors=forced,
    )
    page = context.new_page()
    # An answer takes a second; on a machine that does much else besides, many.
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert faults == []


def ask(page: Page, question: str) -> None:
    """Write a question and press the button."""
    page.locator("#question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def assert_accessible(page: Page, state: str = "") -> None:
    """Fail where a page breaks the guidelines, or where anything of it runs off the side of the screen."""
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, f"{state}: {found.generate_report()}"
    # What is wider than the screen scrolls in a region of its own.
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, state


def tab_to(page: Page, text: str, *, selector: str = "*", at_most: int = 120) -> None:
    """Go to a control by the Tab key alone; everything on the way must show that it has the focus, and not be hidden."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        assert focused["nothing"] or focused["outlined"], f"no focus is seen on {focused['text']!r}"
        assert focused["nothing"] or focused["seen"], f"{focused['text']!r} has the focus out of sight"
        if text in focused["text"] and page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{text!r} was not reached in {at_most} steps")
