// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.mlir

// What of a chunk depends on no state. ptxas has nothing to say: no message of
// injected waits or serialized products. Three blocks a multiprocessor leave 168
// registers, which are enough for two value heads at once.
// CHECK:      gpu.binary @k128_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k64_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k128_ratio2_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k128_ratio3_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k64_ratio8_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// One value head a CTA: four blocks a multiprocessor have 128 registers.
// CHECK:      gpu.binary @k128_ratio2_heads1_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k64_ratio8_heads1_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64

func.func @k128(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %g: memref<?x?x16xf32>, %beta: memref<?x?x16xf32>, %inverse: memref<?x16x64x64xbf16>, %attention: memref<?x16x64x64xbf16>, %decay: memref<?x16x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>) gate(%g : memref<?x?x16xf32>) beta(%beta : memref<?x?x16xf32>)
      outs(%inverse, %attention, %decay : memref<?x16x64x64xbf16>, memref<?x16x64x64xbf16>, memref<?x16x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

func.func @k64(%q: memref<?x?x16x64xf16>, %k: memref<?x?x16x64xf16>, %g: memref<?x?x16xf32>, %beta: memref<?x?x16xf32>, %inverse: memref<?x16x64x64xf16>, %attention: memref<?x16x64x64xf16>, %decay: memref<?x16x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x16x64xf16>, memref<?x?x16x64xf16>) gate(%g : memref<?x?x16xf32>) beta(%beta : memref<?x?x16xf32>)
      outs(%inverse, %attention, %decay : memref<?x16x64x64xf16>, memref<?x16x64x64xf16>, memref<?x16x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

func.func @k128_ratio2(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %g: memref<?x?x32xf32>, %beta: memref<?x?x32xf32>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>) gate(%g : memref<?x?x32xf32>) beta(%beta : memref<?x?x32xf32>)
      outs(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

func.func @k128_ratio3(%q: memref<?x?x2x128xf16>, %k: memref<?x?x2x128xf16>, %g: memref<?x?x6xf32>, %beta: memref<?x?x6xf32>, %inverse: memref<?x6x64x64xf16>, %attention: memref<?x6x64x64xf16>, %decay: memref<?x6x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x2x128xf16>, memref<?x?x2x128xf16>) gate(%g : memref<?x?x6xf32>) beta(%beta : memref<?x?x6xf32>)
      outs(%inverse, %attention, %decay : memref<?x6x64x64xf16>, memref<?x6x64x64xf16>, memref<?x6x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

func.func @k64_ratio8(%q: memref<?x?x2x64xbf16>, %k: memref<?x?x2x64xbf16>, %g: memref<?x?x16xf32>, %beta: memref<?x?x16xf32>, %inverse: memref<?x16x64x64xbf16>, %attention: memref<?x16x64x64xbf16>, %decay: memref<?x16x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x2x64xbf16>, memref<?x?x2x64xbf16>) gate(%g : memref<?x?x16xf32>) beta(%beta : memref<?x?x16xf32>)
      outs(%inverse, %attention, %decay : memref<?x16x64x64xbf16>, memref<?x16x64x64xbf16>, memref<?x16x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

func.func @k128_ratio2_heads1(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %g: memref<?x?x32xf32>, %beta: memref<?x?x32xf32>, %inverse: memref<?x32x64x64xbf16>, %attention: memref<?x32x64x64xbf16>, %decay: memref<?x32x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>) gate(%g : memref<?x?x32xf32>) beta(%beta : memref<?x?x32xf32>)
      outs(%inverse, %attention, %decay : memref<?x32x64x64xbf16>, memref<?x32x64x64xbf16>, memref<?x32x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<heads = 1>}
  return
}

func.func @k64_ratio8_heads1(%q: memref<?x?x2x64xbf16>, %k: memref<?x?x2x64xbf16>, %g: memref<?x?x16xf32>, %beta: memref<?x?x16xf32>, %inverse: memref<?x16x64x64xbf16>, %attention: memref<?x16x64x64xbf16>, %decay: memref<?x16x4x64xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<?x?x2x64xbf16>, memref<?x?x2x64xbf16>) gate(%g : memref<?x?x16xf32>) beta(%beta : memref<?x?x16xf32>)
      outs(%inverse, %attention, %decay : memref<?x16x64x64xbf16>, memref<?x16x64x64xbf16>, memref<?x16x4x64xf32>) {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<heads = 1>}
  return
}
