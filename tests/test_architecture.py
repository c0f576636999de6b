"""The rules of the house that import-linter cannot say (architecture.md)."""

import ast
import inspect
import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

PACKAGE = Path(import_module("goodstanding").__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
APPS = [
    "unit",
    "tenancy",
    "runs",
    "journal",
    "instances",
    "documents",
    "doors",
    "outbox",
    "tickets",
    "post",
    "chat",
    "feedback",
    "desk",
    "escalation",
]
"""In the order in which they may know each other: a later one the earlier ones."""
CORE_MAY_IMPORT = set(sys.stdlib_module_names) | {"numpy", "goodstanding"}
CORE_MUST_NOT = {"os", "io", "pathlib", "socket", "random", "secrets", "time", "logging", "subprocess", "threading", "tempfile"}


def names(paths):
    return [str(path.relative_to(PACKAGE)) for path in paths]


@cache
def parsed(path):
    """What stands in a file: every test here reads the same ones."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path):
    """The imports and functions of a file, wherever in it they stand."""
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)]


def imported(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", [path for path in FILES if "core" in path.parts], ids=str)
def test_core_imports_the_standard_library_and_numpy_and_nothing_that_reaches_outside(path):
    roots = {name.split(".")[0] for name in imported(path)}

    assert roots <= CORE_MAY_IMPORT - CORE_MUST_NOT


def test_every_file_opens_with_a_purpose_of_one_line():
    without = [path for path in FILES if not (ast.get_docstring(parsed(path)) or "").strip()]

    assert names(without) == []


def test_no_file_is_a_dumping_ground():
    forbidden = {"utils.py", "helpers.py", "common.py", "services.py", "misc.py"}

    assert names(path for path in FILES if path.name in forbidden) == []


def test_only_an_apps_own_files_import_its_models():
    strangers = []
    for path in FILES:
        for name in imported(path):
            owner = re.fullmatch(r"goodstanding\.apps\.(\w+)\.models", name)
            if owner and owner[1] not in path.parts:
                strangers.append(f"{path.relative_to(PACKAGE)} imports {name}")
    for path in FILES:
        for match in re.finditer(r"from goodstanding\.apps\.(\w+) import (.+)", path.read_text(encoding="utf-8")):
            if "models" in match[2].split(", ") and match[1] not in path.parts:
                strangers.append(f"{path.relative_to(PACKAGE)} imports models of {match[1]}")

    assert strangers == []


def ours():
    return [model for model in apps.get_models() if model.__module__.startswith("goodstanding.")]


def test_foreign_keys_point_to_the_same_or_a_lower_app_and_are_walked_one_way():
    wrong = []
    for model in ours():
        for field in model._meta.fields:
            target = field.related_model
            if target is None:
                continue
            if APPS.index(target._meta.app_label) > APPS.index(model._meta.app_label):
                wrong.append(f"{model.__name__}.{field.name} points up to {target.__name__}")
            if field.remote_field.related_name != "+":
                wrong.append(f"{model.__name__}.{field.name} can be walked backwards")

    assert wrong == []


def test_instants_end_in_at_and_are_whole_seconds():
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in model._meta.fields
        if field.get_internal_type() in ("DateTimeField", "DateField") and field.name != "last_login"
    ]

    assert wrong == []


def test_nothing_sets_its_own_time():
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in model._meta.fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]

    assert wrong == []


def public_functions(module):
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if not name.startswith("_") and function.__module__ == module.__name__:
            yield name, function


WORKERS_OWN = {"runs.queries.due", "escalation.queries.due",
               "desk.queries.looks_due", "post.queries.due", "instances.queries.looks_due",
               *(f"feedback.queries.{name}" for name in ("asking", "recommending_due", "due")),
               *(f"outbox.queries.{name}" for name in ("routes_due", "loads"))}  # fmt: skip
ASKED_BEFORE_A_SCOPE = {
    "tenancy.queries.scope_of_person", "tenancy.queries.scope_of_person_at", "tenancy.queries.places_of_person",
    "doors.queries.caller", "doors.queries.endpoint_called", "doors.queries.digest_of",
    "chat.queries.workspace_called",
}  # fmt: skip
KEPT_BY_A_LEASE = {
    "post.actions.claim",
    *(f"feedback.actions.{name}" for name in ("take_turn", "claim", "has_sent", "has_failed", "withdraw")),
    *(
        f"outbox.leases.{name}"
        for name in ("claim", "has_sent", "has_failed", "release", "leave", "hold", "is_open", "give_up")
    ),
    *(f"runs.actions.{name}" for name in ("claim", "progress", "finish", "fail")),
    *(f"instances.actions.{name}" for name in ("claim", "come_to", "looked", "failed", "tell_trouble")),
}


@pytest.mark.proves("PORTAL-3")
def test_every_query_and_action_takes_the_scope_first():
    without = []
    for app in APPS[1:]:
        for part in ("queries", "actions", "leases"):
            try:
                module = import_module(f"goodstanding.apps.{app}.{part}")
            except ModuleNotFoundError:
                continue
            for name, function in public_functions(module):
                first = next(iter(inspect.signature(function).parameters), "")
                if first != "scope":
                    without.append(f"{app}.{part}.{name}")

    assert set(without) == WORKERS_OWN | ASKED_BEFORE_A_SCOPE | KEPT_BY_A_LEASE


def test_now_is_an_argument_without_a_default():
    wrong = []
    for path in FILES:
        if "delivery" in path.parts:
            continue
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef):
                every = [*node.args.args, *node.args.kwonlyargs]
                defaults = [
                    *[None] * (len(node.args.args) - len(node.args.defaults)),
                    *node.args.defaults,
                    *node.args.kw_defaults,
                ]
                for argument, default in zip(every, defaults, strict=True):
                    if argument.arg in ("now", "as_of") and default is not None:
                        wrong.append(f"{path.relative_to(PACKAGE)}: {node.name}")

    assert wrong == []


@pytest.mark.parametrize("storey", ["core", "adapters", "reports", "flows", "apps"])
def test_public_functions_have_docstrings(storey):
    without = []
    for path in FILES:
        if storey not in path.parts:
            continue
        for node in parsed(path).body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                if node.name == "Config" and path.name == "apps.py":
                    continue
                without.append(f"{path.relative_to(PACKAGE)}: {node.name}")

    assert without == []
