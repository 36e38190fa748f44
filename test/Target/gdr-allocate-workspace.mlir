// RUN: gdr-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect --gdr-allocate-workspace --canonicalize --cse | FileCheck %s

// The parts follow each other at multiples of 256 bytes, and the size function
// computes the same end from the same arguments.
// CHECK:       llvm.func @gdr_call_workspace(!llvm.ptr) -> !llvm.ptr
// CHECK-LABEL: func.func private @two.host(
// CHECK-SAME:    %[[CALL:[^:]*]]: !llvm.ptr, %[[Q:[^:]*]]: memref<?x4xbf16>, %[[N:[^:]*]]: index
// CHECK-SAME:    gdr.workspace_size = @two.workspace_size
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C255:.*]] = arith.constant 255 : index
// CHECK-DAG:     %[[C256:.*]] = arith.constant 256 : index
// CHECK-DAG:     %[[MASK:.*]] = arith.constant -256 : index
// CHECK-DAG:     %[[T:.*]] = memref.dim %[[Q]], %[[C0]]
// CHECK:         %[[ROWS:.*]] = arith.maxsi %[[T]], %[[C0]] : index
// CHECK:         %[[BYTES:.*]] = arith.muli %[[ROWS]], %[[C256]] : index
// CHECK:         %[[ROUNDED:.*]] = arith.addi %[[BYTES]], %[[C255]] : index
// CHECK:         %[[SECOND:.*]] = arith.andi %[[ROUNDED]], %[[MASK]] : index
// CHECK:         %[[THIRD:.*]] = arith.addi %[[SECOND]], %[[C256]] : index
// CHECK:         %[[END:.*]] = arith.addi %[[THIRD]],
// CHECK:         %[[BASE:.*]] = llvm.call @gdr_call_workspace(%[[CALL]])
// CHECK:         %[[SIZE:.*]] = arith.index_cast %[[END]] : index to i64
// CHECK:         llvm.insertvalue %[[BASE]], %{{.*}}[1]
// CHECK:         llvm.insertvalue %[[SIZE]], %{{.*}}[3, 0]
// CHECK:         %[[WORKSPACE:.*]] = builtin.unrealized_conversion_cast
// CHECK:         %[[A:.*]] = memref.view %[[WORKSPACE]][%[[C0]]][%[[T]]] : memref<?xi8> to memref<?x64xf32>
// CHECK:         %[[B:.*]] = memref.view %[[WORKSPACE]][%[[SECOND]]][] : memref<?xi8> to memref<3xi8>
// CHECK:         %[[C:.*]] = memref.view %[[WORKSPACE]][%[[THIRD]]][%[[N]], %[[T]]] : memref<?xi8> to memref<?x?xbf16>
// CHECK:         "test.use"(%[[A]], %[[B]], %[[C]])
// CHECK-NOT:     memref.dealloc
// CHECK-LABEL: func.func private @two.workspace_size(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<?x4xbf16>, %[[N:[^:]*]]: index) -> i64
// CHECK-SAME:    llvm.linkage = #llvm.linkage<internal>
// CHECK:         %[[T:.*]] = memref.dim %[[Q]],
// CHECK:         arith.maxsi %[[T]],
// CHECK:         arith.maxsi %[[N]],
// CHECK:         %[[SIZE:.*]] = arith.index_cast %{{.*}} : index to i64
// CHECK:         return %[[SIZE]]
func.func private @two.host(%call: !llvm.ptr, %q: memref<?x4xbf16>, %n: index)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "two"}} {
  %c0 = arith.constant 0 : index
  %t = memref.dim %q, %c0 : memref<?x4xbf16>
  %0 = memref.alloc(%t) : memref<?x64xf32>
  %1 = memref.alloc() {alignment = 256 : i64} : memref<3xi8>
  %2 = memref.alloc(%n, %t) : memref<?x?xbf16>
  "test.use"(%0, %1, %2) : (memref<?x64xf32>, memref<3xi8>, memref<?x?xbf16>) -> ()
  memref.dealloc %0 : memref<?x64xf32>
  return
}

// -----

// The sides of a branch share their place; what comes after lies behind the
// larger one. Sizes may come out of a branch.
// CHECK-LABEL: func.func private @branch.host(
// CHECK-SAME:    %[[N:[^:]*]]: index)
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C256:.*]] = arith.constant 256 : index
// CHECK:         %[[M:.*]] = arith.select %{{.*}}, %{{.*}}, %[[N]]
// CHECK:         %[[CHUNKS:.*]] = arith.ceildivui %[[M]],
// CHECK:         %[[LARGE:.*]] = arith.andi
// CHECK:         %[[NEXT:.*]] = arith.maxsi %[[LARGE]], %[[C256]] : index
// CHECK:         scf.if
// CHECK:           memref.view %[[WORKSPACE:[0-9]+]][%[[C0]]][] : memref<?xi8> to memref<256xi8>
// CHECK:         } else {
// CHECK:           memref.view %[[WORKSPACE]][%[[C0]]][%{{.*}}] : memref<?xi8> to memref<?xf32>
// CHECK:         }
// CHECK:         memref.view %[[WORKSPACE]][%[[NEXT]]][] : memref<?xi8> to memref<1xi8>
func.func private @branch.host(%call: !llvm.ptr, %n: index)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "branch"}} {
  %c64 = arith.constant 64 : index
  %is_short = arith.cmpi slt, %n, %c64 : index
  %m = scf.if %is_short -> index {
    scf.yield %c64 : index
  } else {
    scf.yield %n : index
  }
  scf.if %is_short {
    %0 = memref.alloc() : memref<256xi8>
    "test.use"(%0) : (memref<256xi8>) -> ()
  } else {
    %chunks = arith.ceildivui %m, %c64 : index
    %1 = memref.alloc(%chunks) : memref<?xf32>
    "test.use"(%1) : (memref<?xf32>) -> ()
  }
  %2 = memref.alloc() : memref<1xi8>
  "test.use"(%2) : (memref<1xi8>) -> ()
  return
}

// -----

// Every iteration has the same memory.
// CHECK-LABEL: func.func private @loop.host(
// CHECK:         scf.for
// CHECK:           memref.view %{{.*}}[%{{.*}}][] : memref<?xi8> to memref<8xf64>
// CHECK-LABEL: func.func private @loop.workspace_size(
// CHECK:         %[[SIZE:.*]] = arith.constant 256 : i64
// CHECK:         return %[[SIZE]]
func.func private @loop.host(%call: !llvm.ptr, %n: index)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "loop"}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %0 = memref.alloc() : memref<8xf64>
    "test.use"(%0) : (memref<8xf64>) -> ()
  }
  return
}

// -----

// Nothing to do: on the CPU, without allocations, not an entry point.
// CHECK-NOT:   @gdr_call_workspace
// CHECK-LABEL: func.func private @cpu.host(
// CHECK:         memref.alloc()
// CHECK-LABEL: func.func private @nothing.host(
// CHECK-LABEL: func.func private @other(
// CHECK:         memref.alloc()
// CHECK-NOT:   workspace_size
func.func private @cpu.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "cpu"}} {
  %0 = memref.alloc() : memref<8xf64>
  "test.use"(%0) : (memref<8xf64>) -> ()
  return
}
func.func private @nothing.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "nothing"}} {
  return
}
func.func private @other() {
  %0 = memref.alloc() : memref<8xf64>
  "test.use"(%0) : (memref<8xf64>) -> ()
  return
}

// -----

func.func private @unknown.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "unknown"}} {
  // expected-note @below {{a size depends on this value}}
  %n = "test.size"() : () -> index
  // expected-error @below {{expected sizes in the workspace that follow from the function's arguments alone}}
  %0 = memref.alloc(%n) : memref<?xf32>
  return
}

// -----

func.func private @iteration.host(%call: !llvm.ptr, %n: index)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "iteration"}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{a size depends on this value}}
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @below {{expected sizes in the workspace that follow from the function's arguments alone}}
    %0 = memref.alloc(%i) : memref<?xf32>
    "test.use"(%0) : (memref<?xf32>) -> ()
  }
  return
}

// -----

func.func private @alignment.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "alignment"}} {
  // expected-error @below {{expected an alignment of at most 256 bytes, that of the workspace, got 512}}
  %0 = memref.alloc() {alignment = 512 : i64} : memref<1xf32>
  return
}

// -----

func.func private @elements.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "elements"}} {
  // expected-error @below {{expected elements of whole bytes, got 'i1'}}
  %0 = memref.alloc() : memref<1xi1>
  return
}

// -----

func.func private @space.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "space"}} {
  // expected-error @below {{expected a memref in the default memory space, got 3 : i64}}
  %0 = memref.alloc() : memref<1xf32, 3>
  return
}

// -----

func.func private @layout.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "layout"}} {
  // expected-error @below {{expected a contiguous memref in the workspace, got 'memref<2x2xf32, strided<[4, 1]>>'}}
  %0 = memref.alloc() : memref<2x2xf32, strided<[4, 1]>>
  return
}
