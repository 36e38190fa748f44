// RUN: gdr-opt %s --split-input-file --gdr-dispatch="chunked=loops chunk-size=32 least-tokens=24" | FileCheck %s
// RUN: gdr-opt %s --split-input-file --gdr-dispatch="chunked=loops chunk-size=32 least-tokens=24" --remarks-filter-missed="gdr-dispatch" 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

!x = tensor<2x40x2x64xf32>
!y = tensor<2x40x4x64xbf16>
!s = tensor<2x4x64x64xf32>

// Many tokens: what depends on no state, then the scan, on tensors that end with it.
// CHECK-LABEL: func.func @many_tokens(
// CHECK-SAME:    %[[Q:[^:]*]]: tensor<2x40x2x64xf32>, %[[V:[^:]*]]: tensor<2x40x4x64xf32>, %[[G:[^:]*]]: tensor<2x40x4xf32>, %[[S:[^:]*]]: tensor<2x4x64x64xf32>
// CHECK-NOT:     scf.if
// CHECK-DAG:     %[[T:.*]] = tensor.empty() : tensor<4x4x32x32xf32>
// CHECK-DAG:     %[[L:.*]] = tensor.empty() : tensor<4x4x4x32xf32>
// CHECK:         %[[P:.*]]:3 = gdr.chunk_prepare ins(%[[Q]], %[[Q]] :
// CHECK-SAME:      gate(%[[G]] : tensor<2x40x4xf32>)
// CHECK-SAME:      qk_l2norm
// CHECK-SAME:      scale = 1.250000e-01 : f32
// CHECK-SAME:      schedule = #gdr.chunked<chunk_size = 32>
// CHECK:         %[[R:.*]]:2 = gdr.chunk_scan ins(%[[Q]], %[[Q]], %[[V]] :
// CHECK-SAME:      chunks(%[[P]]#0, %[[P]]#1, %[[P]]#2 :
// CHECK-SAME:      initial_state(%[[S]] :
// CHECK-SAME:      outs(%[[V]] : tensor<2x40x4x64xf32>) final_state(%[[S]] :
// CHECK-SAME:      schedule = #gdr.chunked<chunk_size = 32>
// CHECK-SAME:      state_layout = #gdr.state_layout<v_first>
// CHECK-SAME:      test.mark
// CHECK-DAG:     bufferization.dealloc_tensor %[[P]]#0
// CHECK-DAG:     bufferization.dealloc_tensor %[[P]]#1
// CHECK-DAG:     bufferization.dealloc_tensor %[[P]]#2
// CHECK:         return %[[R]]#0, %[[R]]#1
func.func @many_tokens(%q: !x, %v: tensor<2x40x4x64xf32>, %g: tensor<2x40x4xf32>, %s: !s)
    -> (tensor<2x40x4x64xf32>, !s) {
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %v : !x, !x, tensor<2x40x4x64xf32>)
      gate(%g : tensor<2x40x4xf32>) initial_state(%s : !s)
      outs(%v : tensor<2x40x4x64xf32>) final_state(%s : !s)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm, test.mark}
      -> tensor<2x40x4x64xf32>, !s
  return %0#0, %0#1 : tensor<2x40x4x64xf32>, !s
}

// On memrefs: buffers that are freed.
// CHECK-LABEL: func.func @memrefs(
// CHECK:         %[[T:.*]] = memref.alloc() {{.*}} : memref<1x1x32x32xf32>
// CHECK:         %[[A:.*]] = memref.alloc() {{.*}} : memref<1x1x32x32xf32>
// CHECK:         %[[L:.*]] = memref.alloc() {{.*}} : memref<1x1x4x32xf32>
// CHECK:         gdr.chunk_prepare {{.*}} outs(%[[T]], %[[A]], %[[L]] :
// CHECK:         gdr.chunk_scan {{.*}} chunks(%[[T]], %[[A]], %[[L]] :
// CHECK-DAG:     memref.dealloc %[[T]]
// CHECK-DAG:     memref.dealloc %[[A]]
// CHECK-DAG:     memref.dealloc %[[L]]
// CHECK:         return
func.func @memrefs(%q: memref<1x30x1x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x30x1x8xf32>, memref<1x30x1x8xf32>, memref<1x30x1x8xf32>)
      outs(%q : memref<1x30x1x8xf32>)
  return
}

// CHECK-LABEL: func.func @few_tokens(
// CHECK-NOT:     gdr.chunk
// CHECK:         gdr.recurrent
func.func @few_tokens(%q: memref<1x23x1x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x23x1x8xf32>, memref<1x23x1x8xf32>, memref<1x23x1x8xf32>)
      outs(%q : memref<1x23x1x8xf32>)
  return
}

// A schedule decides, whatever the number of tokens.
// CHECK-LABEL: func.func @scheduled(
// CHECK:         gdr.chunk_prepare
// CHECK-SAME:      memref<1x1x16x16xf32>
// CHECK-SAME:      schedule = #gdr.chunked<chunk_size = 16>
// CHECK:         gdr.recurrent
// CHECK-SAME:      schedule = #gdr.schedule
func.func @scheduled(%q: memref<1x1x1x8xf32>, %many: memref<1x99x1x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x1x8xf32>, memref<1x1x1x8xf32>, memref<1x1x1x8xf32>)
      outs(%q : memref<1x1x1x8xf32>) {schedule = #gdr.chunked<chunk_size = 16>}
  gdr.gated_delta_rule
      ins(%many, %many, %many : memref<1x99x1x8xf32>, memref<1x99x1x8xf32>, memref<1x99x1x8xf32>)
      outs(%many : memref<1x99x1x8xf32>) {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>}
  return
}

// -----

!x = memref<?x?x1x8xf32>

// One token, few, many; the number of slots is B * ceil(T / 32).
// CHECK-LABEL: func.func @dynamic(
// CHECK:         %[[T:.*]] = memref.dim %[[Q:.*]], %c1
// CHECK:         %[[ONE:.*]] = arith.cmpi eq, %[[T]], %c1{{.*}} : index
// CHECK:         scf.if %[[ONE]] {
// CHECK:           gdr.recurrent {{.*}} memref<?x1x1x8xf32>
// CHECK:         } else {
// CHECK:           %[[MANY:.*]] = arith.cmpi uge, %{{.*}}, %c24{{.*}} : index
// CHECK:           scf.if %[[MANY]] {
// CHECK:             %[[BIASED:.*]] = arith.addi %{{.*}}, %c31
// CHECK:             %[[CHUNKS:.*]] = arith.divui %[[BIASED]], %c32
// CHECK:             %[[SLOTS:.*]] = arith.muli %{{.*}}, %[[CHUNKS]]
// CHECK:             memref.alloc(%[[SLOTS]]) {{.*}} : memref<?x1x32x32xf32>
// CHECK:             gdr.chunk_prepare
// CHECK:             gdr.chunk_scan
// CHECK:           } else {
// CHECK:             gdr.recurrent
func.func @dynamic(%q: !x) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) outs(%q : !x)
  return
}

// -----

!x = memref<1x?x1x8xf32>

// The longest packed sequence decides; slots are floor(T / 32) + N.
// CHECK-LABEL: func.func @packed_with_bound(
// CHECK-SAME:    %[[MAX:[^:]*]]: index
// CHECK:         %[[MANY:.*]] = arith.cmpi uge, %[[MAX]], %c24
// CHECK:         scf.if %[[MANY]] {
// CHECK:           %[[N:.*]] = arith.subi %{{.*}}, %c1
// CHECK:           %[[CHUNKS:.*]] = arith.divui %{{.*}}, %c32
// CHECK:           %[[SLOTS:.*]] = arith.addi %[[CHUNKS]], %[[N]]
// CHECK:           memref.alloc(%[[SLOTS]]) {{.*}} : memref<?x1x32x32xf32>
// CHECK:           gdr.chunk_scan
// CHECK-SAME:        max_seqlen(%[[MAX]])
// CHECK:         } else {
// CHECK:           gdr.recurrent
func.func @packed_with_bound(%max: index, %q: !x, %c: memref<?xi32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) cu_seqlens(%c : memref<?xi32>) max_seqlen(%max)
      outs(%q : !x)
  return
}

// Without it, more tokens than sequences.
// CHECK-LABEL: func.func @packed(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<1x?x1x8xf32>, %[[C:[^:]*]]: memref<?xi32>
// CHECK-DAG:     %[[T:.*]] = memref.dim %[[Q]], %c1
// CHECK-DAG:     %[[SIZE:.*]] = memref.dim %[[C]], %c0
// CHECK:         arith.cmpi uge, %[[T]], %[[SIZE]]
func.func @packed(%q: !x, %c: memref<?xi32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) cu_seqlens(%c : memref<?xi32>) outs(%q : !x)
  return
}

// Both known: five tokens of three sequences.
// CHECK-LABEL: func.func @packed_static(
// CHECK-NOT:     scf.if
// CHECK:         gdr.chunk_prepare {{.*}} memref<3x1x32x32xf32>
func.func @packed_static(%q: memref<1x5x1x8xf32>, %c: memref<4xi32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x5x1x8xf32>, memref<1x5x1x8xf32>, memref<1x5x1x8xf32>)
      cu_seqlens(%c : memref<4xi32>) outs(%q : memref<1x5x1x8xf32>)
  return
}

// -----

// What has no chunked form is recurrent.
// CHECK-LABEL: func.func @no_chunked_form(
// CHECK-NOT:     gdr.chunk
// CHECK-COUNT-3: gdr.recurrent
// CHECK-NOT:     gdr.chunk
// REMARK-DAG:    operand 'gate' is of rank 4, a gate per channel of K
// REMARK-DAG:    operand 'num_accepted' is present
// REMARK-DAG:    HK, HV, K or V is dynamic
func.func @no_chunked_form(%q: memref<1x99x1x8xf32>, %n: memref<1xi32>, %k: memref<1x99x1x?xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x99x1x8xf32>, memref<1x99x1x8xf32>, memref<1x99x1x8xf32>)
      gate(%q : memref<1x99x1x8xf32>) outs(%q : memref<1x99x1x8xf32>)
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x99x1x8xf32>, memref<1x99x1x8xf32>, memref<1x99x1x8xf32>)
      num_accepted(%n : memref<1xi32>) outs(%q : memref<1x99x1x8xf32>)
  gdr.gated_delta_rule
      ins(%k, %k, %k : memref<1x99x1x?xf32>, memref<1x99x1x?xf32>, memref<1x99x1x?xf32>)
      outs(%k : memref<1x99x1x?xf32>)
  return
}
