from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from peelqa.answers import Library
from peelqa.settings import web_folder
from peelqa.web import create_app


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    config = uvicorn.Config(create_app(library, web_folder()), host="127.0.0.1", port=0, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not here; install it (Debian: apt-get install chromium)")
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=switches)
        context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
        yield context.new_page()
        browser.close()


def test_a_reader_without_javascript_asks_and_reads_the_quotation_in_context(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Your question").fill("What concerns are there about missing children?")
    page.get_by_role("button", name="Ask").click()
    assert "waited two days for an officer" in page.locator("blockquote").first.inner_text()
    page.get_by_role("link", name="View in context").first.click()
    assert page.locator("mark").inner_text().endswith("waited two days for an officer.")
