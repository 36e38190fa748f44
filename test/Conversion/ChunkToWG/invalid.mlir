// RUN: gdr-opt %s --gdr-chunk-to-wg --split-input-file --verify-diagnostics

!q = tensor<1x64x1x64xbf16>
!matrix = tensor<1x1x64x64xbf16>
!rows = tensor<1x1x4x64xf32>
func.func @tensors(%q: !q, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected memrefs, got tensors; run gdr-bufferize before gdr-chunk-to-wg}}
  %0:3 = gdr.chunk_prepare ins(%q, %q : !q, !q) outs(%matrix, %matrix, %rows : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>} -> !matrix, !matrix, !rows
  return
}

// -----

!q = memref<1x64x1x64xbf16, strided<[?, 65, ?, 1], offset: ?>>
!k = memref<1x64x1x64xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
func.func @odd_stride(%q: !q, %k: !k, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected an op that the warpgroup kernels can compute; operand 'q' has a stride of 65 elements, and the kernels take multiples of 8}}
  gdr.chunk_prepare ins(%q, %k : !q, !k) outs(%matrix, %matrix, %rows : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// -----

!q = memref<1x64x1x64xf32>
!matrix = memref<1x1x64x64xf32>
!rows = memref<1x1x4x64xf32>
func.func @f32(%q: !q, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected an op that the warpgroup kernels can compute; operand 'q' is of f32, and the tensor cores take 16 bits}}
  gdr.chunk_prepare ins(%q, %q : !q, !q) outs(%matrix, %matrix, %rows : !matrix, !matrix, !rows)
  return
}

// -----

!q = memref<1x64x1x100xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
func.func @k(%q: !q, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected an op that the warpgroup kernels can compute; K is 100, and the kernels take multiples of 8 up to 256}}
  gdr.chunk_prepare ins(%q, %q : !q, !q) outs(%matrix, %matrix, %rows : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// -----

!q = memref<1x64x1x64xbf16>
!v = memref<1x64x1x264xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
func.func @v(%q: !q, %v: !v, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected an op that the warpgroup kernels can compute; V is 264, and the kernels take multiples of 8 up to 256}}
  gdr.chunk_scan ins(%q, %q, %v : !q, !q, !v) chunks(%matrix, %matrix, %rows : !matrix, !matrix, !rows) outs(%v : !v)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// -----

!q = memref<1x64x1x64xbf16>
!v = memref<1x64x1x192xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
func.func @columns(%q: !q, %v: !v, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected an op that the warpgroup kernels can compute; columns is 96, and the kernels take 32, 64 and 128}}
  gdr.chunk_scan ins(%q, %q, %v : !q, !q, !v) chunks(%matrix, %matrix, %rows : !matrix, !matrix, !rows) outs(%v : !v)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 96>}
  return
}

// -----

!q = memref<1x64x1x64xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
gpu.module @kernels {
  gpu.func @not_in_a_function(%q: !q, %matrix: !matrix, %rows: !rows) {
    // expected-error @below {{expected the op in a func.func}}
    gdr.chunk_prepare ins(%q, %q : !q, !q) outs(%matrix, %matrix, %rows : !matrix, !matrix, !rows)
        {tile_layout = #gdr.tile_layout<swizzle_128b>}
    gpu.return
  }
}
