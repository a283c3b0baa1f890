"""`params.yaml` as typed, checked, frozen objects.

- The sections: `sources`, and all others in `sections`; what they share: `section`.
- From the file to objects: `load`; what is wrong, for people: `explain`; no `secrets` in an address.
"""

from __future__ import annotations

from pipeline.params.load import load_params, parse_params, parse_source
from pipeline.params.sections import Params
from pipeline.params.sources import OrderColumns, OrderSource, Source, Sources

__all__ = [
    "OrderColumns",
    "OrderSource",
    "Params",
    "Source",
    "Sources",
    "load_params",
    "parse_params",
    "parse_source",
]
