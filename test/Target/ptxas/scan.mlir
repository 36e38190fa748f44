// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.mlir

// The state over all chunks. ptxas has nothing to say: no message of injected
// waits, serialized products or an ignored setmaxnreg (C75xx). Without a spill.
// One warpgroup of columns: it and the one that loads have what they need, at
// most 224.
// CHECK:      gpu.binary @one_k_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-9][0-9]|2[01][0-9]|22[0-4])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @one_v_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-9][0-9]|2[01][0-9]|22[0-4])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @one_k64_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-9][0-9]|2[01][0-9]|22[0-4])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// Two: 384 threads begin with an equal share.
// CHECK:      gpu.binary @two_k_first_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_v_first_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_v256_ratio3_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_bf16_state_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @two_no_state_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// Two that share the rows of the state of 32 columns: at most as much.
// CHECK:      gpu.binary @shared_k_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @shared_v_first_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @shared_k256_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// Packed sequences and a pool of states.
// CHECK:      gpu.binary @packed_kernels
// CHECK-SAME:   registers = 168 : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @packed_shared_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64

func.func @one_k_first(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>}
  return
}

func.func @one_v_first(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @one_k64(%q: memref<?x?x2x64xf16>, %k: memref<?x?x2x64xf16>, %v: memref<?x?x4x64xf16>, %inverse: memref<?x4x64x64xf16>, %attention: memref<?x4x64x64xf16>, %decay: memref<?x4x4x64xf32>, %s: memref<?x4x64x64xf32>, %o: memref<?x?x4x64xf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x2x64xf16>, memref<?x?x2x64xf16>, memref<?x?x4x64xf16>) chunks(%inverse, %attention, %decay : memref<?x4x64x64xf16>, memref<?x4x64x64xf16>, memref<?x4x4x64xf32>) initial_state(%s : memref<?x4x64x64xf32>)
      outs(%o : memref<?x?x4x64xf16>) final_state(%s : memref<?x4x64x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>}
  return
}

func.func @two_k_first(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @two_v_first(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @two_v256_ratio3(%q: memref<?x?x2x128xf16>, %k: memref<?x?x2x128xf16>, %v: memref<?x?x6x256xf16>, %inverse: memref<?x6x64x64xf16>, %attention: memref<?x6x64x64xf16>, %decay: memref<?x6x4x64xf32>, %s: memref<?x6x128x256xf32>, %o: memref<?x?x6x256xf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x2x128xf16>, memref<?x?x2x128xf16>, memref<?x?x6x256xf16>) chunks(%inverse, %attention, %decay : memref<?x6x64x64xf16>, memref<?x6x64x64xf16>, memref<?x6x4x64xf32>) initial_state(%s : memref<?x6x128x256xf32>)
      outs(%o : memref<?x?x6x256xf16>) final_state(%s : memref<?x6x128x256xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @two_bf16_state(%q: memref<?x?x2x64xbf16>, %k: memref<?x?x2x64xbf16>, %v: memref<?x?x4x128xbf16>, %inverse: memref<?x4x64x64xbf16>, %attention: memref<?x4x64x64xbf16>, %decay: memref<?x4x4x64xf32>, %s: memref<?x4x128x64xbf16>, %o: memref<?x?x4x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x2x64xbf16>, memref<?x?x2x64xbf16>, memref<?x?x4x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x4x64x64xbf16>, memref<?x4x64x64xbf16>, memref<?x4x4x64xf32>) initial_state(%s : memref<?x4x128x64xbf16>)
      outs(%o : memref<?x?x4x128xbf16>) final_state(%s : memref<?x4x128x64xbf16>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 128, stages = 3>}
  return
}

func.func @two_no_state(%q: memref<?x?x2x128xbf16>, %k: memref<?x?x2x128xbf16>, %v: memref<?x?x4x128xbf16>, %inverse: memref<?x4x64x64xbf16>, %attention: memref<?x4x64x64xbf16>, %decay: memref<?x4x4x64xf32>, %s: memref<?x4x128x128xf32>, %o: memref<?x?x4x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x2x128xbf16>, memref<?x?x2x128xbf16>, memref<?x?x4x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x4x64x64xbf16>, memref<?x4x64x64xbf16>, memref<?x4x4x64xf32>) 
      outs(%o : memref<?x?x4x128xbf16>)  {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @shared_k_first(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 32>}
  return
}

func.func @shared_v_first(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 32>}
  return
}

func.func @shared_k256(%q: memref<?x?x2x256xbf16>, %k: memref<?x?x2x256xbf16>, %v: memref<?x?x4x128xbf16>, %inverse: memref<?x4x64x64xbf16>, %attention: memref<?x4x64x64xbf16>, %decay: memref<?x4x4x64xf32>, %s: memref<?x4x256x128xf32>, %o: memref<?x?x4x128xbf16>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<?x?x2x256xbf16>, memref<?x?x2x256xbf16>, memref<?x?x4x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x4x64x64xbf16>, memref<?x4x64x64xbf16>, memref<?x4x4x64xf32>) initial_state(%s : memref<?x4x256x128xf32>)
      outs(%o : memref<?x?x4x128xbf16>) final_state(%s : memref<?x4x256x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<k_first>, schedule = #gdr.chunked<columns = 32>}
  return
}

func.func @packed(%q: memref<1x?x16x128xbf16>, %k: memref<1x?x16x128xbf16>, %v: memref<1x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<1x?x32x128xbf16>, %cu_seqlens: memref<?xi32>, %rows: memref<?xi32>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<1x?x16x128xbf16>, memref<1x?x16x128xbf16>, memref<1x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>) cu_seqlens(%cu_seqlens : memref<?xi32>) read_indices(%rows : memref<?xi32>) write_indices(%rows : memref<?xi32>)
      outs(%o : memref<1x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

func.func @packed_shared(%q: memref<1x?x16x128xbf16>, %k: memref<1x?x16x128xbf16>, %v: memref<1x?x32x128xbf16>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>, %s: memref<?x32x128x128xf32>, %o: memref<1x?x32x128xbf16>, %cu_seqlens: memref<?xi32>, %rows: memref<?xi32>) {
  gdr.chunk_scan ins(%q, %k, %v : memref<1x?x16x128xbf16>, memref<1x?x16x128xbf16>, memref<1x?x32x128xbf16>) chunks(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) initial_state(%s : memref<?x32x128x128xf32>) cu_seqlens(%cu_seqlens : memref<?xi32>) read_indices(%rows : memref<?xi32>) write_indices(%rows : memref<?xi32>)
      outs(%o : memref<1x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<columns = 32>}
  return
}
