"""Check that every message of the pages is translated in every catalogue; print what is not and exit 1."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "webui" / "translations"


def extract_messages() -> Catalog:
    """Read the messages out of templates and code, by the rules in pyproject.toml."""
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "messages.pot"
        babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
        rules = ["--mapping-file", "pyproject.toml", "--keywords", "lazy_gettext"]
        command = [*babel, *rules, "--output-file", str(template), "webui"]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own arguments
        with template.open("rb") as file:
            return read_po(file)


def list_gaps(catalogue: Catalog, wanted: Catalog) -> list[str]:
    """Name every wanted message that the catalogue lacks, leaves empty or is unsure of."""
    gaps = []
    for message in wanted:
        if not message.id:
            continue
        found = catalogue.get(message.id, message.context)
        translations = (found.string if isinstance(found.string, tuple) else (found.string,)) if found else ()
        if not found or found.fuzzy or not translations or not all(translations):
            gaps.append(str(message.id))
    return gaps


def main() -> int:
    """Check every catalogue against the pages."""
    paths = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    if not paths:
        print(f"no catalogue under {TRANSLATIONS}", file=sys.stderr)
        return 1
    wanted = extract_messages()
    complete = True
    for path in paths:
        with path.open("rb") as file:
            gaps = list_gaps(read_po(file), wanted)
        complete = complete and not gaps
        print(f"{path.relative_to(ROOT)}: {len(wanted) - len(gaps)} of {len(wanted)} messages translated")
        for gap in gaps:
            print(f"  not translated: {gap}", file=sys.stderr)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
