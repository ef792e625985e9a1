"""``wenzheng bench`` measures what it says and ends with one JSON object."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WENZHENG = Path(sys.executable).parent / "wenzheng"


def bench(*arguments: str) -> dict[str, object]:
    """Run ``wenzheng bench completions`` as a person would; return the last line of its output."""
    command = [str(WENZHENG), "bench", "completions", "--count", "12", *arguments]
    result = subprocess.run(command, cwd=ROOT, env=os.environ.copy(), capture_output=True, text=True, check=True)
    assert "baseline" in result.stderr
    figures: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return figures


def check(figures: dict[str, object], database: str, processes: int) -> None:
    assert (figures["name"], figures["database"], figures["processes"]) == ("completions", database, processes)
    assert figures["count"] == 12 * processes
    assert 1 < float(str(figures["statements"])) <= 8, "statements per completion"
    assert int(str(figures["state_bytes"])) < 4096
    assert float(str(figures["ratio_to_baseline"])) > 0
    assert set(figures) >= {"seconds", "per_second", "p50_ms", "p99_ms", "baseline_per_second"}


@pytest.mark.slow
def test_completions_on_sqlite() -> None:
    check(bench(), "sqlite", 1)


@pytest.mark.slow
@pytest.mark.postgresql
def test_completions_on_postgresql_in_two_processes(postgresql_url: str) -> None:
    check(bench("--database", postgresql_url, "-p", "2"), "postgresql", 2)
