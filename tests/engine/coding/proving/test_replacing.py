"""New tests that bring their own version of what they are about, or leave one behind for the tests after them."""

import pytest

from engine.coding.proving.replacing import replacing
from engine.coding.proving.weakening import Change
from engine.coding.proving.weakening import WeakeningKind as Kind

SHOP = """def total(prices):
    return sum(prices[1:])

def fetch():
    return 1

class Cart:
    def count(self):
        return 1
    def size(self):
        return 2
"""
CURED = SHOP.replace("[1:]", "").replace("return 2", "return 3")
SCRIPT = """export function total(prices) {
  return 1;
}
export const fetchIt = async (url) => {
  return 2;
};
"""
CURE = Change(path="shop.py", old=SHOP, new=CURED)
SCRIPT_CURE = Change(path="src/shop.js", old=SCRIPT, new=SCRIPT.replace("return 1", "return 3"))


def found(text: str, old: str | None = None, path: str = "tests/test_new.py") -> list[Kind]:
    return [one.kind for one in replacing([Change(path=path, old=old, new=text)], [CURE, SCRIPT_CURE])]


WITH_MONKEYPATCH = "import shop, sys, fake\ndef test_new(monkeypatch):\n    name = fake.name()\n    {}\n"


@pytest.mark.parametrize(
    "text",
    [
        "import shop\nshop.total = lambda prices: 3\n",
        "import shop\nclass TestNew:\n    def setup_method(self):\n        shop.Cart.count = lambda self: 3\n",
        "import shop\nsetattr(shop, 'total', lambda prices: 3)\n",
        "import shop\nvars(shop)['total'] = len\n",
        "import shop\nshop.__dict__.update(total=len)\n",
        "import shop\nexec('shop.total = len')\n",
        "import shop\nfor module in (shop,):\n    module.fetch = len\n",
        "import importlib\nmodule = importlib.import_module('shop')\nmodule.total = len\n",
        "import sys\nsys.modules['shop'] = object()\n",
        "class TestOld:\n    def test_old(self): pass\n\ndef test_new():\n    TestOld.test_old = lambda self: None\n",
        "import unittest\nunittest.TestCase.assertEqual = lambda *told: None\n",
        "from shop import Cart\ndef test_new():\n    cart = Cart()\n    type(cart).size = lambda self: 3\n",
        "from shop import total\ndef total(prices):\n    return 3\n",
        "from shop import total\ntotal = lambda prices: 3\n",
        "from shop import Cart\nclass Cart(Cart):\n    def size(self):\n        return 3\n",
        "import shop\nfor shop.total in [lambda prices: 3]:\n    pass\n",
        "import shop, fake\nwith fake.made() as shop.total:\n    pass\n",
        "from unittest.mock import patch\n@patch('shop.total', return_value=3)\ndef test_new(told): pass\n",
        "from unittest.mock import patch\nimport till\ndef test_new():\n    with patch.object(till, 'total'): pass\n",
        "import shop\ndef test_new(mocker):\n    mocker.patch.object(shop.Cart, 'size', return_value=3)\n",
        "from shop import total\nfrom math import fsum as total\n",
        "from shop import total\ndef test_new():\n    from math import fsum as total\n",
        "try:\n    from cured import total\nexcept ImportError:\n    from shop import total\n",
        "import shop\nimport cured as shop\n",
        "import cured, shop\nshop = cured\n",
        "from shop import total\nfrom cured import *\n",
        "from shop import total\ndef test_new(total=sum):\n    assert total([1]) == 1\n",
        "from shop import total\ndef test_new():\n    for total in (sum,):\n        assert total([1]) == 1\n",
        "import fake\nfrom shop import total\ndef test_new():\n    total = fake.made()\n    assert total([1]) == 1\n",
        "import fake\nfrom shop import total\ndef test_new():\n    with fake.made() as total:\n        total([1])\n",
        "from shop import total as sum_up\nsum_up = sum\n",
        "from main import app\nfrom shop import total\napp.dependency_overrides[total] = lambda: 3\n",
        "from main import app\nfrom shop import total\napp.dependency_overrides = {total: lambda: 3}\n",
        "from pathlib import Path\nPath('shop.py').write_text('total = sum')\n",
        "from pathlib import Path\nPath(__file__).with_name('test_old.py').write_text('')\n",
        "import shutil\nold = 'tests/test_old.py'\nshutil.move(old, 'elsewhere')\n",
        "open('conftest.py', 'w')\n",
        WITH_MONKEYPATCH.format("monkeypatch.setattr(shop, 'total', lambda prices: 3)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr('shop.total', lambda prices: 3)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr(target=shop, name='total', value=len)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr(shop.total, '__code__', len.__code__)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr(shop, name, len)"),
        WITH_MONKEYPATCH.format("monkeypatch.setitem(sys.modules, 'shop', fake)"),
    ],
)
def test_a_new_test_that_brings_what_it_is_to_prove_or_leaves_something_behind_is_told(text: str) -> None:
    assert found(text) == [Kind.REPLACED]
    assert found("import shop\n" + text, old=text) == []


@pytest.mark.parametrize(
    "text",
    [
        "pytest_plugins = ['tests.sly']\n",
        "def pytest_runtest_makereport(item): pass\n",
        WITH_MONKEYPATCH.format("monkeypatch.setattr('unittest.TestCase.assertEqual', len)"),
    ],
)
def test_a_new_test_that_reaches_into_the_runner_is_told(text: str) -> None:
    assert found(text) == [Kind.RUNNER]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.environ['HOME'] = str(3)\n",
        "from app import app\napp.config['TESTING'] = True\napp.testing = True\n",
        "import logging\nlogging.getLogger('shop').handlers = [object()]\n",
        "from shop import Cart\ndef test_new():\n    cart = Cart()\n    cart.items = [object()]\n",
        "from unittest import mock\ntold = mock.Mock(name='total')\ntold.total = 3\n",
        "from unittest.mock import patch\ndef test_new():\n    with patch('time.time'): pass\n",
        "from shop import total\nclass Fake:\n    def total(self, prices):\n        return 3\n",
        "def pytest_generate_tests(metafunc): pass\n",
        "from main import app, get_db\ndef test_new(client):\n    app.dependency_overrides[get_db] = lambda: 1\n",
        "from main import app, get_db\napp.dependency_overrides = {get_db: lambda: 1}\n",
        "from main import app\ndef test_new(tmp_path):\n    app.config['DATABASE'] = tmp_path / 'db'\n",
        "try:\n    from .shop import total\nexcept ImportError:\n    from shop import total\n",
        "def test_one():\n    from shop import total\ndef test_two():\n    from till import total\n",
        "import shop\ndef test_new():\n    total = shop.total([1])\n    assert total == 1\n",
        "from shop import total\ndef test_new(prices, total):\n    assert prices == total\n",
        "from shop import Cart\nclass TestCart:\n    def total(self): return Cart().size()\n",
        "import subprocess\nsubprocess.run(['python3', 'shop.py'])\n",
        "from pathlib import Path\nPath('prices.json').read_text()\nPath('other.py').read_text()\n",
        "def test_new(tmp_path):\n    (tmp_path / 'shop.py').unlink()\n    open(tmp_path / 'conftest.py', 'w')\n",
        WITH_MONKEYPATCH.format("monkeypatch.setattr(shop, 'fetch', lambda: 1)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr(shop.Cart, 'count', lambda self: 1)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr(fake.requests, 'get', len)"),
        WITH_MONKEYPATCH.format("monkeypatch.setattr('builtins.input', lambda asked: '')"),
        WITH_MONKEYPATCH.format("monkeypatch.setitem(sys.modules, 'numpy', None)"),
    ],
)
def test_what_stands_in_for_something_else_while_a_test_runs_is_fine(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("jest.mock('../src/shop');\n", [Kind.REPLACED]),
        ("vi.mock('../src/shop.js', () => ({}));\n", [Kind.REPLACED]),
        ("jest.spyOn(shop, 'total').mockReturnValue(3);\n", [Kind.REPLACED]),
        ("mock.method(shop, 'total', () => 3);\n", [Kind.REPLACED]),
        ("shop.total = () => 3;\n", [Kind.REPLACED]),
        ("assert.equal = () => {};\n", [Kind.RUNNER]),
        ("expect = () => ({ toBe() {} });\n", [Kind.RUNNER]),
        ("Object.assign(assert, { equal() {} });\n", [Kind.RUNNER]),
        ("const assert = require('assert');\nlet test = require('node:test');\n", []),
        ("test('it', () => { expect(total([1])).toBe(1) });\n", []),
        ("jest.mock('axios');\njest.spyOn(shop, 'fetchIt').mockResolvedValue(1);\n", []),
    ],
)
def test_the_same_is_told_of_javascript(text: str, kinds: list[Kind]) -> None:
    assert found(text, path="tests/new.test.js") == kinds


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/new.py", "assert '[1:]' not in open('shop.py').read()\n"),
        ("tests/new.py", "from pathlib import Path\ncode = Path('src') / 'shop.py'\nassert code.exists()\n"),
        ("tests/new.py", "import inspect, shop\nassert '[1:]' not in inspect.getsource(shop.total)\n"),
        ("new.test.js", "const code = fs.readFileSync('src/shop.js', 'utf8');\n"),
    ],
)
def test_a_new_test_that_looks_at_how_the_code_is_written_is_told(path: str, text: str) -> None:
    assert found(text, path=path) == [Kind.READ]
    assert found(text.replace("shop", "till").replace("total", "sums"), path=path) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/new.py", "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    open(f'{d}/shop.py', 'w')\n"),
        (
            "tests/new.py",
            "import os, unittest\nfrom tempfile import mkdtemp\nclass T(unittest.TestCase):\n    def setUp(self):\n"
            "        self.dir = mkdtemp()\n    def test_new(self):\n        path = os.path.join(self.dir, 'shop.py')\n"
            "        with open(path, 'w') as file:\n            file.write('')\n",
        ),
        ("new.test.js", "const dir = fs.mkdtempSync(os.tmpdir());\nfs.writeFileSync(join(dir, 'shop.js'), '');\n"),
        ("new.test.js", "fs.writeFileSync(path.join(os.tmpdir(), 'shop.js'), '');\n"),
        ("new_test.go", 'dir := t.TempDir()\nos.WriteFile(filepath.Join(dir, "shop.js"), nil, 0o600)\n'),
        ("tests/new.rs", 'let dir = tempdir()?;\nfs::write(dir.path().join("shop.js"), "")?;\n'),
    ],
)
def test_a_file_of_the_same_name_in_a_temporary_folder_is_no_code(path: str, text: str) -> None:
    assert not found(text, path=path)


def test_a_macro_of_rust_s_own_that_a_test_writes_anew_is_told() -> None:
    assert found("macro_rules! assert_eq { ($($told:tt)*) => {} }\n", path="tests/new.rs") == [Kind.RUNNER]
    assert found("macro_rules! shops { () => {} }\n", path="tests/new.rs") == []


def test_what_runs_around_every_test_of_a_go_package_is_told() -> None:
    assert found("package a\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n", path="a/new_test.go") == [Kind.RUNNER]
    assert found("package a\n\nfunc TestNew(t *testing.T) {}\n", path="a/new_test.go") == []


def test_a_file_that_nobody_can_read_here_is_passed_over() -> None:
    assert found("def (\n") == found("x\n", path="tests/new.bats") == []
