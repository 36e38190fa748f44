// Value semantics in the chunked form: its intermediates are tensors until they get buffers.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} C=16 T=f32
// RUN: %{check} C=16 T=f32  --dim=T=0
// RUN: %{check} C=32 T=bf16 --dim=T=70
// RUN: %{check} C=64 T=f16  --dim=T=1

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
      {schedule = #gdr.chunked<chunk_size = ${C}>}
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
      {schedule = #gdr.chunked<chunk_size = ${C}>}
      -> tensor<?x?x4x8x${T}>, tensor<?x4x16x8xf32>
  return %final, %o : tensor<?x4x16x8xf32>, tensor<?x?x4x8x${T}>
}

func.func @pool(%q: tensor<?x?x2x16x${T}>, %k: tensor<?x?x2x16x${T}>, %v: tensor<?x?x4x8x${T}>,
                %pool: tensor<?x4x8x16xf32>, %read: tensor<?xi32>, %write: tensor<?xi32>,
                %o_init: tensor<?x?x4x8x${T}>)
    -> (tensor<?x?x4x8x${T}>, tensor<?x4x8x16xf32>) {
  %o, %final = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x2x16x${T}>, tensor<?x?x2x16x${T}>, tensor<?x?x4x8x${T}>)
      initial_state(%pool : tensor<?x4x8x16xf32>)
      read_indices(%read : tensor<?xi32>) write_indices(%write : tensor<?xi32>)
      outs(%o_init : tensor<?x?x4x8x${T}>) final_state(%pool : tensor<?x4x8x16xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>,
       state_layout = #gdr.state_layout<v_first>}
      -> tensor<?x?x4x8x${T}>, tensor<?x4x8x16xf32>
  return %o, %final : tensor<?x?x4x8x${T}>, tensor<?x4x8x16xf32>
}

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
      beta(%beta : tensor<?x?x4xf32>) outs(%o_init : tensor<?x?x4x8x${T}>)
      {schedule = #gdr.chunked<chunk_size = ${C}>} -> tensor<?x?x4x8x${T}>
  %flat = tensor.collapse_shape %o [[0], [1], [2, 3]]
      : tensor<?x?x4x8x${T}> into tensor<?x?x32x${T}>
  return %flat : tensor<?x?x32x${T}>
}
