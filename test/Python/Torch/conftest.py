"""Every test that asks for `device` runs on the CPU, and on a GPU where there is one."""

import os

import pytest

torch = pytest.importorskip("torch", minversion="2.10")
pytest.importorskip("gdr.torch", exc_type=ImportError)


@pytest.fixture(
    params=[
        "cpu",
        pytest.param(
            "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
        ),
    ]
)
def device(request):
    return request.param


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """One directory of compiled kernels for all of these tests, and for the processes they start."""
    directory = tmp_path_factory.mktemp("kernels")
    os.environ["GDR_CACHE_DIR"] = str(directory)
    yield directory
    del os.environ["GDR_CACHE_DIR"]


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield
