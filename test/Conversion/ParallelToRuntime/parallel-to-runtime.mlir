// RUN: gdr-opt %s --gdr-parallel-to-runtime --split-input-file --verify-diagnostics | FileCheck %s

// No loop: the runtime is not declared.
// CHECK-NOT:   @gdr_parallel_for
// CHECK-LABEL: func.func @no_loop
func.func @no_loop(%n: index) -> index {
  return %n : index
}

// -----

// CHECK-LABEL: func.func private @gdr_parallel_for(!llvm.ptr, !llvm.ptr, i64)

// Memrefs, indices and floats go through the context; constants do not.
// CHECK-LABEL: func.func @captures(
// CHECK-SAME:    %[[MEMREF:[a-z0-9]+]]: memref<?x8xf32>, %[[N:[a-z0-9]+]]: index, %[[X:[a-z0-9]+]]: f32)
// CHECK:         %[[CONTEXT:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(f32, struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>)>
// CHECK:         %[[COUNT:.*]] = arith.muli
// CHECK:         %[[SOME:.*]] = arith.cmpi ne, %[[COUNT]]
// CHECK:         scf.if %[[SOME]] {
// CHECK:           llvm.store %[[X]]
// CHECK:           %[[DESCRIPTOR:.*]] = builtin.unrealized_conversion_cast %[[MEMREF]]
// CHECK:           llvm.store %[[DESCRIPTOR]]
// CHECK:           %[[BODY:.*]] = func.constant @captures_parallel : (!llvm.ptr, i64) -> ()
// CHECK:           %[[I64:.*]] = arith.index_cast %[[COUNT]] : index to i64
// CHECK:           %[[POINTER:.*]] = builtin.unrealized_conversion_cast %[[BODY]] : (!llvm.ptr, i64) -> () to !llvm.ptr
// CHECK:           call @gdr_parallel_for(%[[POINTER]], %[[CONTEXT]], %[[I64]])
// CHECK-NOT:     scf.parallel
func.func @captures(%memref: memref<?x8xf32>, %n: index, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.parallel (%i, %j) = (%c0, %c0) to (%n, %c8) step (%c1, %c1) {
    memref.store %x, %memref[%i, %j] : memref<?x8xf32>
  }
  return
}
// CHECK-LABEL: func.func private @captures_parallel(
// CHECK-SAME:    %[[CONTEXT:[a-z0-9]+]]: !llvm.ptr, %[[LINEAR:[a-z0-9]+]]: i64)
// CHECK-SAME:    llvm.linkage = #llvm.linkage<internal>
// CHECK-DAG:     %[[C8:.*]] = arith.constant 8 : index
// CHECK:         %[[X_FIELD:.*]] = llvm.getelementptr %[[CONTEXT]][0, 0]
// CHECK:         %[[X:.*]] = llvm.load %[[X_FIELD]] : !llvm.ptr -> f32
// CHECK:         %[[FIELD:.*]] = llvm.getelementptr %[[CONTEXT]][0, 1]
// CHECK:         %[[DESCRIPTOR:.*]] = llvm.load %[[FIELD]]
// CHECK:         %[[MEMREF:.*]] = builtin.unrealized_conversion_cast %[[DESCRIPTOR]] : {{.*}} to memref<?x8xf32>
// CHECK:         %[[INDEX:.*]] = arith.index_cast %[[LINEAR]] : i64 to index
// CHECK:         %[[J:.*]] = arith.remui %[[INDEX]], %[[C8]]
// CHECK:         %[[I:.*]] = arith.divui %[[INDEX]], %[[C8]]
// CHECK:         memref.store %[[X]], %[[MEMREF]][%[[I]], %[[J]]]
// CHECK:         return

// -----

// Lower bound and step; nothing captured but them.
// CHECK-LABEL: func.func @bounds(
// CHECK-SAME:    %[[LOWER:[a-z0-9]+]]: index, %[[UPPER:[a-z0-9]+]]: index, %[[STEP:[a-z0-9]+]]: index)
// CHECK:         %[[DISTANCE:.*]] = arith.subi %[[UPPER]], %[[LOWER]]
// CHECK:         %[[BOUNDED:.*]] = arith.maxsi %[[DISTANCE]]
// CHECK:         arith.ceildivsi %[[BOUNDED]], %[[STEP]]
// CHECK:         call @gdr_parallel_for
// CHECK-LABEL: func.func private @bounds_parallel(
// CHECK:         %[[OFFSET:.*]] = arith.muli %[[INDEX:.*]], %[[INNER_STEP:.*]] : index
// CHECK:         %[[I:.*]] = arith.addi %[[INNER_LOWER:.*]], %[[OFFSET]] : index
// CHECK:         call @use(%[[I]])
func.func private @use(index)
func.func @bounds(%lower: index, %upper: index, %step: index) {
  scf.parallel (%i) = (%lower) to (%upper) step (%step) {
    func.call @use(%i) : (index) -> ()
  }
  return
}

// -----

// Only outermost loops are outlined; the name of the body is made unique.
// CHECK-LABEL: func.func @nested(
// CHECK-COUNT-2: call @gdr_parallel_for
// CHECK-LABEL: func.func private @nested_parallel_0(
// CHECK-NOT:     scf.parallel
// CHECK:         return
// CHECK-LABEL: func.func private @nested_parallel(
// CHECK:         scf.parallel
func.func private @use(index)
func.func @nested(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    scf.parallel (%j) = (%c0) to (%i) step (%c1) {
      func.call @use(%j) : (index) -> ()
    }
  }
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    func.call @use(%i) : (index) -> ()
  }
  return
}

// -----

// Without captures there is no context.
// CHECK-LABEL: func.func @nothing_captured(
// CHECK-NOT:     llvm.alloca
// CHECK:         llvm.mlir.zero : !llvm.ptr
func.func private @use(index)
func.func @nothing_captured() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
    func.call @use(%i) : (index) -> ()
  }
  return
}

// -----

func.func @reduction(%n: index, %x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected a parallel loop without results, got a reduction}}
  %sum = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%x) -> f32 {
    scf.reduce(%x : f32) {
    ^bb0(%a: f32, %b: f32):
      %0 = arith.addf %a, %b : f32
      scf.reduce.return %0 : f32
    }
  }
  return %sum : f32
}

// -----

// expected-note @below {{captured value}}
func.func @no_llvm_type(%tensor: tensor<4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected captured values of types that LLVM has, got 'tensor<4xf32>'}}
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    %0 = tensor.extract %tensor[%i] : tensor<4xf32>
  }
  return
}

// -----

// expected-error @below {{expected gdr_parallel_for to be a func.func of type}}
func.func private @gdr_parallel_for(i64)
func.func private @use(index)
func.func @other_runtime(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    func.call @use(%i) : (index) -> ()
  }
  return
}
