// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_80 --gdr-serialize-kernels -o %t.sm_80.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_80.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_89 --gdr-serialize-kernels -o %t.sm_89.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_89.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_90 --gdr-serialize-kernels -o %t.sm_90.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_90.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_100a --gdr-serialize-kernels -o %t.sm_100a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_100a.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_120a --gdr-serialize-kernels -o %t.sm_120a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_120a.mlir

// Scans that store snapshots on chips without wgmma, under the limits of chunked-mma-sync.mlir.
// CHECK:      gpu.binary @k_first_kernels
// CHECK-SAME:   registers = {{([0-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @v_first_kernels
// CHECK-SAME:   registers = {{([0-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @packed_kernels
// CHECK-SAME:   registers = {{([0-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64

!q = memref<?x?x16x128xbf16>
!v = memref<?x?x32x128xbf16>
!pq = memref<1x?x16x128xbf16>
!pv = memref<1x?x32x128xbf16>
!matrix = memref<?x32x64x64xbf16>
!decay = memref<?x32x4x64xf32>
!s = memref<?x32x128x128xf32>
!f32 = memref<?x32x128x128xf32>

func.func @k_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<k_first>}
  return
}

func.func @v_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @packed(%q: !pq, %k: !pq, %v: !pv, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !pv,
                  %rows: memref<?xi32>, %snapshots: !f32, %cu_seqlens: memref<?xi32>, %indices: memref<?xi32>) {
  gdr.chunk_scan ins(%q, %k, %v : !pq, !pq, !pv) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) cu_seqlens(%cu_seqlens : memref<?xi32>)
      read_indices(%indices : memref<?xi32>) write_indices(%indices : memref<?xi32>) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !pv) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>}
  return
}
