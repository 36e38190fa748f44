"""A plain copy kernel, the ceiling of what a kernel can read and write."""

import triton
import triton.language as tl


@triton.jit
def _copy(source, target, BLOCK: tl.constexpr):
    offsets = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    tl.store(target + offsets, tl.load(source + offsets))


def copy(source, target):
    block = 2048
    assert source.numel() % block == 0
    _copy[(source.numel() // block,)](source, target, BLOCK=block, num_warps=8)
