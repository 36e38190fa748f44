// RUN: gdr-opt %s --gdr-dispatch="chunked=loops chunk-size=16 least-tokens=16" --gdr-bufferize --canonicalize --cse | FileCheck %s

!x = tensor<?x?x2x64xf32>
!s = tensor<?x2x64x64xf32>

// The stages pass on buffers that are freed. The state is updated in place, in every form.
// CHECK-LABEL: func.func @in_place(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<{{[^)]*}}, %[[S:[^:]*]]: memref<?x2x64x64xf32, {{[^)]*}}, %[[O:[^:]*]]: memref
// CHECK-NOT:     memref.copy
// CHECK:         gdr.recurrent {{.*}} initial_state(%[[S]] :{{.*}} final_state(%[[S]] :
// CHECK:         } else {
// CHECK-DAG:       %[[INVERSE:.*]] = memref.alloc({{.*}}) {{.*}} : memref<?x2x16x16xf32>
// CHECK-DAG:       %[[ATTENTION:.*]] = memref.alloc({{.*}}) {{.*}} : memref<?x2x16x16xf32>
// CHECK-DAG:       %[[DECAY:.*]] = memref.alloc({{.*}}) {{.*}} : memref<?x2x4x16xf32>
// CHECK-NOT:       memref.alloc
// CHECK:           gdr.chunk_prepare
// CHECK:           gdr.chunk_scan {{.*}} initial_state(%[[S]] :{{.*}} final_state(%[[S]] :
// CHECK-COUNT-3:   memref.dealloc
// CHECK-NOT:       memref.dealloc
// CHECK:         } else {
// CHECK:           gdr.recurrent {{.*}} initial_state(%[[S]] :{{.*}} final_state(%[[S]] :
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @in_place(%q: !x, %s: !s, %o: !x) -> (!x, !s) {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x)
      initial_state(%s : !s) outs(%o : !x) final_state(%s : !s) -> !x, !s
  return %0#0, %0#1 : !x, !s
}
