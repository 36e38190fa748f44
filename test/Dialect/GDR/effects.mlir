// RUN: gdr-opt %s --cse --canonicalize | FileCheck %s

!q = tensor<1x4x2x8xf32>
!m = memref<1x4x2x8xf32>

// On tensors the op has no effect: an unused one goes away.
// CHECK-LABEL: func.func @unused_on_tensors(
// CHECK-NEXT:    return
func.func @unused_on_tensors(%q: !q, %o: !q) {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) -> !q
  %1 = gdr.recurrent ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) -> !q
  return
}

// Of two equal ones, one stays.
// CHECK-LABEL: func.func @equal_on_tensors(
// CHECK:         %[[O:.*]] = gdr.gated_delta_rule
// CHECK-NOT:     gdr.gated_delta_rule
// CHECK:         return %[[O]], %[[O]]
func.func @equal_on_tensors(%q: !q, %o: !q) -> (!q, !q) {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) -> !q
  %1 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) -> !q
  return %0, %1 : !q, !q
}

// CHECK-LABEL: func.func @different_on_tensors(
// CHECK-COUNT-2: gdr.gated_delta_rule
func.func @different_on_tensors(%q: !q, %o: !q) -> (!q, !q) {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) -> !q
  %1 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {qk_l2norm} -> !q
  return %0, %1 : !q, !q
}

// On memrefs the inits are written.
// CHECK-LABEL: func.func @on_memrefs(
// CHECK-COUNT-2: gdr.gated_delta_rule
// CHECK-COUNT-2: gdr.recurrent
func.func @on_memrefs(%q: !m, %o: !m) {
  gdr.gated_delta_rule ins(%q, %q, %q : !m, !m, !m) outs(%o : !m)
  gdr.gated_delta_rule ins(%q, %q, %q : !m, !m, !m) outs(%o : !m)
  gdr.recurrent ins(%q, %q, %q : !m, !m, !m) outs(%o : !m)
  gdr.recurrent ins(%q, %q, %q : !m, !m, !m) outs(%o : !m)
  return
}

// A load from an init after the op is not the load before it; one from an
// input is.
// CHECK-LABEL: func.func @loads(
// CHECK:         %[[O1:.*]] = memref.load %[[O:.*]][
// CHECK:         %[[Q1:.*]] = memref.load %[[Q:.*]][
// CHECK:         gdr.gated_delta_rule
// CHECK:         %[[O2:.*]] = memref.load %[[O]][
// CHECK:         return %[[O1]], %[[O2]], %[[Q1]]
func.func @loads(%k: !m, %v: !m, %i: index) -> (f32, f32, f32) {
  %q = memref.alloc() : !m
  %o = memref.alloc() : !m
  %o1 = memref.load %o[%i, %i, %i, %i] : !m
  %q1 = memref.load %q[%i, %i, %i, %i] : !m
  gdr.gated_delta_rule ins(%q, %k, %v : !m, !m, !m) outs(%o : !m)
  %o2 = memref.load %o[%i, %i, %i, %i] : !m
  return %o1, %o2, %q1 : f32, f32, f32
}

// What the op reads is not dead: a copy into an operand stays.
// CHECK-LABEL: func.func @reads_inputs(
// CHECK:         %[[COPY:.*]] = memref.alloc()
// CHECK:         memref.copy %{{.*}}, %[[COPY]]
// CHECK:         gdr.gated_delta_rule ins(%[[COPY]],
func.func @reads_inputs(%q: !m, %o: !m) {
  %copy = memref.alloc() : !m
  memref.copy %q, %copy : !m to !m
  gdr.gated_delta_rule ins(%copy, %q, %q : !m, !m, !m) outs(%o : !m)
  return
}
