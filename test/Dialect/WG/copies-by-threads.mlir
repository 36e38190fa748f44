// RUN: gdr-opt %s | gdr-opt | FileCheck %s

// CHECK-LABEL: func.func @copies_by_threads(
// CHECK-SAME:    %[[K:[^:]*]]: memref<?x?x2x64xbf16>, %[[M:[^:]*]]: memref<64x64xbf16>, %[[I:[^:]*]]: index
func.func @copies_by_threads(%k: memref<?x?x2x64xbf16>, %m: memref<64x64xbf16>, %i: index) {
  // CHECK: %{{.*}} = wg.tensor_box %[[K]] box [1, 64, 1, 64] : memref<?x?x2x64xbf16>
  %map = wg.tensor_box %k box [1, 64, 1, 64] : memref<?x?x2x64xbf16>
  // CHECK: %[[TILE:.*]] = wg.alloc
  %tile = wg.alloc : !wg.shared<64x64xbf16, swizzle = 128>
  // CHECK: %[[FULL:.*]] = wg.mbarrier_alloc
  %full = wg.mbarrier_alloc count(1) arrivals(128)
  // CHECK: wg.copy_by_threads %[[K]][%[[I]], %[[I]], %[[I]], %[[I]]] rows(1), %[[TILE]] : memref<?x?x2x64xbf16>, <64x64xbf16, swizzle = 128>
  wg.copy_by_threads %k[%i, %i, %i, %i] rows(1), %tile : memref<?x?x2x64xbf16>, !wg.shared<64x64xbf16, swizzle = 128>
  // CHECK: wg.copy_by_threads %[[M]][], %[[TILE]] : memref<64x64xbf16>, <64x64xbf16, swizzle = 128>
  wg.copy_by_threads %m[], %tile : memref<64x64xbf16>, !wg.shared<64x64xbf16, swizzle = 128>
  // CHECK: wg.mbarrier_arrive_copies %[[FULL]]
  wg.mbarrier_arrive_copies %full
  // CHECK: wg.wait_copies_by_threads
  wg.wait_copies_by_threads
  // CHECK: wg.copy_out_by_threads %[[TILE]], %[[K]][%[[I]], %[[I]], %[[I]], %[[I]]] rows(1) : <64x64xbf16, swizzle = 128>, memref<?x?x2x64xbf16>
  wg.copy_out_by_threads %tile, %k[%i, %i, %i, %i] rows(1) : !wg.shared<64x64xbf16, swizzle = 128>, memref<?x?x2x64xbf16>
  // CHECK: wg.copy_out_by_threads %[[TILE]], %[[M]][] : <64x64xbf16, swizzle = 128>, memref<64x64xbf16>
  wg.copy_out_by_threads %tile, %m[] : !wg.shared<64x64xbf16, swizzle = 128>, memref<64x64xbf16>
  return
}
