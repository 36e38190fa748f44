// The chunked form on views of wider rows. On a GPU it takes addresses and rows at
// multiples of 16 bytes; others, of which the host learns in the call, take the
// recurrent form. Around the part of the output is NaN, and it has to stay there.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Rows of C elements, in which q, k and v begin at element `first`.
// RUN: %{check} B=2 T=130 b=2 t=130 E=bf16 --dim=C=520,first=8
// RUN: %{check} B=2 T=130 b=2 t=130 E=bf16 --dim=C=520,first=1
// RUN: %{check} B=2 T=130 b=2 t=130 E=bf16 --dim=C=515,first=1
// RUN: %{check} B=2 T=130 b=2 t=130 E=f16  --dim=C=514,first=0
// RUN: %{check} B=1 T=65  b=1 t=65  E=f16  --dim=C=516,first=4

// Lengths that are not known either: many, few and one token.
// RUN: %{check} 'B=?' 'T=?' b=%batch t=%len E=bf16 --dim=B=2,T=130,C=520,first=8
// RUN: %{check} 'B=?' 'T=?' b=%batch t=%len E=bf16 --dim=B=2,T=130,C=515,first=1
// RUN: %{check} 'B=?' 'T=?' b=%batch t=%len E=f16  --dim=B=1,T=9,C=515,first=3
// RUN: %{check} 'B=?' 'T=?' b=%batch t=%len E=bf16 --dim=B=3,T=1,C=515,first=1

!row = memref<${B}x${T}x?x${E}>
!q_row = memref<${B}x${T}x128x${E}, strided<[?, ?, 1], offset: ?>>
!v_row = memref<${B}x${T}x256x${E}, strided<[?, ?, 1], offset: ?>>
!q = memref<${B}x${T}x2x64x${E}, strided<[?, ?, 64, 1], offset: ?>>
!v = memref<${B}x${T}x4x64x${E}, strided<[?, ?, 64, 1], offset: ?>>
!g = memref<${B}x${T}x4xf32>
!state = memref<${B}x4x64x64xf32>

// The form that the cost model chooses, for many tokens the chunked one.
func.func @chosen(%qkv: !row {gdr.name = "qkv", gdr.dims = ["B", "T", "C"]}, %first: index {gdr.name = "first"},
                  %g: !g, %beta: !g, %state: !state,
                  %out: !row {gdr.name = "out", gdr.dims = ["B", "T", "C"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %batch = memref.dim %qkv, %c0 : !row
  %len = memref.dim %qkv, %c1 : !row
  %second = arith.addi %first, %c128 : index
  %third = arith.addi %second, %c128 : index
  %q_row = memref.subview %qkv[0, 0, %first] [${b}, ${t}, 128] [1, 1, 1] : !row to !q_row
  %k_row = memref.subview %qkv[0, 0, %second] [${b}, ${t}, 128] [1, 1, 1] : !row to !q_row
  %v_row = memref.subview %qkv[0, 0, %third] [${b}, ${t}, 256] [1, 1, 1] : !row to !v_row
  %o_row = memref.subview %out[0, 0, %first] [${b}, ${t}, 256] [1, 1, 1] : !row to !v_row
  %q = memref.expand_shape %q_row [[0], [1], [2, 3]] output_shape [${b}, ${t}, 2, 64] : !q_row into !q
  %k = memref.expand_shape %k_row [[0], [1], [2, 3]] output_shape [${b}, ${t}, 2, 64] : !q_row into !q
  %v = memref.expand_shape %v_row [[0], [1], [2, 3]] output_shape [${b}, ${t}, 4, 64] : !v_row into !v
  %o = memref.expand_shape %o_row [[0], [1], [2, 3]] output_shape [${b}, ${t}, 4, 64] : !v_row into !v
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g)
      initial_state(%state : !state) outs(%o : !v) final_state(%state : !state)
      {qk_l2norm, state_layout = #gdr.state_layout<v_first>}
  return
}
