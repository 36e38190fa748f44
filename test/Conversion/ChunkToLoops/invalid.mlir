// RUN: gdr-opt %s --gdr-chunk-to-loops --split-input-file --verify-diagnostics

!x = tensor<1x4x2x8xf32>
!t = tensor<1x2x16x16xf32>
!l = tensor<1x2x4x16xf32>
func.func @tensors(%x: !x, %t: !t, %l: !l) -> !x {
  // expected-error @below {{expected memrefs, got tensors; run gdr-bufferize first}}
  %0 = gdr.chunk_scan ins(%x, %x, %x : !x, !x, !x) chunks(%t, %t, %l : !t, !t, !l)
      outs(%x : !x) -> !x
  return %0 : !x
}

// -----

!x = memref<1x4x2x8xf32>
!t = memref<1x2x16x16xf32>
!l = memref<1x2x4x16xf32>
func.func @swizzled(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected tile_layout row_major on the CPU, got swizzle_128b}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// -----

!x = memref<1x4x2x8xf32>
!t = memref<1x2x16x16xf32>
!l = memref<1x2x4x16xf32>
func.func @swizzled_scan(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected tile_layout row_major on the CPU, got swizzle_128b}}
  gdr.chunk_scan ins(%x, %x, %x : !x, !x, !x) chunks(%t, %t, %l : !t, !t, !l) outs(%x : !x)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// -----

!x = memref<1x4x2x?xf32>
!t = memref<1x2x16x16xf32>
!l = memref<1x2x4x16xf32>
func.func @dynamic(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected K to be static in the chunked form; use the recurrent form}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}
