# Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every test that asks for `device` runs on the CPU, and on a GPU where there is one."""

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


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield
