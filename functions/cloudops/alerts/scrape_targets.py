"""Separates what an alert is about from the scrape target that measured it.

Prometheus adds the labels of the scrape target to every sample. If the target is an exporter, `job`,
`instance` or `pod` name the measurer. `exporters.toml` lists the exporters, the names of scrape jobs and the
roles of labels.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

import msgspec

from cloudops.alerts.resources import workload_of

EXPORTED: Final = "exported_"
"""Prefix by which Prometheus keeps a label of the sample that collides with one of the target."""


class Exporter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scrape target that measures others. `instance` says what the label `instance` names."""

    names: tuple[str, ...]
    instance: Literal["exporter", "measured", "unknown"]
    source: str


class _ScrapeJob(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: tuple[str, ...]
    source: str


class _LabelRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: Literal["target", "handler"]
    names: tuple[str, ...]
    source: str


class ExporterFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of `exporters.toml`."""

    exporter: tuple[Exporter, ...]
    scrape_job: tuple[_ScrapeJob, ...]
    label: tuple[_LabelRole, ...]


def _load() -> ExporterFile:
    text = files("cloudops.alerts").joinpath("exporters.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), ExporterFile)


_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")


def _compact(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


KNOWN: Final = _load()
_BY_NAME: Final = {_compact(name): one for one in KNOWN.exporter for name in one.names}
_SCRAPE_JOBS: Final = frozenset(_compact(name) for one in KNOWN.scrape_job for name in one.names)
_TARGET: Final = frozenset(name for one in KNOWN.label if one.role == "target" for name in one.names)
_HANDLER: Final = frozenset(name for one in KNOWN.label if one.role == "handler" for name in one.names)
_UNKNOWN_EXPORTER: Final = Exporter((), "unknown", "")
_NAMES_OF_TARGET: Final = ("job", "service", "app_kubernetes_io_name", "app")
"""Labels by which an exporter is recognized, best first."""


@lru_cache(maxsize=4_096)
def exporter_named(name: str) -> Exporter | None:
    """Returns the exporter that a job, service or container name means, or None.

    Words before the exporter's name do not count, nor does "metrics" after it. A name that ends with
    "exporter" means an exporter in any case."""
    words = _PUNCTUATION.sub(" ", name[-100:].lower()).split()
    for end in (len(words), len(words) - 1):
        if end < len(words) and words[-1:] not in (["metrics"], ["headless"]):
            break
        for start in range(end):
            if known := _BY_NAME.get("".join(words[start:end])):
                return known
    return _UNKNOWN_EXPORTER if words and words[-1].endswith("exporter") else None


@lru_cache(maxsize=4_096)
def is_scrape_job(job: str) -> bool:
    """Returns whether the name of a scrape job says how targets are found, and names no service."""
    return job.startswith("integrations/") or _compact(job.rpartition("/")[2]) in _SCRAPE_JOBS


class MeasuredLabels(NamedTuple):
    """The labels that describe what an alert is about.

    `by_exporter` is true if the scrape target's address is no part of the alert's identity: an exporter that
    restarts reports the same condition from another address.
    """

    labels: Mapping[str, str]
    by_exporter: bool


def measured_labels(labels: Mapping[str, str]) -> MeasuredLabels:
    """Returns the labels of an alert without those that describe an exporter."""
    exporter = _exporter_of(labels)
    renamed = any(key.startswith(EXPORTED) for key in labels)
    by_mesh = not _HANDLER.isdisjoint(labels)
    if exporter is None and not renamed and not by_mesh:
        return MeasuredLabels(labels, False)
    if renamed or by_mesh:
        kept = {key: value for key, value in labels.items() if key not in _TARGET}
    else:
        kept = dict(_of_the_measured(labels, exporter or _UNKNOWN_EXPORTER))
    return MeasuredLabels(kept, renamed or (exporter is not None and exporter.instance == "exporter"))


def _exporter_of(labels: Mapping[str, str]) -> Exporter | None:
    for key in _NAMES_OF_TARGET:
        if (name := labels.get(key)) and (exporter := exporter_named(name)):
            return exporter
    return None


def _of_the_measured(labels: Mapping[str, str], exporter: Exporter) -> Iterator[tuple[str, str]]:
    """Yields the labels that do not describe the exporter. A pod of another exporter is measured too:
    kube-state-metrics reports a crash of node-exporter."""
    for key, value in labels.items():
        match key:
            case "job" | "endpoint":
                continue
            case "instance" if exporter.instance != "measured":
                continue
            case "service" | "app" | "app_kubernetes_io_name" if exporter_named(value) or is_scrape_job(
                value
            ):
                continue
            case "pod" if exporter_named(workload_of(value)) is exporter:
                continue
            case "container" if exporter_named(value) is exporter:
                continue
            case _:
                yield key, value
