"""MLflow as a store of runs: mlflow_store.py make URI, mlflow_store.py fill URI COUNT, mlflow_store.py search URI.

The runs are those of the case `small` of our own contender: 20 tags and 20 parameters each.
"""

import logging
import os
import statistics
import sys
import time

import common

# Since 3.13 its file store has to be asked for.
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
logging.disable(logging.WARNING)

from mlflow.entities import Param  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402

WORDS = 20
VALUES = 50
EXPERIMENT = "small runs"


def make(client):
    """A store without a run."""
    return {"experiment": client.create_experiment(EXPERIMENT)}


def fill(client, count):
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    start = time.perf_counter()
    for number in range(count):
        tags = {f"tag{place:02}": f"v{(number + place) % VALUES}" for place in range(WORDS)}
        run = client.create_run(experiment, tags=tags, run_name=f"run {number}")
        params = [Param(f"param{place:02}", str(number * place)) for place in range(WORDS)]
        client.log_batch(run.info.run_id, params=params)
        client.set_terminated(run.info.run_id)
    return {"ms": (time.perf_counter() - start) * 1000 / count}


def search(client):
    experiments = [client.get_experiment_by_name(EXPERIMENT).experiment_id]

    def timed(condition):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            found = client.search_runs(experiments, condition, max_results=100)
            times.append((time.perf_counter() - start) * 1000)
        return statistics.median(times), len(found)

    all_ms, found = timed("")
    one_ms, hits = timed("tags.tag03 = 'v7'")
    two_ms, both = timed("tags.tag03 = 'v7' and tags.tag10 = 'v14'")
    return {"all_ms": all_ms, "one_ms": one_ms, "two_ms": two_ms, "all": found, "hits": hits, "both": both}


client = MlflowClient(sys.argv[2])
verb = {"make": make, "fill": fill, "search": search}[sys.argv[1]]
common.report(verb(client, *map(int, sys.argv[3:])))
