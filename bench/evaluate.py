"""`python -m bench.evaluate URL`: evaluate everything, and print seconds, cells and the most memory as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from app.cli.evaluate import evaluate_everything
from app.db import connect, reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from bench.data import NOW

if __name__ == "__main__":
    engine = connect(sys.argv[1])
    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    started = time.perf_counter()
    cells = sum(evaluate_everything(begin, reading(engine), lambda: NOW))
    seconds = time.perf_counter() - started
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "cells": cells, "mib": mib}))
