"""Importing the package is quick and brings nothing along."""

MEASURE = """
import sys, time
start = time.perf_counter()
import gdr
print(time.perf_counter() - start)
assert not {"numpy", "torch", "rich"} & set(sys.modules)
"""


def test_is_quick(run_python):
    # In seconds; the best of some, because machines have other things to do.
    assert min(float(run_python(MEASURE)) for _ in range(5)) < 0.2


def test_opens_no_library(run_python):
    code = "import gdr; print('libgdr' in open('/proc/self/maps').read())"
    assert run_python(code) == "False\n"


def test_load_comes_first(run_python, tmp_path):
    code = """
import sys, gdr
gdr.load(sys.argv[1])
try:
    gdr.version()
except OSError as error:
    print("libgdr_runtime.so" in str(error))
"""
    assert run_python(code, tmp_path) == "True\n"
    code = """
import gdr
gdr.version()
try:
    gdr.load("/tmp")
except RuntimeError as error:
    print(error)
"""
    assert run_python(code) == "expected load() before the first use of the libraries\n"
