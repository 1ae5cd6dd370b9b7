"""From files to canonical facts. The door: `load` for a report, `import_into` for a lake."""

from regulars.sources.formats.tables import read_margin, read_markets
from regulars.sources.identity.resolver import LocalResolver, MemoryResolver, Resolver
from regulars.sources.loading.importing import import_into
from regulars.sources.loading.options import Loaded, LoadOptions, SourceFile
from regulars.sources.loading.pipeline import load
from regulars.sources.loading.summary import (
    Amount,
    FileSummary,
    ImportSummary,
    QualityNote,
    ReasonCount,
    Recognised,
    SourceSummary,
    StateCount,
    TableCount,
    TaxCounts,
)
from regulars.sources.messages import MESSAGES, Message

__all__ = [
    "MESSAGES", "Amount", "FileSummary", "ImportSummary", "LoadOptions", "Loaded", "LocalResolver", "MemoryResolver", "Message",
    "QualityNote", "ReasonCount", "Recognised", "Resolver", "SourceFile", "SourceSummary", "StateCount",
    "TableCount", "TaxCounts", "import_into", "load", "read_margin", "read_markets",
]  # fmt: skip
