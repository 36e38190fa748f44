// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.mlir

// Scans that store snapshots, under the limits of scan.mlir: no message of ptxas, such as of serialized products, and no
// spill.
// CHECK:      gpu.binary @one_k_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-9][0-9]|2[01][0-9]|22[0-4])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @one_v_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-9][0-9]|2[01][0-9]|22[0-4])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_k_first_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_v_first_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_bf16_k_first_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @shared_k_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @shared_v_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @packed_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @packed_shared_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64

!q = memref<?x?x16x128xbf16>
!v = memref<?x?x32x128xbf16>
!pq = memref<1x?x16x128xbf16>
!pv = memref<1x?x32x128xbf16>
!matrix = memref<?x32x64x64xbf16>
!decay = memref<?x32x4x64xf32>
!s = memref<?x32x128x128xf32>
!f32 = memref<?x32x128x128xf32>
!bf16 = memref<?x32x128x128xbf16>

func.func @one_k_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<k_first>}
  return
}

func.func @one_v_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @two_k_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @two_v_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @two_bf16_k_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !bf16) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !bf16)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @shared_k_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 32>}
  return
}

func.func @shared_v_first(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !v,
                  %rows: memref<?xi32>, %snapshots: !f32) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 32>}
  return
}

func.func @packed(%q: !pq, %k: !pq, %v: !pv, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !pv,
                  %rows: memref<?xi32>, %snapshots: !f32, %cu_seqlens: memref<?xi32>, %indices: memref<?xi32>) {
  gdr.chunk_scan ins(%q, %k, %v : !pq, !pq, !pv) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) cu_seqlens(%cu_seqlens : memref<?xi32>)
      read_indices(%indices : memref<?xi32>) write_indices(%indices : memref<?xi32>) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !pv) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @packed_shared(%q: !pq, %k: !pq, %v: !pv, %inverse: !matrix, %attention: !matrix, %decay: !decay, %s: !s, %o: !pv,
                  %rows: memref<?xi32>, %snapshots: !f32, %cu_seqlens: memref<?xi32>, %indices: memref<?xi32>) {
  gdr.chunk_scan ins(%q, %k, %v : !pq, !pq, !pv) chunks(%inverse, %attention, %decay : !matrix, !matrix, !decay)
      initial_state(%s : !s) cu_seqlens(%cu_seqlens : memref<?xi32>)
      read_indices(%indices : memref<?xi32>) write_indices(%indices : memref<?xi32>) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !pv) final_state(%s : !s) snapshots(%snapshots : !f32)
      {snapshot_every = 256 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 32>}
  return
}
