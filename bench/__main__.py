"""`python -m bench [sqlite|postgresql]`: print every figure beside its floor, and write bench/results.json."""

from __future__ import annotations

import json
import sys
from itertools import chain
from pathlib import Path

from bench import adoption, commands, cycle, lesson, report
from bench.databases import database

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    kinds = sys.argv[1:] or ["sqlite", "postgresql"]
    results = []
    for kind in kinds:
        with database(kind) as engine:
            everything = (room.run(engine, kind) for room in (cycle, adoption, lesson, commands, report))
            for result in chain.from_iterable(everything):
                results.append(result)
                floor = f"{result.floor:>8} {result.unit} floor, ratio {result.ratio}" if result.floor else ""
                verdict = "ok" if result.is_met else "MISSED"
                line = f"{kind:<11}{result.name:<46}{result.value:>9} {result.unit:<8}{floor} (goal {result.goal})"
                print(line, verdict, flush=True)
    RESULTS.write_text(json.dumps([each.as_row() for each in results], indent=1) + "\n", encoding="utf-8")
    return 0 if all(each.is_met for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
