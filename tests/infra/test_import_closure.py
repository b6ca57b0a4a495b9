"""Import closure: the bundle holds only the modules of a package that imports reach."""

from pathlib import Path

import pytest

from infra.import_closure import imports_of, prune

CLIENT = {
    "client/__init__.py": "from client.transport import Transport",
    "client/transport.py": "class Transport: ...",
    "client/api/__init__.py": "",
    "client/api/monitors.py": "def get():\n    from ..models import monitor\n",
    "client/api/users.py": "from client.models.user import User",
    "client/models/__init__.py": "",
    "client/models/monitor.py": "import client.models.query",
    "client/models/query.py": "",
    "client/models/user.py": "",
    "client/teams/__init__.py": "",
    "client-1.dist-info/RECORD": "client/api/users.py",
    "client-1.dist-info/METADATA": "Name: client",
    "other/__init__.py": "",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in CLIENT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_modules_that_no_import_reaches_are_removed(site: Path) -> None:
    prune(site, "client", {"client.api.monitors.get"})

    left = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    gone = {"client/api/users.py", "client/models/user.py", "client/teams/__init__.py"}
    assert left == CLIENT.keys() - gone - {"client-1.dist-info/RECORD"}
    assert not (site / "client" / "teams").exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import client", {"client"}),
        ("from client.api import users, monitors", {"client.api.users", "client.api.monitors"}),
        ("def f():\n    import client.api.users\n", {"client.api.users"}),
        ("try:\n    from client import Client\nexcept ImportError:\n    pass\n", {"client.Client"}),
        ("from . import client", set()),
        ("import client_of_another_name", set()),
    ],
)
def test_an_import_is_found_anywhere_in_a_module(tmp_path: Path, text: str, names: set[str]) -> None:
    (tmp_path / "module.py").write_text(text)

    assert imports_of(tmp_path, "client") == names
