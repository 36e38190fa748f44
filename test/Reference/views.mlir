// Operands that are views. Between the rows of a strided argument is NaN, and it has to stay there.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=f32
// RUN: %{check} T=bf16 --dim=T=1
// RUN: %{check} T=f16  --dim=T=9,B=3

// Every stride but the last one is the caller's.
func.func @strided_arguments(
    %q: memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
    %k: memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
    %v: memref<?x?x4x8x${T}, strided<[?, ?, ?, 1], offset: ?>>,
    %g: memref<?x?x4xf32, strided<[?, ?, 1], offset: ?>>,
    %beta: memref<?x?x4xf32, strided<[?, ?, 1], offset: ?>>,
    %state: memref<?x4x16x8xf32, strided<[?, ?, ?, 1], offset: ?>>,
    %o: memref<?x?x4x8x${T}, strided<[?, ?, ?, 1], offset: ?>>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x4x8x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      gate(%g : memref<?x?x4xf32, strided<[?, ?, 1], offset: ?>>)
      beta(%beta : memref<?x?x4xf32, strided<[?, ?, 1], offset: ?>>)
      initial_state(%state : memref<?x4x16x8xf32, strided<[?, ?, ?, 1], offset: ?>>)
      outs(%o : memref<?x?x4x8x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      final_state(%state : memref<?x4x16x8xf32, strided<[?, ?, ?, 1], offset: ?>>)
  return
}

// As a convolution leaves them: one row of q, k and v a token.
func.func @packed_qkv(%qkv: memref<?x?x96x${T}> {gdr.name = "qkv", gdr.dims = ["B", "T", "C"]}, %g: memref<?x?x4xf32>, %beta: memref<?x?x4xf32>,
                      %state: memref<?x4x8x16xf32>, %o: memref<?x?x4x8x${T}>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = memref.dim %qkv, %c0 : memref<?x?x96x${T}>
  %t = memref.dim %qkv, %c1 : memref<?x?x96x${T}>
  %q_part = memref.subview %qkv[0, 0, 0] [%b, %t, 32] [1, 1, 1]
      : memref<?x?x96x${T}> to memref<?x?x32x${T}, strided<[?, 96, 1]>>
  %k_part = memref.subview %qkv[0, 0, 32] [%b, %t, 32] [1, 1, 1]
      : memref<?x?x96x${T}> to memref<?x?x32x${T}, strided<[?, 96, 1], offset: 32>>
  %v_part = memref.subview %qkv[0, 0, 64] [%b, %t, 32] [1, 1, 1]
      : memref<?x?x96x${T}> to memref<?x?x32x${T}, strided<[?, 96, 1], offset: 64>>
  %q = memref.expand_shape %q_part [[0], [1], [2, 3]] output_shape [%b, %t, 2, 16]
      : memref<?x?x32x${T}, strided<[?, 96, 1]>> into memref<?x?x2x16x${T}, strided<[?, 96, 16, 1]>>
  %k = memref.expand_shape %k_part [[0], [1], [2, 3]] output_shape [%b, %t, 2, 16]
      : memref<?x?x32x${T}, strided<[?, 96, 1], offset: 32>>
      into memref<?x?x2x16x${T}, strided<[?, 96, 16, 1], offset: 32>>
  %v = memref.expand_shape %v_part [[0], [1], [2, 3]] output_shape [%b, %t, 4, 8]
      : memref<?x?x32x${T}, strided<[?, 96, 1], offset: 64>>
      into memref<?x?x4x8x${T}, strided<[?, 96, 8, 1], offset: 64>>
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x2x16x${T}, strided<[?, 96, 16, 1]>>,
                       memref<?x?x2x16x${T}, strided<[?, 96, 16, 1], offset: 32>>,
                       memref<?x?x4x8x${T}, strided<[?, 96, 8, 1], offset: 64>>)
      gate(%g : memref<?x?x4xf32>) beta(%beta : memref<?x?x4xf32>)
      initial_state(%state : memref<?x4x8x16xf32>)
      outs(%o : memref<?x?x4x8x${T}>) final_state(%state : memref<?x4x8x16xf32>)
      {qk_l2norm, state_layout = #gdr.state_layout<v_first>}
  return
}
