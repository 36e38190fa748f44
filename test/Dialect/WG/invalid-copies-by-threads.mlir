// RUN: gdr-opt %s --split-input-file --verify-diagnostics

// tensor_box_rank
func.func @f(%k: memref<?x?x2x64xbf16>) {
  // expected-error @below {{expected a box of 4 dimensions, got 2}}
  %map = wg.tensor_box %k box [64, 64] : memref<?x?x2x64xbf16>
  return
}

// -----

// tensor_box_rows
func.func @f(%k: memref<?x?x2x64xbf16>) {
  // expected-error @below {{expected a box with more than one element in one dimension and the last, got [1, 64, 2, 64]}}
  %map = wg.tensor_box %k box [1, 64, 2, 64] : memref<?x?x2x64xbf16>
  return
}

// -----

// thread_copy_element
func.func @f(%m: memref<64x64xf16>) {
  %tile = wg.alloc : !wg.shared<64x64xbf16>
  // expected-error @below {{expected elements of 'bf16' in memory, got 'memref<64x64xf16>'}}
  wg.copy_by_threads %m[], %tile : memref<64x64xf16>, !wg.shared<64x64xbf16>
  return
}

// -----

// thread_copy_size
func.func @f(%m: memref<64x32xbf16>) {
  %tile = wg.alloc : !wg.shared<64x64xbf16>
  // expected-error @below {{expected 8192 bytes, a multiple of 16, in memory, got 'memref<64x32xbf16>'}}
  wg.copy_out_by_threads %tile, %m[] : !wg.shared<64x64xbf16>, memref<64x32xbf16>
  return
}

// -----

// thread_copy_indices
func.func @f(%m: memref<?x64xbf16>, %i: index) {
  %tile = wg.alloc : !wg.shared<64x64xbf16>
  // expected-error @below {{expected an index for each dimension, and rows to be one of them but the last}}
  wg.copy_by_threads %m[%i, %i] rows(1), %tile : memref<?x64xbf16>, !wg.shared<64x64xbf16>
  return
}

// -----

// thread_copy_columns
func.func @f(%m: memref<?x60xbf16>, %i: index) {
  %tile = wg.alloc : !wg.shared<64x64xbf16>
  // expected-error @below {{expected a last dimension of consecutive elements and a multiple of 16 bytes, got 'memref<?x60xbf16>'}}
  wg.copy_by_threads %m[%i, %i] rows(0), %tile : memref<?x60xbf16>, !wg.shared<64x64xbf16>
  return
}

// -----

// thread_copy_tile
func.func @f(%m: memref<?x192xbf16>, %i: index) {
  %tile = wg.alloc : !wg.shared<64x192xbf16>
  // expected-error @below {{expected a tile of rows of 16, 32, 64, 128 or 256 bytes and of a multiple of 2048 bytes, got '!wg.shared<64x192xbf16>'}}
  wg.copy_by_threads %m[%i, %i] rows(0), %tile : memref<?x192xbf16>, !wg.shared<64x192xbf16>
  return
}
