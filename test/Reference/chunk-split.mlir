// Prefill in chunks, then decode: calls for parts of the tokens are one call for all of them.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// The dispatcher chooses the form of each call: one token, few, many.
// RUN: %{check} T=f32  --dim=T=100 --split=37,38,39,100
// RUN: %{check} T=bf16 --dim=T=130 --split=64,128,129
// RUN: %{check} T=f32  --dim=T=200 --split=1,17,33,34,98,162,163 --max-beta=2 --gates=zero

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
