"""One thin module per DVC stage: read, call the domain, write.

What they share: `shell` around each, the places of all `files`, `frames` for the models, the id of `runs`;
`evidence` is what models are judged by.

The settings below have to stand before NumPy, scikit-learn and DuckDB are loaded, and every stage imports
this package first.
"""

import gc
import os
import sys

# The newest vector instructions round the last bit differently from one processor to the next. Those that all
# have (x86-64-v3) are used everywhere, so that the same input gives the same bytes on every such machine.
os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL AVX512_SPR")
os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
# A sum of products split over threads is rounded as their number has it, and a flat likelihood makes much of
# the last bit. Whatever the environment says: it is no slower on one.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
# OpenMP threads that spin at barriers stall for minutes on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# Memory in pages of the usual size: virtual machines that get memory as they first use it take far longer
# to clear huge ones.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

# What pandas makes as it is loaded lives as long as the process: to look for garbage among it, then and at
# the end, takes each stage a seventh of a second. DuckDB, where it is loaded already, would complain of what
# is left of it at the end.
gc.disable()
import pandas as pd  # noqa: E402, F401

if "duckdb" not in sys.modules:
    gc.freeze()
gc.enable()
