"""Memory that was freed is used again."""

import subprocess
import sys

import pytest

FAULTS_OF_SECOND_ARRAY = """
import os, resource
os.environ["NUMPY_MADVISE_HUGEPAGE"] = "0"
import numpy as np
from pipeline.tables.memory import keep_freed
{first}
np.ones(20_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(20_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(first: str) -> int:
    code = FAULTS_OF_SECOND_ARRAY.format(first=first)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries have no mallopt")
def test_a_table_takes_the_memory_of_the_one_before():
    assert faults("") > 100
    assert faults("keep_freed()") < 10
