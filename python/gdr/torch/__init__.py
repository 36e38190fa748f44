"""The gated delta rule in PyTorch: torch.ops.gdr and calls in the style of other libraries."""

from gdr.torch import ops as _ops  # Registers torch.ops.gdr.
from gdr.torch.fla import chunk_gated_delta_rule, fused_recurrent_gated_delta_rule
from gdr.torch.flashinfer import flashinfer_decode, flashinfer_prefill

__all__ = [
    "chunk_gated_delta_rule",
    "flashinfer_decode",
    "flashinfer_prefill",
    "fused_recurrent_gated_delta_rule",
]
