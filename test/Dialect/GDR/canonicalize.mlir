// RUN: gdr-opt %s --canonicalize --split-input-file | FileCheck %s

!q = tensor<1x4x2x64xf32>

// 64^-0.5
// CHECK-LABEL: func.func @default_scale(
// CHECK:         gdr.gated_delta_rule
// CHECK-NOT:     scale
// CHECK:         return
func.func @default_scale(%q: !q, %o: !q) -> !q {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {scale = 0.125 : f32} -> !q
  return %0 : !q
}

// CHECK-LABEL: func.func @other_scale(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      {scale = 1.000000e+00 : f32}
func.func @other_scale(%q: !q, %o: !q) -> !q {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {scale = 1.0 : f32} -> !q
  return %0 : !q
}

// Which scale is the default is not known.
// CHECK-LABEL: func.func @scale_of_dynamic_k(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      {scale = 1.250000e-01 : f32}
func.func @scale_of_dynamic_k(%q: tensor<1x4x2x?xf32>, %o: !q) -> !q {
  %0 = gdr.gated_delta_rule
      ins(%q, %q, %o : tensor<1x4x2x?xf32>, tensor<1x4x2x?xf32>, !q)
      outs(%o : !q) {scale = 0.125 : f32} -> !q
  return %0 : !q
}

// Memrefs too.
// CHECK-LABEL: func.func @default_scale_memref(
// CHECK:         gdr.gated_delta_rule
// CHECK-NOT:     scale
// CHECK:         return
func.func @default_scale_memref(%q: memref<1x4x2x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x4x2x64xf32>, memref<1x4x2x64xf32>, memref<1x4x2x64xf32>)
      outs(%q : memref<1x4x2x64xf32>) {scale = 0.125 : f32}
  return
}

// The form that a pass chose keeps its scale.
// CHECK-LABEL: func.func @recurrent(
// CHECK:         gdr.recurrent
// CHECK-SAME:      {scale = 1.250000e-01 : f32}
func.func @recurrent(%q: !q, %o: !q) -> !q {
  %0 = gdr.recurrent ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {scale = 0.125 : f32} -> !q
  return %0 : !q
}

// -----

!q = tensor<1x4x2x64xf32>
!g = tensor<1x4x2xf32>

// CHECK-LABEL: func.func @zero_gate(
// CHECK:         gdr.gated_delta_rule
// CHECK-NOT:     gate(
// CHECK:         return
func.func @zero_gate(%q: !q, %o: !q) -> !q {
  %g = arith.constant dense<0.0> : !g
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) gate(%g : !g) outs(%o : !q) -> !q
  return %0 : !q
}

// CHECK-LABEL: func.func @filled_zero_gate(
// CHECK:         gdr.gated_delta_rule
// CHECK-NOT:     gate(
// CHECK:         return
func.func @filled_zero_gate(%q: !q, %o: !q, %init: !g) -> !q {
  %zero = arith.constant 0.0 : f32
  %g = linalg.fill ins(%zero : f32) outs(%init : !g) -> !g
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) gate(%g : !g) outs(%o : !q) -> !q
  return %0 : !q
}

// CHECK-LABEL: func.func @nonzero_gate(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      gate(
func.func @nonzero_gate(%q: !q, %o: !q) -> !q {
  %g = arith.constant dense<-1.0> : !g
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) gate(%g : !g) outs(%o : !q) -> !q
  return %0 : !q
}

// CHECK-LABEL: func.func @filled_nonzero_gate(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      gate(
func.func @filled_nonzero_gate(%q: !q, %o: !q, %init: !g, %value: f32) -> !q {
  %g = linalg.fill ins(%value : f32) outs(%init : !g) -> !g
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) gate(%g : !g) outs(%o : !q) -> !q
  return %0 : !q
}

// The softplus of zero is not zero.
// CHECK-LABEL: func.func @zero_softplus_gate(
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<1x4x2xf32>
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      gate(%[[ZERO]] : tensor<1x4x2xf32>)
func.func @zero_softplus_gate(%q: !q, %o: !q, %a_log: tensor<2xf32>) -> !q {
  %g = arith.constant dense<0.0> : !g
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) gate(%g : !g) A_log(%a_log : tensor<2xf32>)
      outs(%o : !q) {gate_form = #gdr.gate_form<softplus>} -> !q
  return %0 : !q
}

// A beta of zero is not an absent one.
// CHECK-LABEL: func.func @zero_beta(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      beta(
func.func @zero_beta(%q: !q, %o: !q) -> !q {
  %beta = arith.constant dense<0.0> : !g
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) beta(%beta : !g) outs(%o : !q) -> !q
  return %0 : !q
}

// -----

!q = tensor<2x4x2x8xf32>
!s = tensor<2x2x8x8xf32>

// CHECK-LABEL: func.func @zero_initial_state(
// CHECK:         gdr.gated_delta_rule
// CHECK-NOT:     initial_state
// CHECK:         return
func.func @zero_initial_state(%q: !q, %o: !q, %s: !s) -> (!q, !s) {
  %zeros = arith.constant dense<0.0> : !s
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) initial_state(%zeros : !s)
      outs(%o : !q) final_state(%s : !s) -> !q, !s
  return %0#0, %0#1 : !q, !s
}

// The zeros stay where they are the init of the final state.
// CHECK-LABEL: func.func @filled_zero_initial_state(
// CHECK:         %[[ZEROS:.*]] = linalg.fill
// CHECK:         gdr.gated_delta_rule
// CHECK-NOT:     initial_state
// CHECK:         final_state(%[[ZEROS]] :
func.func @filled_zero_initial_state(%q: !q, %o: !q) -> (!q, !s) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : !s
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : !s) -> !s
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) initial_state(%zeros : !s)
      outs(%o : !q) final_state(%zeros : !s) -> !q, !s
  return %0#0, %0#1 : !q, !s
}

// CHECK-LABEL: func.func @nonzero_initial_state(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      initial_state(
func.func @nonzero_initial_state(%q: !q, %o: !q, %s: !s) -> !q {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) initial_state(%s : !s) outs(%o : !q) -> !q
  return %0 : !q
}

// A negative index may mean to skip the sequence, so the indices matter.
// CHECK-LABEL: func.func @zero_initial_state_with_read_indices(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      initial_state(
// CHECK-SAME:      read_indices(
func.func @zero_initial_state_with_read_indices(%q: !q, %o: !q, %rows: tensor<2xi32>) -> !q {
  %zeros = arith.constant dense<0.0> : tensor<9x2x8x8xf32>
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q)
      initial_state(%zeros : tensor<9x2x8x8xf32>) read_indices(%rows : tensor<2xi32>)
      outs(%o : !q) -> !q
  return %0 : !q
}

// -----

!q = tensor<2x4x2x8xf32>
!s = tensor<2x2x8x8xf32>

// CHECK-LABEL: func.func @unused_final_state(
// CHECK:         %[[O:.*]] = gdr.gated_delta_rule
// CHECK-SAME:      initial_state(
// CHECK-NOT:     final_state
// CHECK:         return %[[O]]
func.func @unused_final_state(%q: !q, %o: !q, %s: !s) -> !q {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) initial_state(%s : !s)
      outs(%o : !q) final_state(%s : !s)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm} -> !q, !s
  return %0#0 : !q
}

// The results after it keep their users, and the op its attributes.
// CHECK-LABEL: func.func @unused_final_state_before_snapshots(
// CHECK:         %[[R:.*]]:2 = gdr.gated_delta_rule
// CHECK-NOT:       final_state
// CHECK-SAME:      snapshots(
// CHECK-SAME:      qk_l2norm
// CHECK-SAME:      snapshot_every = 2 : i64
// CHECK-SAME:      test.mark
// CHECK:         return %[[R]]#0, %[[R]]#1 : tensor<2x4x2x8xf32>, tensor<3x2x8x8xf32>
func.func @unused_final_state_before_snapshots(
    %q: !q, %o: !q, %s: !s, %rows: tensor<4xi32>, %snapshots: tensor<3x2x8x8xf32>)
    -> (!q, tensor<3x2x8x8xf32>) {
  %0:3 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) snapshot_indices(%rows : tensor<4xi32>)
      outs(%o : !q) final_state(%s : !s) snapshots(%snapshots : tensor<3x2x8x8xf32>)
      {snapshot_every = 2 : i64, qk_l2norm, test.mark} -> !q, !s, tensor<3x2x8x8xf32>
  return %0#0, %0#2 : !q, tensor<3x2x8x8xf32>
}

// CHECK-LABEL: func.func @used_final_state(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      final_state(
func.func @used_final_state(%q: !q, %o: !q, %s: !s) -> !s {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q)
      outs(%o : !q) final_state(%s : !s) -> !q, !s
  return %0#1 : !s
}

// CHECK-LABEL: func.func @unused_final_state_with_write_indices(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      write_indices(
// CHECK-SAME:      final_state(
func.func @unused_final_state_with_write_indices(
    %q: !q, %o: !q, %rows: tensor<2xi32>, %pool: tensor<9x2x8x8xf32>) -> !q {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) write_indices(%rows : tensor<2xi32>)
      outs(%o : !q) final_state(%pool : tensor<9x2x8x8xf32>) -> !q, tensor<9x2x8x8xf32>
  return %0#0 : !q
}

// A state in memory is read by others.
// CHECK-LABEL: func.func @final_state_in_memory(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      final_state(
func.func @final_state_in_memory(%q: memref<2x4x2x8xf32>, %s: memref<2x2x8x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<2x4x2x8xf32>, memref<2x4x2x8xf32>, memref<2x4x2x8xf32>)
      outs(%q : memref<2x4x2x8xf32>) final_state(%s : memref<2x2x8x8xf32>)
  return
}
