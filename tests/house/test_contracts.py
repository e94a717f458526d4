"""Who may import whom: the contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_domain_loads_neither_flask_nor_a_database() -> None:
    program = (
        "import importlib, pathlib, sys;"
        "[importlib.import_module(f'app.domain.{each.stem}') for each in pathlib.Path('app/domain').glob('*.py')];"
        "print(*sorted({'flask', 'sqlalchemy', 'alembic', 'slack_sdk', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
