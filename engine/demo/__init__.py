"""The demo: the seed's units, and the letters of its quarter run through the real engine.

Names and texts are data in ``data``; ``loading`` is the way in.
"""

from __future__ import annotations

from engine.demo.loading import DemoSummary, load_demo

__all__ = ["DemoSummary", "load_demo"]
