from __future__ import annotations

import re
import select
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from dockerfile_parse import DockerfileParser

from peelqa.answers import Library
from peelqa.cli.group import COMMANDS
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from tests.test_serving import running, until

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
QUESTION = "What concerns are there about missing children?"
CANARY = "heliotrope"


def environment_names() -> set[str]:
    return set(re.findall(r"^(PEELQA_\w+)=", (DEPLOY / "peelqa.env").read_text(), re.M))


def test_the_settings_shown_are_settings() -> None:
    known = {f"PEELQA_{name.upper()}" for name in Settings.__struct_fields__}
    for text in (DEPLOY / "Dockerfile", DEPLOY / "peelqa.env", *(ROOT / "docs").glob("*.md"), ROOT / "SECURITY.md"):
        assert set(re.findall(r"PEELQA_[A-Z_]+", text.read_text())) <= known, text
    assert len(environment_names()) > 4


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def nginx(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, int]]:
    """The example configuration at work before an application: its folder, and its ports with and without TLS."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, so there is no certificate to try nginx with")
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "privkey.pem", "-out", "fullchain.pem",
         "-days", "2", "-subj", "/CN=reports.example"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    settings = Settings(asks_per_minute=1, hosts="reports.example", proxies="127.0.0.1")
    with running(create_app(library, web_folder(), settings), settings) as upstream:
        tls, plain = _free_port(), _free_port()
        _configure(folder, upstream, tls, plain)
        command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        server = subprocess.Popen([*command, "-g", "daemon off;"])
        while not _listens(tls):
            assert server.poll() is None, (folder / "start.log").read_text()
            select.select([], [], [], 0.02)
        yield folder, tls, plain
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _configure(folder: Path, upstream: int, tls: int, plain: int) -> None:
    """Lay the example out in a folder of its own, with other ports and places but nothing else changed."""
    text = (DEPLOY / "nginx.conf").read_text()
    changes = {
        r"/etc/letsencrypt/live/reports\.example": str(folder),
        r"/var/log/nginx": str(folder),
        r"127\.0\.0\.1:8000": f"127.0.0.1:{upstream}",
        r"\n *listen \[::\][^\n]*": "",
        r"listen 443": f"listen 127.0.0.1:{tls}",
        r"listen 80": f"listen 127.0.0.1:{plain}",
    }
    for old, new in changes.items():
        text, count = re.subn(old, new, text)
        assert count, old
    (folder / "peelqa.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; worker_processes 1; events {{}}\nhttp {{ {temporary} include {folder}/peelqa.conf; }}\n"
    )


def _client(port: int) -> httpx.Client:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return httpx.Client(
        timeout=60, verify=context, base_url=f"https://127.0.0.1:{port}", headers={"host": "reports.example"}
    )


def test_a_question_through_the_example_configuration_is_answered_and_nowhere_logged(
    nginx: tuple[Path, int, int],
) -> None:
    folder, tls, _ = nginx
    sni = {"sni_hostname": "reports.example"}
    with _client(tls) as client:
        spoofed = {"x-forwarded-for": "203.0.113.5", "x-real-ip": "203.0.113.5"}
        replies = [
            client.post("/api/ask", json={"question": f"{QUESTION} {CANARY}"}, headers=spoofed, extensions=sni),
            client.post("/api/ask", json={"question": QUESTION}, headers=spoofed, extensions=sni),
            client.get("/search", params={"q": CANARY}, extensions=sni),
            client.get(f"/{CANARY}", extensions=sni),
            client.post("/ask", content=b"question=" + b"a" * 20_000, extensions=sni),
            client.get("/?" + "a" * 30_000, extensions=sni),
        ]
    # This machine's own questions are not limited: were the client's claim believed, the second would be refused.
    assert [each.status_code for each in replies] == [200, 200, 200, 404, 413, 414]
    for reply in replies:
        assert reply.headers["strict-transport-security"].startswith("max-age=")
        assert len(reply.headers.get_list("content-security-policy")) == 1
        assert reply.headers.get_list("x-content-type-options") == ["nosniff"]
    until(lambda: _logs(folder).count("\n") >= len(replies))  # a line is written after its reply is sent
    logs = _logs(folder)
    assert logs.count("\n") == len(replies)
    assert CANARY not in logs
    assert "127.0.0.1" not in logs
    assert replies[0].headers["x-request-id"] in logs


def _logs(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.glob("*.log"))


def test_other_names_and_plain_connections_are_not_answered(nginx: tuple[Path, int, int]) -> None:
    _, tls, plain = nginx
    moved = httpx.get(f"http://127.0.0.1:{plain}/reports?x=1", timeout=60, headers={"host": "reports.example"})
    assert (moved.status_code, moved.headers["location"]) == (308, "https://reports.example/reports?x=1")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{plain}/", timeout=60, headers={"host": "evil.example"})
    with _client(tls) as client, pytest.raises(httpx.ConnectError):
        client.get("/", extensions={"sni_hostname": "evil.example"})


def test_the_systemd_unit_is_whole(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    unit = (DEPLOY / "peelqa.service").read_text()
    program = re.search(r"^ExecStart=(\S+) (\S+)", unit, re.M)
    assert program
    assert program[2] in COMMANDS
    place = tmp_path / "peelqa.service"
    place.write_text(unit.replace(program[1], "/bin/true").replace("User=peelqa\nGroup=peelqa", "User=root"))
    checked = subprocess.run(["systemd-analyze", "verify", str(place)], capture_output=True, text=True)
    assert [line for line in checked.stderr.splitlines() if "peelqa.service" in line] == []


def test_the_container_file_copies_what_is_there_and_runs_commands_that_are_there(tmp_path: Path) -> None:
    parser = DockerfileParser(path=str(tmp_path))
    parser.content = (DEPLOY / "Dockerfile").read_text()
    steps = [(each["instruction"], each["value"]) for each in parser.structure]
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
             "ENTRYPOINT", "CMD", "COMMENT"}  # fmt: skip
    assert {name for name, _ in steps} <= known
    shown = (ROOT / ".dockerignore").read_text().splitlines()
    for value in (value for name, value in steps if name == "COPY" and not value.startswith("--from")):
        for source in value.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(line.startswith(f"!{source}") for line in shown), source
    values = dict(steps)
    assert values["USER"] == "peelqa"
    assert values["ENTRYPOINT"] == '["peelqa"]'
    assert values["CMD"].startswith('["serve"')
    assert all(name in ("peelqa", "python", "useradd", "/opt/peelqa/bin/python", "--mount=type=secret,id=pip,target=/etc/pip.conf")
               for name in (value.split()[0] for name, value in steps if name == "RUN"))  # fmt: skip
