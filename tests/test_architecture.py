"""Rules of the house that no linter knows: sizes, names that must resolve, words that must be explained."""

from __future__ import annotations

import ast
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from engine import vocabulary

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "api", "webui")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

# `engine.jobs.fire_timer` or `wsgi:app`; `api.tasks` may as well be one of Flask's endpoints.
CODE_NAME = re.compile(r"engine(\.[a-z_]\w*)+|(engine|api|webui|wsgi)(\.[a-z_]\w*)*:[a-z_]\w*")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"node_modules", "versions"} & set(path.parts):
                yield path
    yield ROOT / "wsgi.py"


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_modules_stay_small() -> None:
    sizes = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): size for path, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_functions_stay_small() -> None:
    sizes = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in modules()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_every_module_says_what_belongs_in_it() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if not ast.get_docstring(parse(path))] == []


def test_no_module_is_named_for_having_no_subject() -> None:
    vague = {"utils", "util", "helpers", "common", "manager", "base", "misc"}
    assert [str(path.relative_to(ROOT)) for path in modules() if path.stem in vague] == []


def test_every_code_named_in_a_string_exists() -> None:
    """Jobs and the WSGI application are named in strings, which no import checks."""
    names = {
        node.value: f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE_NAME.fullmatch(node.value)
    }
    assert "wsgi:app" in names, "the command line serves the application by name"
    unresolved = {}
    for name, place in names.items():
        try:
            pkgutil.resolve_name(name)
        except (ImportError, AttributeError) as error:
            unresolved[f"{place} {name}"] = str(error)
    assert unresolved == {}


@pytest.mark.parametrize(
    "words",
    [kind for _, kind in inspect.getmembers(vocabulary, inspect.isclass) if issubclass(kind, Enum) and list(kind)],
    ids=lambda kind: kind.__name__,
)
def test_every_word_of_the_vocabulary_is_in_the_glossary(words: type[Enum]) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    missing = [word.value for word in words if not re.search(rf"(?<!\w){re.escape(str(word.value))}(?!\w)", glossary)]
    assert missing == []


def bundles() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "workflows").glob("*/procedure.toml"))


def test_the_petition_procedure_is_shipped() -> None:
    assert ROOT / "workflows" / "petition" in bundles()


@pytest.mark.parametrize("bundle", bundles(), ids=lambda path: path.name)
def test_every_form_belongs_to_a_user_task_and_every_user_task_has_a_form(bundle: Path) -> None:
    tasks = {
        task.get("id"): task.get(f"{CAMUNDA}formRef")
        for model in sorted(bundle.glob("*.bpmn"))
        for task in etree.parse(model).iter(f"{BPMN}userTask")
    }
    forms = {json.loads(path.read_text(encoding="utf-8"))["id"] for path in bundle.glob("forms/*.json")}
    assert {task: form for task, form in tasks.items() if form not in forms} == {}, "user tasks without a form"
    assert forms - set(tasks.values()) == set(), "forms without a user task"
