// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.sm_90a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_90a.mlir

// One decode step of a layer of Qwen3.5-35B-A3B: enough registers are left for
// several blocks on a multiprocessor. At most 128.
// CHECK:      gpu.binary @k_first_one_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k_first_many_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k_first_any_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @k_first_dependent_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @v_first_one_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @v_first_many_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @v_first_any_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64
// CHECK:      gpu.binary @v_first_dependent_kernels
// CHECK-SAME:   registers = {{([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])}} : i64, shared_bytes = {{[0-9]+}} : i64, spill_bytes = 0 : i64

func.func @k_first_one(
    %q: memref<1x1x16x128xbf16>, %k: memref<1x1x16x128xbf16>, %v: memref<1x1x32x128xbf16>, %g: memref<1x1x32xf32>, %beta: memref<1x1x32xf32>,
    %s: memref<1x32x128x128xf32>, %o: memref<1x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      gate(%g : memref<1x1x32xf32>) beta(%beta : memref<1x1x32xf32>) initial_state(%s : memref<1x32x128x128xf32>)
      outs(%o : memref<1x1x32x128xbf16>) final_state(%s : memref<1x32x128x128xf32>)
  return
}

func.func @k_first_many(
    %q: memref<64x1x16x128xbf16>, %k: memref<64x1x16x128xbf16>, %v: memref<64x1x32x128xbf16>, %g: memref<64x1x32xf32>, %beta: memref<64x1x32xf32>,
    %s: memref<64x32x128x128xf32>, %o: memref<64x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<64x1x16x128xbf16>, memref<64x1x16x128xbf16>, memref<64x1x32x128xbf16>)
      gate(%g : memref<64x1x32xf32>) beta(%beta : memref<64x1x32xf32>) initial_state(%s : memref<64x32x128x128xf32>)
      outs(%o : memref<64x1x32x128xbf16>) final_state(%s : memref<64x32x128x128xf32>)
  return
}

func.func @k_first_any(
    %q: memref<?x1x16x128xbf16>, %k: memref<?x1x16x128xbf16>, %v: memref<?x1x32x128xbf16>, %g: memref<?x1x32xf32>, %beta: memref<?x1x32xf32>,
    %s: memref<?x32x128x128xf32>, %o: memref<?x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x1x16x128xbf16>, memref<?x1x16x128xbf16>, memref<?x1x32x128xbf16>)
      gate(%g : memref<?x1x32xf32>) beta(%beta : memref<?x1x32xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x1x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>)
  return
}

func.func @k_first_dependent(
    %q: memref<?x1x16x128xbf16>, %k: memref<?x1x16x128xbf16>, %v: memref<?x1x32x128xbf16>, %g: memref<?x1x32xf32>, %beta: memref<?x1x32xf32>,
    %s: memref<?x32x128x128xf32>, %o: memref<?x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x1x16x128xbf16>, memref<?x1x16x128xbf16>, memref<?x1x32x128xbf16>)
      gate(%g : memref<?x1x32xf32>) beta(%beta : memref<?x1x32xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x1x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>)
      {qk_l2norm, programmatic_dependent_launch}
  return
}

func.func @v_first_one(
    %q: memref<1x1x16x128xbf16>, %k: memref<1x1x16x128xbf16>, %v: memref<1x1x32x128xbf16>, %g: memref<1x1x32xf32>, %beta: memref<1x1x32xf32>,
    %s: memref<1x32x128x128xf32>, %o: memref<1x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      gate(%g : memref<1x1x32xf32>) beta(%beta : memref<1x1x32xf32>) initial_state(%s : memref<1x32x128x128xf32>)
      outs(%o : memref<1x1x32x128xbf16>) final_state(%s : memref<1x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @v_first_many(
    %q: memref<64x1x16x128xbf16>, %k: memref<64x1x16x128xbf16>, %v: memref<64x1x32x128xbf16>, %g: memref<64x1x32xf32>, %beta: memref<64x1x32xf32>,
    %s: memref<64x32x128x128xf32>, %o: memref<64x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<64x1x16x128xbf16>, memref<64x1x16x128xbf16>, memref<64x1x32x128xbf16>)
      gate(%g : memref<64x1x32xf32>) beta(%beta : memref<64x1x32xf32>) initial_state(%s : memref<64x32x128x128xf32>)
      outs(%o : memref<64x1x32x128xbf16>) final_state(%s : memref<64x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @v_first_any(
    %q: memref<?x1x16x128xbf16>, %k: memref<?x1x16x128xbf16>, %v: memref<?x1x32x128xbf16>, %g: memref<?x1x32xf32>, %beta: memref<?x1x32xf32>,
    %s: memref<?x32x128x128xf32>, %o: memref<?x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x1x16x128xbf16>, memref<?x1x16x128xbf16>, memref<?x1x32x128xbf16>)
      gate(%g : memref<?x1x32xf32>) beta(%beta : memref<?x1x32xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x1x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @v_first_dependent(
    %q: memref<?x1x16x128xbf16>, %k: memref<?x1x16x128xbf16>, %v: memref<?x1x32x128xbf16>, %g: memref<?x1x32xf32>, %beta: memref<?x1x32xf32>,
    %s: memref<?x32x128x128xf32>, %o: memref<?x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x1x16x128xbf16>, memref<?x1x16x128xbf16>, memref<?x1x32x128xbf16>)
      gate(%g : memref<?x1x32xf32>) beta(%beta : memref<?x1x32xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x1x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm, programmatic_dependent_launch}
  return
}
