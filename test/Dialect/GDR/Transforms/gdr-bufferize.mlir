// RUN: gdr-opt %s --split-input-file --gdr-bufferize | FileCheck %s

!x = tensor<2x1x2x8xf32>
!state = tensor<2x2x8x8xf32>
!pool = tensor<?x2x8x8xf32>
!rows = tensor<2xi32>

// The state is updated in its buffer, whose result is dropped. The output, which
// has no buffer yet, becomes the last argument. Arguments have any strides but
// the innermost.
// CHECK-LABEL: func.func @in_place(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<2x1x2x8xf32, strided<[?, ?, ?, 1], offset: ?>>
// CHECK-SAME:    %[[S:[^:]*]]: memref<2x2x8x8xf32, strided<[?, ?, ?, 1], offset: ?>>
// CHECK-SAME:    %[[O:[^:]*]]: memref<2x1x2x8xf32>) {
// CHECK-NOT:     memref.alloc
// CHECK-NOT:     memref.copy
// CHECK:         gdr.recurrent ins(%[[Q]], %[[Q]], %[[Q]]
// CHECK-SAME:      initial_state(%[[S]]
// CHECK-SAME:      outs(%[[O]]
// CHECK-SAME:      final_state(%[[S]]
// CHECK-NOT:     memref.copy
// CHECK:         return{{$}}
func.func @in_place(%q: !x, %s: !state) -> (!x, !state) {
  %empty = tensor.empty() : !x
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
      outs(%empty : !x) final_state(%s : !state) -> !x, !state
  return %0#0, %0#1 : !x, !state
}

// The public op as well.
// CHECK-LABEL: func.func @public_op(
// CHECK-SAME:    %[[S:[^:]*]]: memref<2x2x8x8xf32, strided<[?, ?, ?, 1], offset: ?>>
// CHECK-NOT:     memref.copy
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      initial_state(%[[S]]
// CHECK-SAME:      final_state(%[[S]]
func.func @public_op(%s: !state, %q: !x) -> (!x, !state) {
  %empty = tensor.empty() : !x
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
      outs(%empty : !x) final_state(%s : !state) -> !x, !state
  return %0#0, %0#1 : !x, !state
}

// A final state of its own stays apart from the initial one.
// CHECK-LABEL: func.func @out_of_place(
// CHECK-SAME:    %[[S:[^:]*]]: memref<2x2x8x8xf32, strided
// CHECK-SAME:    %{{[^:]*}}: memref<2x1x2x8xf32>, %[[FINAL:[^:]*]]: memref<2x2x8x8xf32>)
// CHECK-NOT:     memref.copy
// CHECK:         gdr.recurrent
// CHECK-SAME:      initial_state(%[[S]]
// CHECK-SAME:      final_state(%[[FINAL]]
func.func @out_of_place(%q: !x, %s: !state) -> (!x, !state) {
  %empty = tensor.empty() : !x
  %new = tensor.empty() : !state
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
      outs(%empty : !x) final_state(%new : !state) -> !x, !state
  return %0#0, %0#1 : !x, !state
}

// Through different indices one sequence may write a row before another one
// has read it.
// CHECK-LABEL: func.func @different_indices(
// CHECK-SAME:    %[[POOL:[^:]*]]: memref<?x2x8x8xf32, strided
// CHECK:         memref.copy %[[POOL]], %[[COPY:.*]] :
// CHECK:         gdr.recurrent
// CHECK-SAME:      initial_state(%[[POOL]]
// CHECK-SAME:      final_state(%[[COPY]]
func.func @different_indices(%q: !x, %pool: !pool, %read: !rows, %write: !rows) -> (!x, !pool) {
  %empty = tensor.empty() : !x
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%pool : !pool)
      read_indices(%read : !rows) write_indices(%write : !rows)
      outs(%empty : !x) final_state(%pool : !pool) -> !x, !pool
  return %0#0, %0#1 : !x, !pool
}

// CHECK-LABEL: func.func @write_indices_only(
// CHECK-SAME:    %[[S:[^:]*]]: memref<2x2x8x8xf32, strided
// CHECK:         memref.copy %[[S]], %[[COPY:.*]] :
// CHECK:         gdr.recurrent
// CHECK-SAME:      final_state(%[[COPY]]
func.func @write_indices_only(%q: !x, %s: !state, %write: !rows) -> (!x, !state) {
  %empty = tensor.empty() : !x
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
      write_indices(%write : !rows)
      outs(%empty : !x) final_state(%s : !state) -> !x, !state
  return %0#0, %0#1 : !x, !state
}

// CHECK-LABEL: func.func @same_indices(
// CHECK-SAME:    %[[POOL:[^:]*]]: memref<?x2x8x8xf32, strided
// CHECK-NOT:     memref.copy
// CHECK:         gdr.recurrent
// CHECK-SAME:      initial_state(%[[POOL]]
// CHECK-SAME:      final_state(%[[POOL]]
func.func @same_indices(%q: !x, %pool: !pool, %rows: !rows) -> (!x, !pool) {
  %empty = tensor.empty() : !x
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%pool : !pool)
      read_indices(%rows : !rows) write_indices(%rows : !rows)
      outs(%empty : !x) final_state(%pool : !pool) -> !x, !pool
  return %0#0, %0#1 : !x, !pool
}

// q is read as its last token is, so an output may not overwrite it.
// CHECK-LABEL: func.func @output_over_query(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<2x1x2x8xf32, strided
// CHECK:         memref.copy %[[Q]], %[[COPY:.*]] :
// CHECK:         gdr.recurrent ins(%[[Q]], %[[Q]], %[[Q]]
// CHECK-SAME:      outs(%[[COPY]]
func.func @output_over_query(%q: !x) -> !x {
  %0 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%q : !x) -> !x
  return %0 : !x
}

// Two tokens after each other update one state.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME:    %[[S:[^:]*]]: memref<2x2x8x8xf32, strided
// CHECK-NOT:     memref.copy
// CHECK:         gdr.recurrent
// CHECK-SAME:      final_state(%[[S]]
// CHECK-NOT:     memref.copy
// CHECK:         gdr.recurrent
// CHECK-SAME:      initial_state(%[[S]]
// CHECK-SAME:      final_state(%[[S]]
func.func @chain(%q: !x, %s: !state) -> (!x, !x, !state) {
  %e0 = tensor.empty() : !x
  %e1 = tensor.empty() : !x
  %0:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
      outs(%e0 : !x) final_state(%s : !state) -> !x, !state
  %1:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%0#1 : !state)
      outs(%e1 : !x) final_state(%0#1 : !state) -> !x, !state
  return %0#0, %1#0, %1#1 : !x, !x, !state
}

// -----

// What gdr-dispatch makes of a dynamic T: the branches yield one buffer.
!x = tensor<?x?x2x8xf32>
!one = tensor<?x1x2x8xf32>
!state = tensor<?x2x8x8xf32>

// CHECK-LABEL: func.func @branches(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<?x?x2x8xf32, strided<[?, ?, ?, 1], offset: ?>>
// CHECK-SAME:    %[[S:[^:]*]]: memref<?x2x8x8xf32, strided<[?, ?, ?, 1], offset: ?>>
// CHECK-SAME:    %[[O:[^:]*]]: memref<?x?x2x8xf32>) {
// CHECK-NOT:     memref.alloc
// CHECK-NOT:     memref.copy
// CHECK:         scf.if
// CHECK:           %[[ONE:.*]] = memref.cast %[[O]]
// CHECK:           gdr.recurrent
// CHECK-SAME:        outs(%[[ONE]] : memref<?x1x2x8xf32>)
// CHECK-SAME:        final_state(%[[S]]
// CHECK:         } else {
// CHECK:           gdr.recurrent
// CHECK-SAME:        outs(%[[O]] : memref<?x?x2x8xf32>)
// CHECK-SAME:        final_state(%[[S]]
// CHECK-NOT:     memref.copy
// CHECK:         return{{$}}
func.func @branches(%q: !x, %s: !state) -> (!x, !state) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %q, %c0 : !x
  %t = tensor.dim %q, %c1 : !x
  %empty = tensor.empty(%n, %t) : !x
  %is_one = arith.cmpi eq, %t, %c1 : index
  %0:2 = scf.if %is_one -> (!x, !state) {
    %one = tensor.cast %q : !x to !one
    %init = tensor.cast %empty : !x to !one
    %1:2 = gdr.recurrent ins(%one, %one, %one : !one, !one, !one) initial_state(%s : !state)
        outs(%init : !one) final_state(%s : !state) -> !one, !state
    %2 = tensor.cast %1#0 : !one to !x
    scf.yield %2, %1#1 : !x, !state
  } else {
    %1:2 = gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !state)
        outs(%empty : !x) final_state(%s : !state) -> !x, !state
    scf.yield %1#0, %1#1 : !x, !state
  }
  return %0#0, %0#1 : !x, !state
}

// -----

!m = memref<2x1x2x8xf32>

// Nothing to do.
// CHECK-LABEL: func.func @memrefs(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<2x1x2x8xf32>, %[[O:[^:]*]]: memref<2x1x2x8xf32>) {
// CHECK-NEXT:    gdr.recurrent ins(%[[Q]], %[[Q]], %[[Q]]
// CHECK-NEXT:    return
func.func @memrefs(%q: !m, %o: !m) {
  gdr.recurrent ins(%q, %q, %q : !m, !m, !m) outs(%o : !m)
  return
}

// CHECK-LABEL: func.func private @declaration(memref<?xf32, strided<[1], offset: ?>>)
func.func private @declaration(tensor<?xf32>)

// CHECK-LABEL: func.func @empty() {
// CHECK-NEXT:    return
func.func @empty() {
  return
}

// A scalar result stays a result.
// CHECK-LABEL: func.func @scalar(
// CHECK-SAME:    -> index
func.func @scalar(%x: tensor<?xf32>, %i: index) -> index {
  %n = tensor.dim %x, %i : tensor<?xf32>
  return %n : index
}
