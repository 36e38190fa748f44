// Value semantics. A result that is the buffer of an argument updates it; other results are
// arguments of the entry point that follow the function's own.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=f32
// RUN: %{check} T=bf16 --dim=T=1
// RUN: %{check} T=f16  --dim=T=9

// Everything has a buffer of its own.
func.func @functional(%q: tensor<?x?x2x16x${T}>, %k: tensor<?x?x2x16x${T}>, %v: tensor<?x?x4x8x${T}>,
                      %g: tensor<?x?x4xf32>, %beta: tensor<?x?x4xf32>, %state: tensor<?x4x16x8xf32>)
    -> (tensor<?x?x4x8x${T}>, tensor<?x4x16x8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : tensor<?x?x2x16x${T}>
  %t = tensor.dim %q, %c1 : tensor<?x?x2x16x${T}>
  %o_init = tensor.empty(%b, %t) : tensor<?x?x4x8x${T}>
  %final_init = tensor.empty(%b) : tensor<?x4x16x8xf32>
  %o, %final = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x2x16x${T}>, tensor<?x?x2x16x${T}>, tensor<?x?x4x8x${T}>)
      gate(%g : tensor<?x?x4xf32>) beta(%beta : tensor<?x?x4xf32>)
      initial_state(%state : tensor<?x4x16x8xf32>)
      outs(%o_init : tensor<?x?x4x8x${T}>) final_state(%final_init : tensor<?x4x16x8xf32>)
      -> tensor<?x?x4x8x${T}>, tensor<?x4x16x8xf32>
  return %o, %final : tensor<?x?x4x8x${T}>, tensor<?x4x16x8xf32>
}

// The state is updated, o is a new buffer; the results change places.
func.func @state_in_place(%q: tensor<?x?x2x16x${T}>, %k: tensor<?x?x2x16x${T}>,
                          %v: tensor<?x?x4x8x${T}>, %state: tensor<?x4x16x8xf32>)
    -> (tensor<?x4x16x8xf32>, tensor<?x?x4x8x${T}>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : tensor<?x?x2x16x${T}>
  %t = tensor.dim %q, %c1 : tensor<?x?x2x16x${T}>
  %o_init = tensor.empty(%b, %t) : tensor<?x?x4x8x${T}>
  %o, %final = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x2x16x${T}>, tensor<?x?x2x16x${T}>, tensor<?x?x4x8x${T}>)
      initial_state(%state : tensor<?x4x16x8xf32>)
      outs(%o_init : tensor<?x?x4x8x${T}>) final_state(%state : tensor<?x4x16x8xf32>)
      -> tensor<?x?x4x8x${T}>, tensor<?x4x16x8xf32>
  return %final, %o : tensor<?x4x16x8xf32>, tensor<?x?x4x8x${T}>
}
