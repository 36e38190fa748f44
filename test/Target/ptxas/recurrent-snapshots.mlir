// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_80 --gdr-serialize-kernels -o %t.sm_80.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_80.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.sm_90a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_90a.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_120a --gdr-serialize-kernels -o %t.sm_120a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_120a.mlir

// Recurrent kernels that store snapshots: ptxas has nothing to say, and spills no register.
// (100 tokens are no multiple of a chunk; T dynamic: one kernel for one token and one for more.)
// CHECK:      gpu.binary @k_first_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @v_first_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @every_token_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @packed_k256_kernels
// CHECK-SAME:   spill_bytes = 0 : i64

!q = memref<?x?x16x128xbf16>
!v = memref<?x?x32x128xbf16>
!g = memref<?x?x32xf32>
!s = memref<?x32x128x128xf32>

func.func @k_first(%q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %s: !s, %o: !v, %rows: memref<?xi32>, %snapshots: !s) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g) initial_state(%s : !s)
      snapshot_indices(%rows : memref<?xi32>) outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !s)
      {snapshot_every = 100 : i64}
  return
}

func.func @v_first(%q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %s: !s, %o: !v, %rows: memref<?xi32>,
                   %snapshots: memref<?x32x128x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g) initial_state(%s : !s)
      snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : memref<?x32x128x128xbf16>)
      {snapshot_every = 100 : i64, qk_l2norm, state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @every_token(
    %q: memref<8x4x16x128xbf16>, %v: memref<8x4x32x128xbf16>, %g: memref<8x4x32xf32>, %s: memref<8x32x128x128xf32>,
    %rows: memref<32xi64>, %snapshots: memref<32x32x128x128xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<8x4x16x128xbf16>, memref<8x4x16x128xbf16>, memref<8x4x32x128xbf16>)
      gate(%g : memref<8x4x32xf32>) initial_state(%s : memref<8x32x128x128xf32>)
      snapshot_indices(%rows : memref<32xi64>)
      outs(%v : memref<8x4x32x128xbf16>) snapshots(%snapshots : memref<32x32x128x128xf32>)
      {snapshot_every = 1 : i64, state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @packed_k256(
    %q: memref<1x?x2x256xf16>, %k: memref<1x?x2x256xf16>, %v: memref<1x?x6x256xf16>, %g: memref<1x?x6xf32>,
    %cu_seqlens: memref<?xi32>, %pool: memref<?x6x256x256xf32>, %indices: memref<?xi32>, %o: memref<1x?x6x256xf16>,
    %rows: memref<?xi32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x?x2x256xf16>, memref<1x?x2x256xf16>, memref<1x?x6x256xf16>)
      gate(%g : memref<1x?x6xf32>) initial_state(%pool : memref<?x6x256x256xf32>) cu_seqlens(%cu_seqlens : memref<?xi32>)
      read_indices(%indices : memref<?xi32>) write_indices(%indices : memref<?xi32>)
      snapshot_indices(%rows : memref<?xi32>)
      outs(%o : memref<1x?x6x256xf16>) final_state(%pool : memref<?x6x256x256xf32>)
      snapshots(%pool : memref<?x6x256x256xf32>) {snapshot_every = 1 : i64}
  return
}
