// A state pool, of which one buffer is read and written through different indices: the states are
// copied before they are written, which only the CPU can.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=f32
// RUN: %{check} T=bf16 --dim=T=1
// RUN: %{check} T=f16  --dim=T=9
// Six sequences: some negative indices, and one sequence is skipped.
// RUN: %{check} T=f32  --dim=N=6

func.func @pool(%q: tensor<?x?x2x16x${T}>, %k: tensor<?x?x2x16x${T}>, %v: tensor<?x?x4x8x${T}>,
                %pool: tensor<?x4x8x16xf32>, %read: tensor<?xi32>, %write: tensor<?xi32>,
                %o_init: tensor<?x?x4x8x${T}>)
    -> (tensor<?x?x4x8x${T}>, tensor<?x4x8x16xf32>) {
  %o, %final = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x2x16x${T}>, tensor<?x?x2x16x${T}>, tensor<?x?x4x8x${T}>)
      initial_state(%pool : tensor<?x4x8x16xf32>)
      read_indices(%read : tensor<?xi32>) write_indices(%write : tensor<?xi32>)
      outs(%o_init : tensor<?x?x4x8x${T}>) final_state(%pool : tensor<?x4x8x16xf32>)
      {state_layout = #gdr.state_layout<v_first>}
      -> tensor<?x?x4x8x${T}>, tensor<?x4x8x16xf32>
  return %o, %final : tensor<?x?x4x8x${T}>, tensor<?x4x8x16xf32>
}
