"""The gated delta rule in other libraries."""
