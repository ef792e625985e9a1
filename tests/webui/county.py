"""A county ready for work: its units, its accounts and the shipped procedure, in a database to copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine import clock, db
from engine.bpmn.bundle import load_directory
from engine.demo import seed
from engine.services import procedures
from tests.conftest import START

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"


def furnish(migrated: Path, furnished: Path) -> Path:
    """Copy a migrated SQLite database to ``furnished`` and give it what a county has."""
    shutil.copyfile(migrated, furnished)
    db.configure(f"sqlite:///{furnished}")
    with clock.use(clock.ManualClock(START)), db.unit_of_work() as session:
        seed.load_reference(session)
        seed.load_accounts(session)
        procedures.publish(session, files=load_directory(WORKFLOWS / "petition"), actor="editor1", note="初版")
    db.dispose()
    db.configure(None)
    return furnished
