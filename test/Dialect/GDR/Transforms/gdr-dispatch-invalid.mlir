// RUN: gdr-opt %s --split-input-file --gdr-dispatch --verify-diagnostics
// RUN: not gdr-opt %s --split-input-file --gdr-dispatch=chunk-size=48 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not gdr-opt %s --split-input-file --gdr-dispatch=least-tokens=0 2>&1 | FileCheck %s --check-prefix=TOKENS

// RUN: not gdr-opt %s --gdr-dispatch=chunked=wgmma 2>&1 | FileCheck %s --check-prefix=CHUNKED

// CHUNKED: Cannot find option named 'wgmma'
// SIZE: expected schedule parameter 'chunk_size' to be 16, 32, 64 or 128, got 48
// TOKENS: expected least-tokens to be positive, got 0
func.func @no_chunked_form(%q: memref<1x99x1x8xf32>) {
  // expected-error @below {{expected an op that has a chunked form, as attribute schedule asks for; the target has none}}
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x99x1x8xf32>, memref<1x99x1x8xf32>, memref<1x99x1x8xf32>)
      outs(%q : memref<1x99x1x8xf32>) {schedule = #gdr.chunked<chunk_size = 16>}
  return
}
