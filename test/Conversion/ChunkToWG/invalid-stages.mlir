// RUN: gdr-opt %s --gdr-chunk-to-wg=shared-memory=101376 --split-input-file --verify-diagnostics

!q = memref<1x64x1x128xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
func.func @too_many(%q: !q, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{expected a schedule for 101376 bytes of shared memory; stages is 2, which takes 125952, and 1 fit}}
  gdr.chunk_scan ins(%q, %q, %q : !q, !q, !q) chunks(%matrix, %matrix, %rows : !matrix, !matrix, !rows) outs(%q : !q)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 64, stages = 2>}
  return
}

// -----

!q = memref<1x64x1x128xbf16>
!matrix = memref<1x1x64x64xbf16>
!rows = memref<1x1x4x64xf32>
func.func @none(%q: !q, %matrix: !matrix, %rows: !rows) {
  // expected-error @below {{stages is 3, which takes 196608, and no number of them fits; choose other columns}}
  gdr.chunk_scan ins(%q, %q, %q : !q, !q, !q) chunks(%matrix, %matrix, %rows : !matrix, !matrix, !rows) outs(%q : !q)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 32, stages = 3>}
  return
}
