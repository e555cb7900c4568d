"""Counts and times of what is served, for Prometheus, on an address of their own; no word of a question is among them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from peelqa.errors import NotListening
from peelqa.web.site import Site

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _Lookups(Collector):
    """What is looked up when figures are asked for, of the site that answers at that moment."""

    def __init__(self) -> None:
        self.site: Site | None = None

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the site."""
        if self.site is None:
            return
        index = self.site.library.index
        about = {"version": version("peelqa"), "generation": index.generation}
        yield InfoMetricFamily("peelqa", "What is running.", about)
        for name, says, value in (
            ("peelqa_waiting", "Questions that wait for their turn.", self.site.desk.questions.waiting),
            ("peelqa_passages", "Passages in the index.", index.manifest["passages"]),
            (
                "peelqa_index_degraded",
                "1 while an older generation answers because the newest is damaged.",
                int(index.warning is not None),
            ),
        ):
            yield GaugeMetricFamily(name, says, value)


class Metrics:
    """The figures of a service, apart from those of any other in the process."""

    def __init__(self) -> None:
        self._lookups = _Lookups()
        self.registry = CollectorRegistry()
        self.registry.register(self._lookups)
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "peelqa_requests", "Requests by route, method and status.", ["route", "method", "status"], registry=self.registry
        )  # fmt: skip
        self._seconds = Histogram(
            "peelqa_request_seconds", "How long a request took.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._answers = Counter("peelqa_answers", "Answers by how they ended.", ["status"], registry=self.registry)

    def follow(self, site: Site) -> None:
        """Look things up at this site from now on, and hold on to no other."""
        self._lookups.site = site

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
