from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.bundle import MAX_FILES, Bundle, InvalidBundle, load_directory
from engine.bpmn.manifest import InvalidManifest, parse_manifest
from engine.bpmn.xml import MAX_BYTES, InvalidModel
from tests.bpmn.models import PROCEDURE, decision, dmn, form, sound_bundle


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, text in sound_bundle().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_directory_gives_its_model_files_and_nothing_else(directory: Path) -> None:
    (directory / "README.md").write_text("how to edit", "utf-8")
    (directory / "forms" / "notes.txt").write_text("notes", "utf-8")
    (directory / "old").mkdir()
    (directory / "old" / "main.bpmn").write_text("<a/>", "utf-8")

    assert load_directory(directory) == sound_bundle()


def test_a_byte_order_mark_does_not_change_a_file(directory: Path) -> None:
    text = sound_bundle()["procedure.toml"]
    (directory / "procedure.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert load_directory(directory)["procedure.toml"] == text


def test_files_that_are_not_utf8_or_too_large_are_refused_by_name(directory: Path) -> None:
    (directory / "main.bpmn").write_bytes("<a name='问政'/>".encode("gbk"))
    with pytest.raises(InvalidBundle, match=r"main\.bpmn is not UTF-8"):
        load_directory(directory)

    (directory / "main.bpmn").write_bytes(b" " * (MAX_BYTES + 1))
    with pytest.raises(InvalidBundle, match=r"main\.bpmn is larger"):
        load_directory(directory)


def test_a_directory_without_procedure_toml_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(InvalidBundle, match=r"procedure\.toml is missing"):
        load_directory(tmp_path)


def test_a_bundle_is_parsed_as_a_whole() -> None:
    bundle = Bundle.parse(sound_bundle())

    assert (bundle.manifest.key, bundle.manifest.name, bundle.manifest.start) == ("sound", "示例流程", "main")
    assert bundle.manifest.answering_effects == ("publish_reply", "notify_rejection", "record_withdrawal")
    assert bundle.manifest.variables["units"].type == "list"
    assert (bundle.manifest.lanes["受理岗"].role, bundle.manifest.lanes["受理岗"].unit) == ("intake", "unit")
    assert set(bundle.documents) == {"main.bpmn", "handling.bpmn"}
    assert set(bundle.decisions) == {"routing", "limit"}
    assert set(bundle.forms) == {"classify", "assist"}


def test_the_content_hash_depends_on_names_and_contents_but_not_on_order() -> None:
    files = sound_bundle()
    backwards = dict(reversed(files.items()))
    renamed = {name.replace("handling", "work"): text for name, text in files.items()}
    moved = {**files, "main.bpmn": files["handling.bpmn"], "handling.bpmn": files["main.bpmn"]}
    edited = {**files, "procedure.toml": files["procedure.toml"] + "\n# a comment"}

    hashes = [Bundle.parse(each).content_hash for each in (files, backwards, renamed, moved, edited)]

    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    "files",
    [
        {"run.py": "print()"},
        {"../main.bpmn": "<a/>"},
        {"sub/main.bpmn": "<a/>"},
        {"forms/deep/x.json": "{}"},
        {"x.json": "{}"},
        {f"forms/f{n}.json": form(f"f{n}") for n in range(MAX_FILES)},
        {f"m{n}.bpmn": " " * MAX_BYTES for n in range(4)},
        {"twin.dmn": dmn(decision("limit", "step", "limit"))},
        {"forms/twin.json": form("classify")},
    ],
    ids=lambda files: next(iter(files)),
)
def test_files_that_do_not_make_a_bundle_are_refused(files: dict[str, str]) -> None:
    with pytest.raises(InvalidBundle) as refused:
        Bundle.parse(sound_bundle() | files)

    assert refused.value.fields["fix"]


def test_one_broken_file_is_named() -> None:
    with pytest.raises(InvalidModel) as refused:
        Bundle.parse(sound_bundle() | {"handling.bpmn": "<broken"})

    assert refused.value.fields["file"] == "handling.bpmn"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("[procedure]", "[procedure", ""),
        ('key = "sound"', "", "procedure.key"),
        ('name = "示例流程"', 'name = ""', "procedure.name"),
        ('start = "main"', "start = 3", "procedure.start"),
        (
            '["publish_reply", "notify_rejection", "record_withdrawal"]',
            '"publish_reply"',
            "procedure.answering_effects",
        ),
        ('type = "list"', 'type = "bag"', "variables.units"),
        ('units = { type = "list", about = "协办单位" }', 'units = "list"', "variables.units"),
        ("rounds =", '"re turn" =', "variables.re turn"),
        ("rounds =", "lambda =", "variables.lambda"),
        ("rounds =", "__rounds =", "variables.__rounds"),
        ('role = "intake"', "", "lanes.受理岗.role"),
        ('unit = "unit"', "unit = 3", "lanes.受理岗"),
        ('[lanes."受理岗"]\nrole = "intake"\nunit = "unit"', 'lanes."受理岗" = "intake"', "lanes.受理岗"),
        ("[variables]", "variables = 3\n[other]", "variables"),
    ],
)
def test_a_manifest_says_what_is_wrong_with_it_and_where(old: str, new: str, where: str) -> None:
    assert old in PROCEDURE
    text = PROCEDURE.replace(old, new)
    if old.startswith(("[lanes", "[variables")):
        text = new.partition("\n")[0] + "\n" + PROCEDURE.replace(old, new.partition("\n")[2])

    with pytest.raises(InvalidManifest) as refused:
        parse_manifest(text)

    assert (refused.value.fields["file"], refused.value.fields["node"]) == ("procedure.toml", where)
    assert refused.value.fields["fix"]


def test_a_lane_may_be_organisational_only() -> None:
    manifest = parse_manifest(PROCEDURE.replace('role = "intake"\nunit = "unit"', 'role = ""'))

    assert (manifest.lanes["受理岗"].role, manifest.lanes["受理岗"].unit) == ("", None)
