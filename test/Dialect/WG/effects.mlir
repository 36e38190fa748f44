// RUN: gdr-opt %s -canonicalize -cse | FileCheck %s

// What may be merged or erased, and what not.

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!x = tensor<64x64xbf16, #wg.fragment>
!pending = !wg.pending<tensor<64x64xf32, #wg.fragment>>

// Loads are the same until something may write.
// CHECK-LABEL: func.func @loads(
// CHECK:         %[[X:.*]] = wg.load
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    %[[Y:.*]] = wg.load
// CHECK-NEXT:    return %[[X]], %[[X]], %[[Y]]
func.func @loads(%tile: !tile) -> (!x, !x, !x) {
  %0 = wg.load %tile : !tile -> !x
  %1 = wg.load %tile : !tile -> !x
  wg.sync
  %2 = wg.load %tile : !tile -> !x
  return %0, %1, %2 : !x, !x, !x
}

// A wait for copies, or for a slot, is a wait for what is in the tile.
// CHECK-LABEL: func.func @takes(
// CHECK-COUNT-2: wg.take
// CHECK:         return
func.func @takes(%ring: !wg.ring<2, !tile>, %i: index) {
  %0 = wg.take %ring[%i] : !wg.ring<2, !tile> -> !tile
  %1 = wg.take %ring[%i] : !wg.ring<2, !tile> -> !tile
  return
}

// Two products are two, and are waited for although nobody wants the tiles.
// CHECK-LABEL: func.func @products(
// CHECK-COUNT-2: wg.mma
// CHECK-NEXT:    wg.wait
// CHECK-NEXT:    return
func.func @products(%x: !x, %tile: !tile) {
  %0 = wg.mma %x, %tile : !x, !tile -> !pending
  %1 = wg.mma %x, %tile : !x, !tile -> !pending
  %2:2 = wg.wait %0, %1 : !pending, !pending -> tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  return
}

// Tiles of their own.
// CHECK-LABEL: func.func @allocs(
// CHECK-COUNT-2: wg.alloc
func.func @allocs() -> (!tile, !tile) {
  %0 = wg.alloc : !tile
  %1 = wg.alloc : !tile
  return %0, %1 : !tile, !tile
}

// Pure: one of each is left, or none.
// CHECK-LABEL: func.func @pure(
// CHECK-NEXT:    %[[I:.*]] = wg.iota
// CHECK-NEXT:    return %[[I]], %[[I]]
func.func @pure(%rows: !wg.shared<4x64xf32>, %i: index) -> (tensor<64xi32, #wg.rows>, tensor<64xi32, #wg.rows>) {
  %0 = wg.iota : tensor<64xi32, #wg.rows>
  %1 = wg.iota : tensor<64xi32, #wg.rows>
  %2 = wg.slice %rows[%i] : !wg.shared<4x64xf32> -> !wg.shared<64xf32>
  %3 = wg.load %2 : !wg.shared<64xf32> -> tensor<64xf32, #wg.lanes>
  %4 = wg.warpgroup_index
  return %0, %1 : tensor<64xi32, #wg.rows>, tensor<64xi32, #wg.rows>
}
