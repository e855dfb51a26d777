"""What holds for the repository as a whole, and no linter knows."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest

from server.config import Settings

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "server").rglob("*.py") if path.name != "__init__.py"
)
SCRIPTS = sorted((ROOT / "web/static/js").rglob("*.js"))


def exceptions(name: str) -> dict[str, str]:
    """A table of ``[tool.thirdchair]`` in pyproject.toml: a path or pattern, and why the rule is not for it."""
    table: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["thirdchair"][name]
    return table


def mirror(module: str) -> str:
    """The test of a module: server/rooms/actor.py has tests/rooms/test_actor.py."""
    path = Path(module)
    return (Path("tests", *path.parts[1:-1]) / f"test_{path.stem.strip('_')}.py").as_posix()


@pytest.mark.parametrize("module", MODULES)
def test_each_module_has_its_test(module: str) -> None:
    excused = any(fnmatch.fnmatch(module, pattern) for pattern in exceptions("unmirrored"))

    assert excused or (ROOT / mirror(module)).is_file(), f"{mirror(module)} is missing"


def test_an_exception_from_that_is_needed_and_has_its_reason() -> None:
    for pattern, reason in exceptions("unmirrored").items():
        excused = fnmatch.filter(MODULES, pattern)
        assert excused, f"{pattern}: there is no such module, take the exception away"
        assert not all((ROOT / mirror(module)).is_file() for module in excused), f"{pattern}: has its test by now"
        assert len(reason.split()) > 3, f"{pattern}: say why"


def test_a_package_does_no_work_when_imported() -> None:
    for path in (ROOT / "server").rglob("__init__.py"):
        code = re.sub(r'^\s*""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not code.strip(), f"{path.relative_to(ROOT)} holds code"


def code(script: Path) -> str:
    """A script without its comments."""
    text = script.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)


BANNED = {"core": r"\bdocument\b|\bHTML\w*Element\b", "ui": r"\bWebSocket\b|\bRTCPeerConnection\b"}
"""What the two halves of the browser's side may not name; js/pages/ joins them."""


def test_the_browsers_core_knows_no_page_and_its_ui_no_socket() -> None:
    assert SCRIPTS, "this test looks for scripts in the wrong place"

    for script in SCRIPTS:
        part = script.relative_to(ROOT / "web/static/js").parts[0]
        found = re.search(BANNED.get(part, r"(?!)"), code(script))
        assert found is None, f"{script.relative_to(ROOT)} names {found[0]}"


def test_text_never_becomes_markup_or_program() -> None:
    banned = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b")

    for script in SCRIPTS:
        found = banned.search(code(script))
        assert found is None, f"{script.relative_to(ROOT)} uses {found[0]}"


def test_each_module_of_the_browsers_core_is_tested() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/web").rglob("*.js"))

    for script in SCRIPTS:
        path = script.relative_to(ROOT / "web/static/js").as_posix()
        assert not path.startswith("core/") or path in tests, f"no test under tests/web imports {path}"


def test_locks_name_what_to_install_and_not_where_from() -> None:
    for path in ROOT.glob("requirements*.lock"):
        lines = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in lines
        assert not re.search(r"://|^\s*-(i|f|-index-url|-extra-index-url|-find-links)\b", lines, re.MULTILINE), (
            path.name
        )

    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 1
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or "integrity" in package, name


@pytest.mark.parametrize(
    "suffixes", [("*.md",), ("*.yml", "*.yaml", "Dockerfile", "Makefile"), ("*.sh", "run", "*.toml")]
)
def test_no_file_downloads_past_the_locks(suffixes: tuple[str, ...]) -> None:
    archive = re.compile(r"https?://\S+\.(whl|tar\.\w+|tgz|zip|deb)\b|--(extra-)?index-url|--find-links|--trusted-host")
    folders = [ROOT, ROOT / ".ci", *(ROOT / name for name in ("config", "docs", "scripts", "tests", "web"))]
    files = {
        path
        for folder in folders
        for suffix in suffixes
        for path in (folder.glob(suffix) if folder == ROOT else folder.rglob(suffix))
    }

    assert files
    for path in sorted(files):
        found = archive.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(ROOT)}: {found[0]}"


def test_each_setting_is_explained_to_the_operator() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for setting in fields(Settings):
        assert f"`THIRDCHAIR_{setting.name.upper()}`" in readme, f"README.md does not explain {setting.name}"


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+.*?(?= \\$)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock")
    assert pins("requirements.lock") <= pins("requirements-dev.lock")
    assert pins("requirements.lock") <= pins("requirements-cluster.lock")


@pytest.mark.slow
def test_a_built_package_holds_what_the_server_reads(tmp_path: Path) -> None:
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([sys.executable, *build, str(ROOT)], check=True, capture_output=True)

    with zipfile.ZipFile(next(tmp_path.glob("thirdchair-*.whl"))) as wheel:
        names = set(wheel.namelist())
    for folder in ("config", "web/templates", "web/static/css", "web/static/js"):
        files = [path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"server/share/{file}" for file in files} <= names
