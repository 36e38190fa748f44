// RUN: gdr-opt %s --gdr-recurrent-to-loops --split-input-file --verify-diagnostics

func.func @tensors(
    %q: tensor<1x4x2x8xf32>, %k: tensor<1x4x2x8xf32>, %v: tensor<1x4x2x8xf32>,
    %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error @below {{expected memrefs, got tensors; run one-shot-bufferize first}}
  %0 = gdr.recurrent
      ins(%q, %k, %v : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>)
      outs(%o : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
  return %0 : tensor<1x4x2x8xf32>
}

// -----

func.func @per_channel_gate(
    %q: memref<1x4x2x8xf32>, %k: memref<1x4x2x8xf32>, %v: memref<1x4x2x8xf32>,
    %g: memref<1x4x2x8xf32>, %o: memref<1x4x2x8xf32>) {
  // expected-error @below {{operand 'gate' of rank 4, a gate per channel of K, is not supported yet}}
  gdr.recurrent
      ins(%q, %k, %v : memref<1x4x2x8xf32>, memref<1x4x2x8xf32>, memref<1x4x2x8xf32>)
      gate(%g : memref<1x4x2x8xf32>)
      outs(%o : memref<1x4x2x8xf32>)
  return
}

// -----

func.func @num_accepted(
    %q: memref<1x4x2x8xf32>, %k: memref<1x4x2x8xf32>, %v: memref<1x4x2x8xf32>,
    %accepted: memref<1xi32>, %o: memref<1x4x2x8xf32>) {
  // expected-error @below {{operand 'num_accepted' is not supported yet}}
  gdr.recurrent
      ins(%q, %k, %v : memref<1x4x2x8xf32>, memref<1x4x2x8xf32>, memref<1x4x2x8xf32>)
      num_accepted(%accepted : memref<1xi32>)
      outs(%o : memref<1x4x2x8xf32>)
  return
}
