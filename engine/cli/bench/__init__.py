"""``wenzheng bench``: measurements, each beside a baseline taken in the same run, because machines are noisy."""

from __future__ import annotations

from engine.cli.bench.commands import bench

__all__ = ["bench"]
