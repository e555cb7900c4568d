"""The settings: from `PEELQA_*` variables, with defaults for a checkout and for an installed peelqa."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import platformdirs
from msgspec import Meta, Struct, ValidationError, convert

from peelqa.address import Place, parse_place
from peelqa.errors import BadInput
from peelqa.weights import MINILM

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def _in_checkout() -> bool:
    return (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / "web").is_dir()


def _home(name: str) -> Path:
    return _CHECKOUT / name if _in_checkout() else Path(platformdirs.user_data_dir("peelqa")) / name


class Settings(Struct, frozen=True, kw_only=True):
    """Everything an operator can set; each field is the variable PEELQA_<NAME>."""

    corpus: Path = _home("corpus")
    """The folder of report files."""
    index: Place = _home("index")
    """Where the index is kept: a folder, or the address of a Milvus server (docs/milvus.md)."""
    cache: Path = Path(platformdirs.user_cache_dir("peelqa"))
    """The folder of what can be made again: models in the form that answers fastest."""
    vectors: Literal["auto", "exact", "fast"] = "auto"
    """The kind of vector index: exact, fast (approximate, with measured recall), or by the number of passages."""
    model: str = MINILM
    """The embedding model: its name, or a local folder in sentence-transformers' form."""
    candidates: Annotated[int, Meta(ge=3, le=200)] = 24
    """Units that the reranker reads closely for a question: more is slower, and better up to a point (eval/results.md)."""
    hosts: str = "*"
    """Host names that the web page answers to, parted by commas; * for any. `serve` on loopback takes * as its own names."""
    proxies: str = ""
    """Addresses of proxies whose X-Forwarded-For is believed, parted by commas; none unless named."""
    metrics: str = ""
    """HOST:PORT, or a port of this machine alone, where figures for Prometheus are served; nowhere unless named."""
    asks_per_minute: Annotated[int, Meta(ge=0)] = 30
    """Questions that one address (or /64 network) may ask the web page a minute; 0 for any number."""
    feedback: Path | None = None
    """A file to which "Was this answer useful?" is written; the page does not ask where it is not set."""

    def host_names(self) -> list[str]:
        """Return the host names that the web page answers to."""
        return [name.strip() for name in self.hosts.split(",") if name.strip()] or ["*"]


def read_settings() -> Settings:
    """Read the settings. Raises BadInput for a PEELQA_ variable that does not exist, so that a typing error shows."""
    known = {f"PEELQA_{name.upper()}": name for name in Settings.__struct_fields__}
    given = {variable: value for variable, value in os.environ.items() if variable.startswith("PEELQA_")}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise BadInput(f"There is no setting {unknown[0]}. Settings are: {', '.join(sorted(known))}.")
    kinds = get_type_hints(Settings, include_extras=True)
    return Settings(**{known[each]: _read(each, value, kinds[known[each]]) for each, value in given.items()})


def _read(variable: str, value: str, kind: Any) -> Any:
    """Return a variable's value as what its setting is."""
    if kind == Place:
        return parse_place(value)
    try:
        return convert(value, kind, strict=False, dec_hook=lambda custom, text: custom(text))
    except ValidationError as error:
        why = (
            f"It is one of {', '.join(get_args(kind))}" if get_origin(kind) is Literal else str(error).replace("`", "")
        )
        raise BadInput(f"{variable} is {value!r}. {why}.") from None


def folder_of(index: Place, cache: Path) -> Path:
    """Return the folder that an index is built in: its own, or for a cluster one in the cache, from which it is loaded."""
    if isinstance(index, Path):
        return index
    return cache / "clusters" / hashlib.sha256(f"{index.uri} {index.name}".encode()).hexdigest()[:16]


def checkout() -> Path | None:
    """Return the root of the checkout that peelqa runs from; None where it is installed."""
    return _CHECKOUT if _in_checkout() else None


def sample_folder() -> Path:
    """Return where the built-in sample reports are."""
    return _CHECKOUT / "corpus" / "sample" if _in_checkout() else _PACKAGE / "_sample"


def sources_file(corpus: Path) -> Path:
    """Return where the list of published reports is: in the corpus itself, or else as peelqa carries it."""
    if (own := corpus / "sources.toml").is_file():
        return own
    return _CHECKOUT / "corpus" / "sources.toml" if _in_checkout() else _PACKAGE / "_sources.toml"


def web_folder() -> Path:
    """Return where the templates and static files are."""
    return _CHECKOUT / "web" if _in_checkout() else _PACKAGE / "_web"
