// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-math-to-nvvm)))' | FileCheck %s

gpu.module @kernels {

// CHECK-LABEL: gpu.func @exp(
// CHECK-SAME:    %[[X:[^:]*]]: f32)
// CHECK:         %[[LOG2E:.*]] = arith.constant 1.44269502 : f32
// CHECK:         %[[SCALED:.*]] = arith.mulf %[[X]], %[[LOG2E]] : f32
// CHECK:         %[[R:.*]] = llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f"(%[[SCALED]])
// CHECK:         gpu.return %[[R]]
gpu.func @exp(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  gpu.return %0 : f32
}

// CHECK-LABEL: gpu.func @rsqrt(
// CHECK-SAME:    %[[X:[^:]*]]: f32)
// CHECK:         %[[R:.*]] = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.f"(%[[X]])
// CHECK:         gpu.return %[[R]]
gpu.func @rsqrt(%x: f32) -> f32 {
  %0 = math.rsqrt %x : f32
  gpu.return %0 : f32
}

// CHECK-LABEL: gpu.func @fma(
// CHECK-SAME:    %[[A:[^:]*]]: f32, %[[B:[^:]*]]: f32, %[[C:[^:]*]]: f32)
// CHECK:         %[[R:.*]] = llvm.intr.fma(%[[A]], %[[B]], %[[C]])
// CHECK:         gpu.return %[[R]]
gpu.func @fma(%a: f32, %b: f32, %c: f32) -> f32 {
  %0 = math.fma %a, %b, %c : f32
  gpu.return %0 : f32
}

// A polynomial.
// CHECK-LABEL: gpu.func @log1p(
// CHECK-NOT:     math.
// CHECK:         llvm.intr.fma
// CHECK-NOT:     math.
// CHECK:         gpu.return
gpu.func @log1p(%x: f32) -> f32 {
  %0 = math.log1p %x : f32
  gpu.return %0 : f32
}

// Other types and other functions stay.
// CHECK-LABEL: gpu.func @others(
// CHECK:         math.exp %{{.*}} : f64
// CHECK:         math.rsqrt %{{.*}} : f16
// CHECK:         math.fma %{{.*}} : vector<4xf32>
// CHECK:         math.tanh %{{.*}} : f32
// CHECK-NOT:     llvm.
// CHECK:         gpu.return
gpu.func @others(%x: f32, %d: f64, %h: f16, %v: vector<4xf32>) -> (f64, f16, vector<4xf32>, f32) {
  %0 = math.exp %d : f64
  %1 = math.rsqrt %h : f16
  %2 = math.fma %v, %v, %v : vector<4xf32>
  %3 = math.tanh %x : f32
  gpu.return %0, %1, %2, %3 : f64, f16, vector<4xf32>, f32
}

}

// Host code is left alone.
// CHECK-LABEL: func.func @host(
// CHECK:         math.exp
func.func @host(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}
