// RUN: gdr-opt %s --gdr-compile --split-input-file --verify-diagnostics
// RUN: echo "func.func @f() {" | not gdr-opt --gdr-compile 2>&1 | FileCheck %s --check-prefix=UNCLOSED
// RUN: echo "Dear compiler" | not gdr-opt --gdr-compile 2>&1 | FileCheck %s --check-prefix=TEXT
// RUN: echo | not gdr-opt --gdr-compile --emit=cubin 2>&1 | FileCheck %s --check-prefix=EMPTY

// UNCLOSED: error: expected
// TEXT: error: custom op 'Dear' is unknown
// EMPTY: error: expected functions that --gdr-compile has compiled, got none

// What a user gets wrong is one sentence.

func.func @large_k(%q: memref<1x1x2x300xf32>, %v: memref<1x1x2x64xf32>) {
  // expected-error @below {{expected K of at most 256 for a GPU kernel, got 300; compile for the CPU instead}}
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x1x2x300xf32>, memref<1x1x2x300xf32>, memref<1x1x2x64xf32>)
      outs(%v : memref<1x1x2x64xf32>)
  return
}

// -----

func.func @dynamic_heads(%q: memref<1x1x?x64xf32>) {
  // expected-error @below {{expected a static HK for a GPU kernel, got a dynamic one; give it in the types or compile for the CPU}}
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x?x64xf32>, memref<1x1x?x64xf32>, memref<1x1x?x64xf32>)
      outs(%q : memref<1x1x?x64xf32>)
  return
}

// -----

func.func @head_ratio(%q: memref<1x1x2x64xf32>, %v: memref<1x1x3x64xf32>) {
  // expected-error @below {{expected the number of value heads, dimension 2 of 'v', to be a multiple of the number of key heads, 2, got 3}}
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x1x2x64xf32>, memref<1x1x2x64xf32>, memref<1x1x3x64xf32>)
      outs(%v : memref<1x1x3x64xf32>)
  return
}

// -----

func.func @contradiction(%q: tensor<1x1x2x64xf32>, %v: tensor<2x1x2x64xf32>) {
  // expected-error @below {{expected dimension 0 of 'v' to be B = 1, got 2}}
  %0 = gdr.gated_delta_rule
      ins(%q, %q, %v : tensor<1x1x2x64xf32>, tensor<1x1x2x64xf32>, tensor<2x1x2x64xf32>)
      outs(%v : tensor<2x1x2x64xf32>) -> tensor<2x1x2x64xf32>
  return
}

// -----

func.func @per_channel_gate(%q: memref<1x1x2x64xf32>, %o: memref<1x1x2x64xf32>) {
  // expected-error @below {{operand 'gate' of rank 4, a gate per channel of K, is not supported yet}}
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x64xf32>, memref<1x1x2x64xf32>, memref<1x1x2x64xf32>)
      gate(%q : memref<1x1x2x64xf32>) outs(%o : memref<1x1x2x64xf32>)
  return
}

// -----

func.func @malformed(%q: tensor<1x1x2x64xf32>) {
  // expected-error @below {{expected 'ins'}}
  %0 = gdr.gated_delta_rule outs(%q : tensor<1x1x2x64xf32>) -> tensor<1x1x2x64xf32>
  return
}

// -----

func.func @undefined(%q: tensor<1x1x2x64xf32>) {
  %0 = gdr.gated_delta_rule
      // expected-error @below {{use of undeclared SSA value name}}
      ins(%q, %k, %q : tensor<1x1x2x64xf32>, tensor<1x1x2x64xf32>, tensor<1x1x2x64xf32>)
      outs(%q : tensor<1x1x2x64xf32>) -> tensor<1x1x2x64xf32>
  return
}

// -----

// expected-error @below {{custom op 'gdr.delta_rule' is unknown}}
gdr.delta_rule

// -----

// expected-error @below {{expected argument #0 to be a ranked memref, an integer or a float, got 'memref<*xf32>'}}
func.func @unranked(%x: memref<*xf32>) {
  return
}
