// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-compile=chip=sm_80 --gdr-serialize-kernels -o %t.sm_80.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_80.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_89 --gdr-serialize-kernels -o %t.sm_89.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_89.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels -o %t.sm_90a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_90a.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_100a --gdr-serialize-kernels -o %t.sm_100a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_100a.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_120a --gdr-serialize-kernels -o %t.sm_120a.mlir 2>&1 | count 0
// RUN: FileCheck %s --input-file=%t.sm_120a.mlir

// ptxas has nothing to say about these kernels, and spills no register.
// (T dynamic: one kernel for one token and one for more.)
// CHECK:      gpu.binary @k64_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k96_v192_ratio3_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k192_v96_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k256_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k256_t4_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k17_v5_ratio3_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k100_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k128_bf16_state_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k128_f16_state_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k128_f32_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k128_dynamic_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK:      gpu.binary @k256_dynamic_f16_state_kernels
// CHECK-SAME:   spill_bytes = 0 : i64
// CHECK-SAME:   spill_bytes = 0 : i64

func.func @k64(
    %q: memref<1x1x4x64xbf16>, %k: memref<1x1x4x64xbf16>, %v: memref<1x1x4x64xbf16>, %g: memref<1x1x4xf32>, %beta: memref<1x1x4xf32>,
    %s: memref<1x4x64x64xf32>, %o: memref<1x1x4x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x4x64xbf16>, memref<1x1x4x64xbf16>, memref<1x1x4x64xbf16>)
      gate(%g : memref<1x1x4xf32>) beta(%beta : memref<1x1x4xf32>) initial_state(%s : memref<1x4x64x64xf32>)
      outs(%o : memref<1x1x4x64xbf16>) final_state(%s : memref<1x4x64x64xf32>)
  return
}

func.func @k96_v192_ratio3(
    %q: memref<1x1x2x96xbf16>, %k: memref<1x1x2x96xbf16>, %v: memref<1x1x6x192xbf16>, %g: memref<1x1x6xf32>, %beta: memref<1x1x6xf32>,
    %s: memref<1x6x96x192xf32>, %o: memref<1x1x6x192xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x2x96xbf16>, memref<1x1x2x96xbf16>, memref<1x1x6x192xbf16>)
      gate(%g : memref<1x1x6xf32>) beta(%beta : memref<1x1x6xf32>) initial_state(%s : memref<1x6x96x192xf32>)
      outs(%o : memref<1x1x6x192xbf16>) final_state(%s : memref<1x6x96x192xf32>)
  return
}

func.func @k192_v96(
    %q: memref<1x4x2x192xf16>, %k: memref<1x4x2x192xf16>, %v: memref<1x4x2x96xf16>, %g: memref<1x4x2xf32>, %beta: memref<1x4x2xf32>,
    %s: memref<1x2x192x96xf32>, %o: memref<1x4x2x96xf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x4x2x192xf16>, memref<1x4x2x192xf16>, memref<1x4x2x96xf16>)
      gate(%g : memref<1x4x2xf32>) beta(%beta : memref<1x4x2xf32>) initial_state(%s : memref<1x2x192x96xf32>)
      outs(%o : memref<1x4x2x96xf16>) final_state(%s : memref<1x2x192x96xf32>)
  return
}

func.func @k256(
    %q: memref<1x1x2x256xbf16>, %k: memref<1x1x2x256xbf16>, %v: memref<1x1x4x256xbf16>, %g: memref<1x1x4xf32>, %beta: memref<1x1x4xf32>,
    %s: memref<1x4x256x256xf32>, %o: memref<1x1x4x256xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x2x256xbf16>, memref<1x1x2x256xbf16>, memref<1x1x4x256xbf16>)
      gate(%g : memref<1x1x4xf32>) beta(%beta : memref<1x1x4xf32>) initial_state(%s : memref<1x4x256x256xf32>)
      outs(%o : memref<1x1x4x256xbf16>) final_state(%s : memref<1x4x256x256xf32>)
  return
}

func.func @k256_t4(
    %q: memref<1x4x2x256xbf16>, %k: memref<1x4x2x256xbf16>, %v: memref<1x4x4x256xbf16>, %g: memref<1x4x4xf32>, %beta: memref<1x4x4xf32>,
    %s: memref<1x4x256x256xf32>, %o: memref<1x4x4x256xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x4x2x256xbf16>, memref<1x4x2x256xbf16>, memref<1x4x4x256xbf16>)
      gate(%g : memref<1x4x4xf32>) beta(%beta : memref<1x4x4xf32>) initial_state(%s : memref<1x4x256x256xf32>)
      outs(%o : memref<1x4x4x256xbf16>) final_state(%s : memref<1x4x256x256xf32>)
  return
}

func.func @k17_v5_ratio3(
    %q: memref<1x1x1x17xf32>, %k: memref<1x1x1x17xf32>, %v: memref<1x1x3x5xf32>, %g: memref<1x1x3xf32>, %beta: memref<1x1x3xf32>,
    %s: memref<1x3x17x5xf32>, %o: memref<1x1x3x5xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x1x17xf32>, memref<1x1x1x17xf32>, memref<1x1x3x5xf32>)
      gate(%g : memref<1x1x3xf32>) beta(%beta : memref<1x1x3xf32>) initial_state(%s : memref<1x3x17x5xf32>)
      outs(%o : memref<1x1x3x5xf32>) final_state(%s : memref<1x3x17x5xf32>)
  return
}

func.func @k100(
    %q: memref<1x4x2x100xf32>, %k: memref<1x4x2x100xf32>, %v: memref<1x4x2x100xf32>, %g: memref<1x4x2xf32>, %beta: memref<1x4x2xf32>,
    %s: memref<1x2x100x100xf32>, %o: memref<1x4x2x100xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x4x2x100xf32>, memref<1x4x2x100xf32>, memref<1x4x2x100xf32>)
      gate(%g : memref<1x4x2xf32>) beta(%beta : memref<1x4x2xf32>) initial_state(%s : memref<1x2x100x100xf32>)
      outs(%o : memref<1x4x2x100xf32>) final_state(%s : memref<1x2x100x100xf32>)
  return
}

func.func @k128_bf16_state(
    %q: memref<1x1x16x128xbf16>, %k: memref<1x1x16x128xbf16>, %v: memref<1x1x32x128xbf16>, %g: memref<1x1x32xf32>, %beta: memref<1x1x32xf32>,
    %s: memref<1x32x128x128xbf16>, %o: memref<1x1x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      gate(%g : memref<1x1x32xf32>) beta(%beta : memref<1x1x32xf32>) initial_state(%s : memref<1x32x128x128xbf16>)
      outs(%o : memref<1x1x32x128xbf16>) final_state(%s : memref<1x32x128x128xbf16>)
  return
}

func.func @k128_f16_state(
    %q: memref<1x1x16x128xf16>, %k: memref<1x1x16x128xf16>, %v: memref<1x1x32x128xf16>, %g: memref<1x1x32xf32>, %beta: memref<1x1x32xf32>,
    %s: memref<1x32x128x128xf16>, %o: memref<1x1x32x128xf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x16x128xf16>, memref<1x1x16x128xf16>, memref<1x1x32x128xf16>)
      gate(%g : memref<1x1x32xf32>) beta(%beta : memref<1x1x32xf32>) initial_state(%s : memref<1x32x128x128xf16>)
      outs(%o : memref<1x1x32x128xf16>) final_state(%s : memref<1x32x128x128xf16>)
  return
}

func.func @k128_f32(
    %q: memref<1x4x16x128xf32>, %k: memref<1x4x16x128xf32>, %v: memref<1x4x32x128xf32>, %g: memref<1x4x32xf32>, %beta: memref<1x4x32xf32>,
    %s: memref<1x32x128x128xf32>, %o: memref<1x4x32x128xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x4x16x128xf32>, memref<1x4x16x128xf32>, memref<1x4x32x128xf32>)
      gate(%g : memref<1x4x32xf32>) beta(%beta : memref<1x4x32xf32>) initial_state(%s : memref<1x32x128x128xf32>)
      outs(%o : memref<1x4x32x128xf32>) final_state(%s : memref<1x32x128x128xf32>)
  return
}

func.func @k128_dynamic(
    %q: memref<?x?x16x128xbf16>, %k: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>, %g: memref<?x?x32xf32>, %beta: memref<?x?x32xf32>,
    %s: memref<?x32x128x128xf32>, %o: memref<?x?x32x128xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>)
      gate(%g : memref<?x?x32xf32>) beta(%beta : memref<?x?x32xf32>) initial_state(%s : memref<?x32x128x128xf32>)
      outs(%o : memref<?x?x32x128xbf16>) final_state(%s : memref<?x32x128x128xf32>)
  return
}

func.func @k256_dynamic_f16_state(
    %q: memref<?x?x2x256xf16>, %k: memref<?x?x2x256xf16>, %v: memref<?x?x4x256xf16>, %g: memref<?x?x4xf32>, %beta: memref<?x?x4xf32>,
    %s: memref<?x4x256x256xf16>, %o: memref<?x?x4x256xf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x?x2x256xf16>, memref<?x?x2x256xf16>, memref<?x?x4x256xf16>)
      gate(%g : memref<?x?x4xf32>) beta(%beta : memref<?x?x4xf32>) initial_state(%s : memref<?x4x256x256xf16>)
      outs(%o : memref<?x?x4x256xf16>) final_state(%s : memref<?x4x256x256xf16>)
  return
}
