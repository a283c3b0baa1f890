"""What holds in every stage before NumPy, SciPy and DuckDB are loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys

LINEAR_ALGEBRA = """
import json
import pipeline.stages.lifetime_value
from threadpoolctl import threadpool_info
print(json.dumps([each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]))
"""


def test_sums_are_made_on_one_thread_whatever_the_environment_says():
    asked = os.environ | {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    said = subprocess.run(
        [sys.executable, "-c", LINEAR_ALGEBRA], env=asked, capture_output=True, text=True, check=True
    )
    assert set(json.loads(said.stdout.splitlines()[-1])) == {1}
