// RUN: gdr-opt %s --gdr-copy-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @strided(
// CHECK-SAME:    %[[FROM:[a-z0-9]+]]: memref<4x4xf32, strided{{.*}}, %[[TO:[a-z0-9]+]]: memref<4x4xf32>)
// CHECK-NOT:     memref.copy
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[FROM]] : {{.*}}) outs(%[[TO]] : memref<4x4xf32>)
func.func @strided(%from: memref<4x4xf32, strided<[?, 1], offset: ?>>, %to: memref<4x4xf32>) {
  memref.copy %from, %to : memref<4x4xf32, strided<[?, 1], offset: ?>> to memref<4x4xf32>
  return
}

// CHECK-LABEL: func.func @contiguous(
// CHECK:         memref.copy
// CHECK-NOT:     linalg.generic
func.func @contiguous(%from: memref<?x4xf32>, %to: memref<?x4xf32>) {
  memref.copy %from, %to : memref<?x4xf32> to memref<?x4xf32>
  return
}

// CHECK-LABEL: func.func @unranked(
// CHECK:         memref.copy
func.func @unranked(%from: memref<*xf32>, %to: memref<*xf32>) {
  memref.copy %from, %to : memref<*xf32> to memref<*xf32>
  return
}
