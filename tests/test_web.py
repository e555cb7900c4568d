from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.embedding import Embedder
from peelqa.errors import NotVerbatim
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.reports.corpus import read_report
from peelqa.reports.report import Report
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.asked import Asked, unpacked
from peelqa.web.leaves import LEAF_CHARS, part_report, view_leaf
from peelqa.web.marking import ASIDE, MARK, marker_for

QUESTION = "What concerns are there about missing children?"
PAGES = ("/", "/ask", "/search", "/search?q=children", "/compare", "/grades", "/reports", "/reports/oakshire-2014", "/about",
         "/accessibility", "/privacy", "/api")  # fmt: skip


@pytest.fixture(scope="module")
def client(library: Library) -> TestClient:
    app = create_app(library, web_folder(), Settings(asks_per_minute=0))
    return TestClient(app, raise_server_exceptions=False)


def test_a_question_on_the_page_is_answered_with_a_quotation(client: TestClient) -> None:
    page = client.post("/ask", data={"question": QUESTION})
    assert page.status_code == 200
    assert "waited two days for an officer" in re.sub(r"</?mark>", "", page.text)
    assert "Oakshire Police" in page.text


def test_a_thread_shows_its_earlier_turns_in_order(client: TestClient) -> None:
    earlier = Asked(question=QUESTION).packed()
    page = client.post("/ask", data={"question": "What has the force saved?", "turn": earlier})
    questions = re.findall(r'<h2 id="asked-\d" tabindex="-1">(.*?)</h2>', page.text)
    assert questions == [QUESTION, "What has the force saved?"]
    assert page.text.count('id="latest"') == 1


def test_the_script_gets_the_new_turn_alone(client: TestClient) -> None:
    part = client.post("/ask", data={"question": QUESTION}, headers={"Peelqa-Fragment": "yes"}).text
    assert part.lstrip().startswith('<section class="turn answered"')
    assert "<html" not in part


def test_a_tag_that_is_taken_out_is_not_understood_again(client: TestClient) -> None:
    fields = {"question": "What concerns are there about children in Oakshire?"}
    assert 'value="body"' in client.post("/ask", data=fields).text
    assert 'name="drop" value="body"' not in client.post("/ask", data={**fields, "drop": "body"}).text


@pytest.mark.parametrize(("question", "words"), [("", "Enter a question"), ("a" * 501, "500 characters or fewer")])
def test_a_question_that_cannot_be_asked_is_an_error_that_says_so(
    client: TestClient, question: str, words: str
) -> None:
    page = client.post("/ask", data={"question": question})
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert page.text.count(words) == 2


@pytest.mark.parametrize("wrong", [{"finding": "concerns"}, {"year": "soon"}])
@pytest.mark.parametrize("page", ["/ask", "/compare", "/link"])
def test_a_filter_that_there_is_none_of_is_refused_on_a_page_that_says_what_to_do(
    client: TestClient, page: str, wrong: dict[str, str]
) -> None:
    refused = client.post(page, data={"question": QUESTION, **wrong})
    assert refused.status_code == 422
    assert "Check what you chose and try again." in refused.text


def test_a_finding_that_is_chosen_stays_chosen_and_is_carried_along(client: TestClient) -> None:
    page = client.post("/ask", data={"question": QUESTION, "finding": "concern"}).text
    assert re.search(r'<option value="concern" selected', page)
    turns = re.findall(r'name="turn" value="([^"]*)"', page)
    assert unpacked(tuple(map(unescape, turns)))[0].finding == ("concern",)
    assert "finding=concern" in client.post("/link", data={"question": QUESTION, "finding": "concern"}).text
    assert unpacked(('{"question": "Is it safe?", "finding": ["concerns"]}',)) == ()


def test_the_report_page_marks_the_quotation_in_its_place(client: TestClient, library: Library) -> None:
    quote = library.ask(QUESTION).to_json()["quotes"][0]
    page = client.get("/reports/oakshire-2014", params={"start": quote["start_char"], "end": quote["end_char"]})
    assert f'<mark id="quoted" tabindex="-1">{quote["text"]}</mark>' in page.text


def test_the_leaves_of_a_long_report_hold_every_block_once(report: Report) -> None:
    paragraph = "A sentence that stands here to fill a page. " * 40
    text = report.text + "\n\n" + "\n\n".join(f"{number} {paragraph}" for number in range(60))
    at, blocks = len(report.text) + 2, list(report.blocks)
    for number in range(60):
        length = len(f"{number} {paragraph}")
        blocks.append(replace(blocks[-1], start_char=at, end_char=at + length))
        at += length + 2
    long = replace(report, text=text, blocks=tuple(blocks))
    leaves = part_report(long)
    assert len(leaves) > 3
    assert all(leaf.end_char - leaf.start_char <= LEAF_CHARS + 2000 for leaf in leaves)
    shown = [
        block["id"]
        for at in range(len(leaves))
        for item in view_leaf(long, leaves, at, (0, 0))["items"]
        for block in item.get("blocks", ())
    ]
    assert shown == [f"c{block.start_char}" for block in blocks]


def test_marked_words_leave_the_quotation_as_it_is() -> None:
    text = "In 2014 the force’s officers waited; waiting is a concern."
    pieces = marker_for("How long did officers wait?", "figure").pieces(text)
    assert "".join(words for words, _ in pieces) == text
    assert [words for words, kind in pieces if kind == MARK] == ["2014", "officers waited", "waiting"]
    aside = marker_for("How long did officers wait?", "figure").pieces(text, [(3, 15)])
    assert "".join(words for words, _ in aside) == text
    assert aside[1] == (text[3:15], ASIDE)


def test_where_the_newest_generation_is_damaged_every_page_says_so(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    older = "These are the reports as read on "
    assert older not in client.get("/").text
    folder = tmp_path / "index"
    shutil.copytree(library.index.folder.parent, folder)
    build_index(folder, [library.index.report("oakshire-2014")], library.embedder)
    (open_index(folder).folder / "store.sqlite").write_bytes(b"damaged")
    opened = open_index(folder)
    assert opened.generation == library.index.generation
    app = create_app(replace(library, index=opened), web_folder(), Settings(asks_per_minute=0))
    page = TestClient(app)
    for shown in (page.get("/"), page.get("/nothing"), page.post("/ask", data={"question": QUESTION})):
        assert older + str(opened.manifest["built_at"])[:10] in shown.text
        assert str(folder) not in shown.text
    assert page.get("/readyz").json()["status"] == "degraded"
    assert page.get("/api/about").json()["newest"] is False


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("GET", "/api/nothing", 404), ("GET", "/reports/none", 404), ("PUT", "/ask", 405),
        ("GET", "/static/../pyproject.toml", 404), ("GET", "/search?page=x", 422), ("POST", "/feedback", 403),
        ("GET", "/reports/oakshire-2014?start=1&end=99999", 404), ("GET", "/search?q=" + "a" * 9000, 414),
        *[("GET", path, 200) for path in (*PAGES, "/healthz", "/readyz", "/api/openapi.json", "/static/peelqa.css")],
    ],
)  # fmt: skip
def test_every_response_carries_the_security_headers(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_a_fault_says_nothing_of_itself_and_carries_the_headers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(Library, "ask", fail)
    for path, body in (
        ("/api/ask", {"json": {"question": "a fault please"}}),
        ("/ask", {"data": {"question": "a fault"}}),
    ):
        response = client.post(path, **body)  # type: ignore[arg-type]
        assert response.status_code == 500
        assert "secret" not in response.text
        assert response.headers["content-security-policy"]


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "a" * 20_000})
    assert response.status_code == 413
    assert response.json()["error"]
    assert response.headers["content-security-policy"]


NASTY = ['"\\ud800"', "NaN", "Infinity", "1e400", "null", "[]", "{}", '"\\u0000"', '"\\u202e reversed"', "true", '["a"]',
         '"' + "\\u0301" * 500 + '"', '"' + "é" * 501 + '"', "1" * 5000, "[" * 2000]  # fmt: skip


@pytest.mark.parametrize("field", ["question", "body", "year", "finding", "limit", "history"])
@pytest.mark.parametrize("value", NASTY)
def test_nothing_that_is_sent_makes_the_server_fail(client: TestClient, field: str, value: str) -> None:
    other = "" if field == "question" else '"question": "Hello there?", '
    sent = f'{{{other}"{field}": {value}}}'
    response = client.post("/api/ask", content=sent, headers={"content-type": "application/json"})
    assert response.status_code in (200, 400, 422)
    form = client.post("/ask", data={"question": "Hello there?", field: value, "turn": value})
    assert form.status_code in (200, 422)
    assert client.get("/search", params={"q": "custody", field: value}).status_code in (200, 422)


def test_a_refusal_repeats_nothing_that_was_sent(client: TestClient) -> None:
    for response in (
        client.get("/canary-7c1"), client.get("/api/canary-7c1"), client.get("/search", params={"page": "canary-7c1"}),
        client.post("/api/ask", json={"question": ["canary-7c1"]}), client.post("/api/ask", json={"canary-7c1": 1}),
        client.get("/reports/canary-7c1"), client.get("/", headers={"host": "canary-7c1"}),
    ):  # fmt: skip
        assert "canary-7c1" not in response.text


def test_a_quotation_that_differs_from_its_report_is_withheld(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alter(*_: object) -> None:
        raise NotVerbatim("A quotation does not match.")

    monkeypatch.setattr("peelqa.quoting.quotation_json", alter)
    monkeypatch.setattr("peelqa.web.searching.passage_json", alter)
    for page in (
        client.post("/ask", data={"question": "What is withheld of missing children?"}),
        client.get("/search?q=children"),
    ):
        assert page.status_code == 500
        assert "withheld" in page.text
        assert "two days" not in page.text


def test_too_many_questions_from_one_address_are_refused_for_a_while(library: Library) -> None:
    app = create_app(library, web_folder(), Settings(asks_per_minute=2))
    stranger = TestClient(app, client=("2001:db8::1", 50000))
    neighbour = TestClient(app, client=("2001:db8::2", 50000))
    statuses = [each.post("/ask", data={"question": "Hello"}).status_code for each in (stranger, neighbour, stranger)]
    assert statuses == [200, 200, 429]
    assert stranger.post("/api/ask", json={"question": "Hello"}).headers["retry-after"] == "60"
    assert TestClient(app, client=("203.0.113.9", 50000)).post("/ask", data={"question": "Hello"}).status_code == 200


def test_only_the_hosts_that_are_set_are_answered(library: Library) -> None:
    app = create_app(library, web_folder(), Settings(hosts="reports.example, localhost"))
    assert TestClient(app, base_url="http://reports.example").get("/healthz").status_code == 200
    assert TestClient(app, base_url="http://evil.example").get("/healthz").status_code == 400


def test_a_permalink_says_what_has_changed(client: TestClient) -> None:
    page = client.post("/ask", data={"question": QUESTION}).text
    fields = dict(re.findall(r'name="(generation|quotes)" value="([^"]*)"', page))
    made = client.post("/link", data={"question": QUESTION, **fields})
    address = re.search(r'class="address" href="([^"]*)"', made.text)
    assert address
    path = address[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(path).query)["question"] == [QUESTION]
    assert "and so is the answer" in client.get(path).text
    older = client.get(path.replace(fields["generation"], "gen-older").replace(fields["quotes"], "0123456789"))
    assert "read anew since then" in older.text
    assert "1 quotation of then is no longer among these" in older.text


def test_feedback_is_kept_only_where_the_operator_wants_it(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    assert "Was this answer useful?" not in client.post("/ask", data={"question": QUESTION}).text
    assert client.post("/feedback", data={"question": QUESTION, "useful": "yes"}).status_code == 403
    file = tmp_path / "feedback.jsonl"
    asking = TestClient(create_app(library, web_folder(), Settings(feedback=file, asks_per_minute=0)))
    assert "Was this answer useful?" in asking.post("/ask", data={"question": QUESTION}).text
    for useful in ("yes", "no"):
        assert (
            asking.post("/feedback", data={"question": QUESTION, "useful": useful, "year": "2014"}).status_code == 200
        )
    yes, no = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert yes["answerable"] is True
    assert yes["gold"]
    assert yes["year"] == [2014]
    assert no["answerable"] is None
    elsewhere = asking.post(
        "/feedback", data={"question": "x", "useful": "no"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert elsewhere.status_code == 403


def test_turns_that_a_form_carries_stay_within_what_a_form_may_weigh() -> None:
    turns = tuple(Asked(question="€" * 500).packed() for _ in range(5))
    kept = unpacked(turns)
    assert 1 <= len(kept) < 5
    assert unpacked(("{", "[]", "null", '{"question": ""}')) == ()


def test_the_api_gives_what_the_pages_show(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "missing children"}).json()
    assert found["total"] == len(found["results"])
    assert (
        client.get("/api/grades", params={"area": "Efficiency"}).json()["rows"][0]["cells"][0]["grades"][0]["value"]
        == "Good"
    )
    assert client.get("/api/filters").json()["body"] == [{"value": "Oakshire Police", "count": 1}]
    assert client.get("/api/about").json()["reports"] == 1
    assert client.get("/api/reports/oakshire-2014").json()["sections"]
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert {"question", "understood", "status", "message", "quotes", "nearest", "coverage", "took_ms"} <= set(answer)


@pytest.mark.parametrize("form", ["text", "bibtex", "ris", "csl-json"])
def test_a_citation_can_be_had_in_each_form(client: TestClient, library: Library, form: str) -> None:
    quote = library.ask(QUESTION).to_json()["quotes"][0]
    span = {"start": quote["start_char"], "end": quote["end_char"], "as": form}
    assert quote["text"] in client.get("/reports/oakshire-2014/citation", params=span).text.replace('\\"', '"')


def test_a_comparison_of_one_thing_is_an_error_that_says_so(client: TestClient) -> None:
    page = client.post("/compare", data={"question": QUESTION})
    assert page.status_code == 422
    assert "Name two bodies or two years" in page.text


@pytest.fixture(scope="module")
def two_forces(
    report: Report, library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Library:
    folder = tmp_path_factory.mktemp("two")
    path = folder / "elmshire-2014.txt"
    path.write_text(
        report.text.replace("Oakshire", "Elmshire").replace("missing children", "stolen boats"), encoding="utf-8"
    )
    other = read_report(path, name=path.name, report_id="elmshire-2014")
    build_index(folder / "index", [report, other], embedder)
    return replace(library, index=open_index(folder / "index"))


def test_a_comparison_is_a_table_with_scoped_headers(two_forces: Library) -> None:
    client = TestClient(create_app(two_forces, web_folder(), Settings(asks_per_minute=0)))
    page = client.post("/compare", data={"question": "How long did missing children wait?"}).text
    assert page.count('scope="row"') == 2
    assert "<caption" in page
    assert client.post("/api/compare", json={"question": "How long did missing children wait?"}).json()["rows"]


@pytest.fixture
def call(two_forces: Library) -> Callable[[str, dict[str, object]], object]:
    pytest.importorskip("mcp", reason="the mcp extra is not installed")
    import anyio

    from peelqa.mcp_server import make_server

    server = make_server(two_forces)

    def use(tool: str, arguments: dict[str, object]) -> object:
        return anyio.run(server.call_tool, tool, arguments)

    return use


def test_a_question_of_several_bodies_can_be_laid_side_by_side(two_forces: Library) -> None:
    client = TestClient(create_app(two_forces, web_folder(), Settings(asks_per_minute=0)))
    page = client.post("/ask", data={"question": "Compare missing children in Oakshire and Elmshire"}).text
    (form,) = re.findall(r'<form method="post" action="/compare#result">(.*?)</form>', page, re.DOTALL)
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    data = {name: [value for each, value in fields if each == name] for name, _ in fields}
    assert data["body"] == ["Oakshire Police", "Elmshire Police"]
    assert client.post("/compare", data=data).text.count('<th scope="row">') == 2
    assert "/compare#result" not in client.post("/ask", data={"question": "Are children missing in Oakshire?"}).text


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": QUESTION, "body": ["Oakshire Police"]}, "waited two days for an officer"),
        ("search", {"query": "stolen boats"}, "waited two days"),
        ("list_reports", {}, "elmshire-2014"),
        ("read_report", {"report": "elmshire-2014"}, "stolen boats"),
        ("compare", {"question": "How long did missing children wait?"}, "Elmshire"),
    ],
)
def test_an_assistant_gets_the_same_words(
    call: Callable[[str, dict[str, object]], object], tool: str, arguments: dict[str, object], words: str
) -> None:
    assert words in str(call(tool, arguments))


@pytest.mark.parametrize(("tool", "asked"), [("ask", {"question": QUESTION}), ("search", {"query": "boats"})])
def test_an_assistant_that_asks_for_no_finding_there_is_is_told_those_there_are(
    call: Callable[[str, dict[str, object]], object], tool: str, asked: dict[str, object]
) -> None:
    assert "waited two days" in str(call(tool, {**asked, "finding": "concern"}))
    with pytest.raises(Exception, match="'concern', 'strength', 'mixed' or 'neutral'"):
        call(tool, {**asked, "finding": "concerns"})


def test_tables_call_a_year_by_its_cycle(sample_library: Library) -> None:
    page = TestClient(create_app(sample_library, web_folder(), Settings())).get("/grades?body=Aldermere+Police").text
    assert re.findall(r'<th scope="col">(\d[^<]*)</th>', page) == ["2014", "2018/19", "2021/22"]
