import os
from pathlib import Path

# Processes that tests start find the trainer, wherever pytest was started.
os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])

# Before any import of the Hugging Face libraries, which read these once.
# One thread: tiny tensors, and two processes on two cores in some tests.
os.environ.update(OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1")
os.environ.update(TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error")

import pytest

from workbench import Bench, Case


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """One workspace with prepared data and weights, for all tests."""
    return Bench(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="session")
def uninterrupted(bench):
    """A run that went through in one attempt: what every resume is measured by. Not to be changed: copy it."""
    run = bench.run("uninterrupted")
    assert run.train() == 0, run.outcome()
    return run


@pytest.fixture
def case(tmp_path, bench):
    return Case(tmp_path, bench)
