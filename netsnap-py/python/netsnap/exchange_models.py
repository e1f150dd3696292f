"""The nouns of exchange: what left a store, and what came into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .models import ErrorReport, ExecutionStatus, Record

ExportFormat = Literal["auto", "json", "ndjson", "csv", "bundle"]
CsvTable = Literal["executions", "device_results", "outputs"]
Existing = Literal["keep", "replace"]
ImportFormat = Literal["auto", "bundle", "legacy", "ansible_runner", "recap", "ansible_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut(Record):
    """A run that is not in an export, and why."""

    execution: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport(Record):
    """What was exported; ``digest`` is the SHA-256 of the file."""

    format: ExportFormat
    executions: int
    bytes: int
    digest: str
    left_out: list[LeftOut]
    superseded_outputs: int
    audit_entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRun(Record):
    """A run that came in, or would; ``reason`` says why one did not that was there already."""

    execution: str
    source: str
    status: ExecutionStatus
    devices: int
    outputs: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRun(Record):
    """A run that did not come in, and why."""

    source: str
    error: ErrorReport
    execution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport(Record):
    """What came of an import."""

    format: ImportFormat
    dry_run: bool
    imported: list[ImportedRun]
    skipped: list[ImportedRun]
    refused: list[RefusedRun]
    remarks: list[str]
