// Slices of a packed tensor as operands, and a new tensor as the result in another shape. (The new
// tensor is copied to the caller's, which only the CPU can.)
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=f32
// RUN: %{check} T=bf16 --dim=T=1
// RUN: %{check} T=f16  --dim=T=9

// A slice of a packed tensor, and o as a matrix.
func.func @reshaped(%qkv: tensor<?x?x96x${T}> {gdr.name = "qkv", gdr.dims = ["B", "T", "C"]}, %beta: tensor<?x?x4xf32>) -> (tensor<?x?x32x${T}> {gdr.name = "o", gdr.dims = ["B", "T", "C"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %qkv, %c0 : tensor<?x?x96x${T}>
  %t = tensor.dim %qkv, %c1 : tensor<?x?x96x${T}>
  %q_part = tensor.extract_slice %qkv[0, 0, 0] [%b, %t, 32] [1, 1, 1]
      : tensor<?x?x96x${T}> to tensor<?x?x32x${T}>
  %k_part = tensor.extract_slice %qkv[0, 0, 32] [%b, %t, 32] [1, 1, 1]
      : tensor<?x?x96x${T}> to tensor<?x?x32x${T}>
  %v_part = tensor.extract_slice %qkv[0, 0, 64] [%b, %t, 32] [1, 1, 1]
      : tensor<?x?x96x${T}> to tensor<?x?x32x${T}>
  %q = tensor.expand_shape %q_part [[0], [1], [2, 3]] output_shape [%b, %t, 2, 16]
      : tensor<?x?x32x${T}> into tensor<?x?x2x16x${T}>
  %k = tensor.expand_shape %k_part [[0], [1], [2, 3]] output_shape [%b, %t, 2, 16]
      : tensor<?x?x32x${T}> into tensor<?x?x2x16x${T}>
  %v = tensor.expand_shape %v_part [[0], [1], [2, 3]] output_shape [%b, %t, 4, 8]
      : tensor<?x?x32x${T}> into tensor<?x?x4x8x${T}>
  %o_init = tensor.empty(%b, %t) : tensor<?x?x4x8x${T}>
  %o = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x2x16x${T}>, tensor<?x?x2x16x${T}>, tensor<?x?x4x8x${T}>)
      beta(%beta : tensor<?x?x4xf32>) outs(%o_init : tensor<?x?x4x8x${T}>) -> tensor<?x?x4x8x${T}>
  %flat = tensor.collapse_shape %o [[0], [1], [2, 3]]
      : tensor<?x?x4x8x${T}> into tensor<?x?x32x${T}>
  return %flat : tensor<?x?x32x${T}>
}
