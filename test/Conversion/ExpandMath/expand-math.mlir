// RUN: gdr-opt %s --gdr-expand-math | FileCheck %s

// CHECK-LABEL: func.func @exp(
// CHECK-NOT:     math.
// CHECK:         llvm.intr.fmuladd
// CHECK-NOT:     math.exp
// CHECK-NOT:     math.floor
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @exp(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// CHECK-LABEL: func.func @exp_vector(
// CHECK-NOT:     math.exp
// CHECK:         llvm.intr.fmuladd{{.*}} : (vector<8xf32>, vector<8xf32>, vector<8xf32>) -> vector<8xf32>
// CHECK-NOT:     math.exp
// CHECK:         return
func.func @exp_vector(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  return %0 : vector<8xf32>
}

// CHECK-LABEL: func.func @log1p(
// CHECK-NOT:     math.log
// CHECK:         return
func.func @log1p(%x: f32) -> f32 {
  %0 = math.log1p %x : f32
  return %0 : f32
}

// CHECK-LABEL: func.func @rsqrt(
// CHECK-SAME:    %[[X:.*]]: f32)
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1.0
// CHECK-DAG:     %[[ROOT:.*]] = math.sqrt %[[X]] : f32
// CHECK:         arith.divf %[[ONE]], %[[ROOT]] : f32
func.func @rsqrt(%x: f32) -> f32 {
  %0 = math.rsqrt %x : f32
  return %0 : f32
}

// CHECK-LABEL: func.func @floor(
// CHECK-SAME:    %[[X:.*]]: vector<4xf32>)
// CHECK:         %[[INTEGER:.*]] = arith.fptosi %[[X]] : vector<4xf32> to vector<4xi32>
// CHECK:         %[[TRUNCATED:.*]] = arith.sitofp %[[INTEGER]]
// CHECK:         arith.cmpf ogt, %[[TRUNCATED]], %[[X]]
// CHECK-NOT:     math.floor
// CHECK:         return
func.func @floor(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.floor %x : vector<4xf32>
  return %0 : vector<4xf32>
}

// CHECK-LABEL: func.func @fma(
// CHECK-SAME:    %[[X:.*]]: f32, %[[Y:.*]]: f32, %[[Z:.*]]: f32)
// CHECK:         llvm.intr.fmuladd(%[[X]], %[[Y]], %[[Z]]) : (f32, f32, f32) -> f32
func.func @fma(%x: f32, %y: f32, %z: f32) -> f32 {
  %0 = math.fma %x, %y, %z : f32
  return %0 : f32
}

// Other functions and other types stay.
// CHECK-LABEL: func.func @others(
// CHECK:         math.sin
// CHECK:         math.exp %{{.*}} : f64
// CHECK:         math.floor %{{.*}} : f64
func.func @others(%x: f32, %y: f64) -> (f32, f64, f64) {
  %0 = math.sin %x : f32
  %1 = math.exp %y : f64
  %2 = math.floor %y : f64
  return %0, %1, %2 : f32, f64, f64
}
