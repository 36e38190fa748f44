// Prefill, then decode: calls for parts of the tokens are one call for all of them. The parts are
// views, with the strides of the whole.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=bf16 --dim=T=9 --split=0
// RUN: %{check} T=bf16 --dim=T=9 --split=1
// RUN: %{check} T=bf16 --dim=T=9 --split=2
// RUN: %{check} T=bf16 --dim=T=9 --split=5
// RUN: %{check} T=bf16 --dim=T=9 --split=8
// RUN: %{check} T=bf16 --dim=T=9 --split=9
// RUN: %{check} T=f32  --dim=T=70 --split=64,65,66,67,68,69 --max-beta=2
// RUN: %{check} T=f32  --dim=T=20 --split=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19 --gates=zero

func.func @tensors(%q: tensor<?x?x1x32x${T}>, %k: tensor<?x?x1x32x${T}>, %v: tensor<?x?x2x16x${T}>,
                   %g: tensor<?x?x2xf32>, %beta: tensor<?x?x2xf32>, %state: tensor<?x2x16x32xf32>,
                   %o_init: tensor<?x?x2x16x${T}>)
    -> (tensor<?x?x2x16x${T}>, tensor<?x2x16x32xf32>) {
  %o, %final = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x1x32x${T}>, tensor<?x?x1x32x${T}>, tensor<?x?x2x16x${T}>)
      gate(%g : tensor<?x?x2xf32>) beta(%beta : tensor<?x?x2xf32>)
      initial_state(%state : tensor<?x2x16x32xf32>)
      outs(%o_init : tensor<?x?x2x16x${T}>) final_state(%state : tensor<?x2x16x32xf32>)
      {state_layout = #gdr.state_layout<v_first>} -> tensor<?x?x2x16x${T}>, tensor<?x2x16x32xf32>
  return %o, %final : tensor<?x?x2x16x${T}>, tensor<?x2x16x32xf32>
}

func.func @memrefs(%q: memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %k: memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %v: memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %g: memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>,
                   %beta: memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>,
                   %initial: memref<?x2x32x16xf32>,
                   %o: memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %final: memref<?x2x32x16xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      gate(%g : memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>)
      beta(%beta : memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>)
      initial_state(%initial : memref<?x2x32x16xf32>)
      outs(%o : memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      final_state(%final : memref<?x2x32x16xf32>)
  return
}
