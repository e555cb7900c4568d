"""Counts and times of what is served, for Prometheus, on an address of their own; no word of a question is among them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from peelqa.errors import NotListening
from peelqa.web.site import Site

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _About(Collector):
    """What is running, looked up when it is asked for, since a new generation may come while serving."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        about = {"version": version("peelqa"), "generation": self._site.library.index.generation}
        yield InfoMetricFamily("peelqa", "What is running.", about)


class Metrics:
    """The figures of one application, apart from those of any other in the process."""

    def __init__(self, site: Site) -> None:
        self.desk = site.desk
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "peelqa_requests", "Requests by route, method and status.", ["route", "method", "status"], registry=self.registry
        )  # fmt: skip
        self._seconds = Histogram(
            "peelqa_request_seconds", "How long a request took.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._answers = Counter("peelqa_answers", "Answers by how they ended.", ["status"], registry=self.registry)
        self._watch(site)

    def _watch(self, site: Site) -> None:
        """Set up the figures that are looked up when they are asked for."""
        self.registry.register(_About(site))
        for name, says, value in (
            ("peelqa_waiting", "Questions that wait for their turn.", lambda: self.desk.waiting),
            ("peelqa_passages", "Passages in the index.", lambda: site.library.index.manifest["passages"]),
            (
                "peelqa_index_degraded",
                "1 while an older generation serves because the newest is damaged.",
                lambda: int(site.library.index.warning is not None),
            ),
        ):
            Gauge(name, says, registry=self.registry).set_function(value)

    def count(self, *, route: str, method: str, status: int, seconds: float, answer: str | None) -> None:
        """Count one request, and the answer that was given where it was a question."""
        self._requests.labels(route, method, status).inc()
        self._seconds.labels(route).observe(seconds)
        if answer:
            self._answers.labels(answer).inc()

    def serve(self, address: str) -> int:
        """Serve the figures at HOST:PORT, or at a port of this machine alone, beside all else; return the port.

        Raises NotListening for an address that makes no sense, does not exist here or is taken.
        """
        host, _, port = address.rpartition(":")
        try:
            server, _ = start_http_server(int(port), host.strip("[]") or "127.0.0.1", self.registry)
        except (ValueError, OSError, OverflowError) as error:
            raise NotListening(
                f"PEELQA_METRICS: {address} cannot be listened on ({error}). Give a free address, such as 127.0.0.1:9464."
            ) from None
        return int(server.server_port)
