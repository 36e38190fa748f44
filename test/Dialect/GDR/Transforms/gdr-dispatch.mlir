// RUN: gdr-opt %s --split-input-file --gdr-dispatch | FileCheck %s

!x = tensor<2x1x2x64xf32>
!s = tensor<2x2x64x64xf32>

// The form keeps operands and attributes; its scale is explicit.
// CHECK-LABEL: func.func @one_token(
// CHECK-SAME:    %[[Q:[^:]*]]: tensor<2x1x2x64xf32>, %[[G:[^:]*]]: tensor<2x1x2xf32>, %[[S:[^:]*]]: tensor<2x2x64x64xf32>
// CHECK-NOT:     gdr.gated_delta_rule
// CHECK-NOT:     scf.if
// CHECK:         %[[R:.*]]:2 = gdr.recurrent ins(%[[Q]], %[[Q]], %[[Q]]
// CHECK-SAME:      gate(%[[G]]
// CHECK-SAME:      initial_state(%[[S]]
// CHECK-SAME:      final_state(%[[S]]
// CHECK-SAME:      qk_l2norm
// CHECK-SAME:      scale = 1.250000e-01 : f32
// CHECK-SAME:      schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>
// CHECK-SAME:      state_layout = #gdr.state_layout<v_first>
// CHECK-SAME:      test.mark
// CHECK:         return %[[R]]#0, %[[R]]#1
func.func @one_token(%q: !x, %g: tensor<2x1x2xf32>, %s: !s) -> (!x, !s) {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) gate(%g : tensor<2x1x2xf32>)
      initial_state(%s : !s) outs(%q : !x) final_state(%s : !s)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm, test.mark,
       schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>} -> !x, !s
  return %0#0, %0#1 : !x, !s
}

// A scale that is given stays.
// CHECK-LABEL: func.func @several_tokens(
// CHECK-NOT:     scf.if
// CHECK:         gdr.recurrent
// CHECK-SAME:      {scale = 2.000000e+00 : f32}
func.func @several_tokens(%q: memref<2x5x2x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<2x5x2x64xf32>, memref<2x5x2x64xf32>, memref<2x5x2x64xf32>)
      outs(%q : memref<2x5x2x64xf32>) {scale = 2.0 : f32}
  return
}

// CHECK-LABEL: func.func @no_tokens(
// CHECK-NOT:     scf.if
// CHECK:         gdr.recurrent
func.func @no_tokens(%q: memref<0x0x2x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<0x0x2x64xf32>, memref<0x0x2x64xf32>, memref<0x0x2x64xf32>)
      outs(%q : memref<0x0x2x64xf32>)
  return
}

// Without K there is no scale to write.
// CHECK-LABEL: func.func @dynamic_k(
// CHECK:         gdr.recurrent
// CHECK-NOT:     scale
// CHECK:         return
func.func @dynamic_k(%q: memref<1x1x2x?xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x?xf32>, memref<1x1x2x?xf32>, memref<1x1x2x?xf32>)
      outs(%q : memref<1x1x2x?xf32>)
  return
}

// -----

!x = tensor<?x?x2x64xf32>
!s = tensor<?x2x64x64xf32>

// Everything with a token dimension is cast to one token, the states are not.
// CHECK-LABEL: func.func @dynamic_tensors(
// CHECK-SAME:    %[[Q:[^:]*]]: tensor<?x?x2x64xf32>, %[[B:[^:]*]]: tensor<?x?x2xf32>, %[[S:[^:]*]]: tensor<?x2x64x64xf32>, %[[O:[^:]*]]: tensor<?x?x2x64xf32>
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[T:.*]] = tensor.dim %[[Q]], %{{.*}} :
// CHECK:         %[[IS_ONE:.*]] = arith.cmpi eq, %[[T]], %[[ONE]] : index
// CHECK:         %[[R:.*]]:2 = scf.if %[[IS_ONE]] -> (tensor<?x?x2x64xf32>, tensor<?x2x64x64xf32>) {
// CHECK-DAG:       tensor.cast %[[Q]] : tensor<?x?x2x64xf32> to tensor<?x1x2x64xf32>
// CHECK-DAG:       %[[B1:.*]] = tensor.cast %[[B]] : tensor<?x?x2xf32> to tensor<?x1x2xf32>
// CHECK-DAG:       %[[O1:.*]] = tensor.cast %[[O]] : tensor<?x?x2x64xf32> to tensor<?x1x2x64xf32>
// CHECK:           %[[R1:.*]]:2 = gdr.recurrent
// CHECK-SAME:        beta(%[[B1]] : tensor<?x1x2xf32>)
// CHECK-SAME:        initial_state(%[[S]]
// CHECK-SAME:        outs(%[[O1]] : tensor<?x1x2x64xf32>)
// CHECK:           %[[BACK:.*]] = tensor.cast %[[R1]]#0 : tensor<?x1x2x64xf32> to tensor<?x?x2x64xf32>
// CHECK:           scf.yield %[[BACK]], %[[R1]]#1
// CHECK:         } else {
// CHECK:           %[[R2:.*]]:2 = gdr.recurrent ins(%[[Q]], %[[Q]], %[[Q]]
// CHECK-SAME:        beta(%[[B]]
// CHECK:           scf.yield %[[R2]]#0, %[[R2]]#1
// CHECK:         return %[[R]]#0, %[[R]]#1
func.func @dynamic_tensors(%q: !x, %beta: tensor<?x?x2xf32>, %s: !s, %o: !x) -> (!x, !s) {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) beta(%beta : tensor<?x?x2xf32>)
      initial_state(%s : !s) outs(%o : !x) final_state(%s : !s) -> !x, !s
  return %0#0, %0#1 : !x, !s
}

// -----

!x = memref<1x?x2x64xbf16, strided<[?, ?, 64, 1], offset: ?>>

// CHECK-LABEL: func.func @dynamic_memrefs(
// CHECK:         memref.dim
// CHECK:         scf.if %{{.*}} {
// CHECK:           memref.cast %{{.*}} to memref<1x1x2x64xbf16, strided<[?, ?, 64, 1], offset: ?>>
// CHECK:           gdr.recurrent
// CHECK:         } else {
// CHECK-NOT:       memref.cast
// CHECK:           gdr.recurrent
// CHECK:         return
func.func @dynamic_memrefs(%q: !x, %o: !x) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
  return
}

// A packed batch has one form, whatever the lengths.
// CHECK-LABEL: func.func @packed(
// CHECK-NOT:     scf.if
// CHECK-NOT:     memref.load
// CHECK:         gdr.recurrent
// CHECK-SAME:      cu_seqlens(
// CHECK-SAME:      max_seqlen(
func.func @packed(%q: !x, %o: !x, %cu_seqlens: memref<?xi32>, %max: index) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x)
      cu_seqlens(%cu_seqlens : memref<?xi32>) max_seqlen(%max) outs(%o : !x)
  return
}

// Several in a function, also in other ops.
// CHECK-LABEL: func.func @several(
// CHECK-NOT:     gdr.gated_delta_rule
// CHECK:         return
func.func @several(%q: !x, %o: !x, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
  scf.for %i = %c0 to %n step %c1 {
    gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
  }
  return
}

// -----

!x = memref<1x1x2x64xf32>

// Nothing to do.
// CHECK-LABEL: func.func @recurrent(
// CHECK-NEXT:    gdr.recurrent
// CHECK-NOT:       scale
// CHECK-NEXT:    return
func.func @recurrent(%q: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%q : !x)
  return
}

// CHECK-LABEL: func.func private @declaration(
func.func private @declaration(!x)

// CHECK-LABEL: func.func @empty() {
// CHECK-NEXT:    return
func.func @empty() {
  return
}
