// RUN: gdr-opt %s --gdr-bufferize | FileCheck %s

!x = tensor<2x1x2x8xf32>
!state = tensor<2x2x8x8xf32>

// A state that is needed afterwards is not overwritten.
// CHECK-LABEL: func.func @read_afterwards(
// CHECK-SAME:    %[[S:[^:]*]]: memref<2x2x8x8xf32, strided
// CHECK:         memref.copy %[[S]], %[[COPY:.*]] :
// CHECK:         gdr.recurrent
// CHECK-SAME:      final_state(%[[COPY]]
// CHECK:         memref.load %[[S]]
func.func @read_afterwards(%q: !x, %s: !state, %i: index) -> (!x, !state, f32) {
  %empty = tensor.empty() : !x
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
      outs(%empty : !x) final_state(%s : !state) -> !x, !state
  %old = tensor.extract %s[%i, %i, %i, %i] : !state
  return %0#0, %0#1, %old : !x, !state, f32
}

