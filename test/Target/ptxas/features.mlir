// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.mlir

// Features of the op and schedules written by hand: nothing spilled.
// CHECK:      gpu.binary @all_gates_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @packed_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @pool_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// Two tokens' sums of 8 warps of keys, each 8 groups of 4 floats.
// CHECK:      gpu.binary @key_warps_kernels
// CHECK-SAME:   shared_bytes = 4096 : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @no_tokens_kernels
// CHECK-SAME:   spill_bytes = 0 : i64

!q = memref<?x4x16x128xbf16>
!v = memref<?x4x32x128xbf16>
!g = memref<?x4x32xbf16>
!p = memref<32xf32>
!s = memref<?x32x128x128xf32>

func.func @all_gates(%q: !q, %k: !q, %v: !v, %a: !g, %b: !g, %a_log: !p, %dt_bias: !p, %s: !s, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%a : !g) beta(%b : !g)
      A_log(%a_log : !p) dt_bias(%dt_bias : !p) initial_state(%s : !s)
      outs(%o : !v) final_state(%s : !s)
      {gate_form = #gdr.gate_form<softplus>, beta_form = #gdr.beta_form<sigmoid>, qk_l2norm,
       state_layout = #gdr.state_layout<v_first>, programmatic_dependent_launch}
  return
}

func.func @packed(
    %q: memref<1x?x16x128xbf16>, %v: memref<1x?x32x128xbf16>, %g: memref<1x?x32xf32>,
    %cu_seqlens: memref<?xi32>, %max: index, %s: !s, %o: memref<1x?x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x?x16x128xbf16>, memref<1x?x16x128xbf16>, memref<1x?x32x128xbf16>)
      gate(%g : memref<1x?x32xf32>) beta(%g : memref<1x?x32xf32>)
      initial_state(%s : !s) cu_seqlens(%cu_seqlens : memref<?xi32>) max_seqlen(%max)
      outs(%o : memref<1x?x32x128xbf16>) final_state(%s : !s) {qk_l2norm}
  return
}

func.func @pool(
    %q: memref<?x1x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>,
    %v: memref<?x1x32x128xbf16, strided<[?, ?, ?, 1], offset: ?>>, %g: memref<?x1x32xf32>,
    %read: memref<?xi32>, %write: memref<?xi32>,
    %pool: memref<?x32x128x128xbf16, strided<[?, ?, ?, 1], offset: ?>>, %o: memref<?x1x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<?x1x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x1x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x1x32x128xbf16, strided<[?, ?, ?, 1], offset: ?>>)
      gate(%g : memref<?x1x32xf32>) beta(%g : memref<?x1x32xf32>)
      initial_state(%pool : memref<?x32x128x128xbf16, strided<[?, ?, ?, 1], offset: ?>>)
      read_indices(%read : memref<?xi32>) write_indices(%write : memref<?xi32>)
      outs(%o : memref<?x1x32x128xbf16>)
      final_state(%pool : memref<?x32x128x128xbf16, strided<[?, ?, ?, 1], offset: ?>>)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm}
  return
}

func.func @key_warps(%q: !q, %k: !q, %v: !v, %s: !s, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) initial_state(%s : !s)
      outs(%o : !v) final_state(%s : !s)
      {schedule = #gdr.schedule<lanes = 4, columns = 1, warps = 2, key_warps = 8>}
  return
}

func.func @no_tokens(%q: memref<1x0x2x64xf32>, %s: memref<1x2x64x64xf32>, %final: memref<1x2x64x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x0x2x64xf32>, memref<1x0x2x64xf32>, memref<1x0x2x64xf32>)
      initial_state(%s : memref<1x2x64x64xf32>)
      outs(%q : memref<1x0x2x64xf32>) final_state(%final : memref<1x2x64x64xf32>)
  return
}
