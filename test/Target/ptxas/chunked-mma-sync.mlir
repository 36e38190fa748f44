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

// The chunked form on chips without wgmma, heads of 128: no message of ptxas,
// nothing spilled, and at most 248 registers: 255 would be all there are, and the
// next ptxas might spill.
// CHECK:      gpu.binary @prepare_kernels
// CHECK-SAME:   registers = {{([0-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @scan_kernels
// CHECK-SAME:   registers = {{([0-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @half_scan_kernels
// CHECK-SAME:   registers = {{([0-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64

!q = memref<?x?x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>
!v = memref<?x?x32x128xbf16, strided<[?, ?, ?, 1], offset: ?>>
!g = memref<?x?x32xf32>
!s = memref<?x32x128x128xf32>
!t = memref<?x32x64x64xbf16>
!d = memref<?x32x4x64xf32>

func.func @prepare(%q: !q, %k: !q, %g: !g, %beta: !g, %t: !t, %a: !t, %d: !d) {
  gdr.chunk_prepare ins(%q, %k : !q, !q) gate(%g : !g) beta(%beta : !g) outs(%t, %a, %d : !t, !t, !d)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

func.func @scan(%q: !q, %k: !q, %v: !v, %t: !t, %a: !t, %d: !d, %s: !s, %o: !v) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%t, %a, %d : !t, !t, !d) initial_state(%s : !s)
      outs(%o : !v) final_state(%s : !s) {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

!qh = memref<?x?x4x64xf16, strided<[?, ?, ?, 1], offset: ?>>
!vh = memref<?x?x4x64xf16, strided<[?, ?, ?, 1], offset: ?>>
!sh = memref<?x4x64x64xf32>
!th = memref<?x4x64x64xf16>
!dh = memref<?x4x4x64xf32>

func.func @half_scan(%q: !qh, %k: !qh, %v: !vh, %t: !th, %a: !th, %d: !dh, %s: !sh, %o: !vh) {
  gdr.chunk_scan ins(%q, %k, %v : !qh, !qh, !vh) chunks(%t, %a, %d : !th, !th, !dh) initial_state(%s : !sh)
      outs(%o : !vh) final_state(%s : !sh)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, state_layout = #gdr.state_layout<v_first>}
  return
}
