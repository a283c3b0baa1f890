"""`python -m pipeline.params`: is params.yaml right? Before DVC, whose messages name no line."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.errors import UserError
from pipeline.params import load_params

try:
    load_params(Path("params.yaml"))
except UserError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
