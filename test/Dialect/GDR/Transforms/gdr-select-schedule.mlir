// RUN: gdr-opt %s --gdr-select-schedule | FileCheck %s
// RUN: gdr-opt %s --pass-pipeline="builtin.module(func.func(gdr-select-schedule{sm-count=1}))" | FileCheck %s
// RUN: gdr-opt %s --gdr-select-schedule | gdr-opt --gdr-select-schedule | FileCheck %s
// RUN: not gdr-opt %s --gdr-select-schedule=sm-count=many 2>&1 | FileCheck %s --check-prefix=OPTION

// OPTION: 'many' value invalid for

// CHECK-LABEL: func.func @none(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      schedule = #gdr.schedule<
// CHECK:         gdr.recurrent
// CHECK-SAME:      schedule = #gdr.schedule<
func.func @none(%q: memref<1x1x16x128xbf16>, %v: memref<1x1x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      outs(%v : memref<1x1x32x128xbf16>)
  gdr.recurrent
      ins(%q, %q, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      outs(%v : memref<1x1x32x128xbf16>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

// Only the heads and their dimensions need to be known.
// CHECK-LABEL: func.func @dynamic_batch_and_length(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      schedule = #gdr.schedule<
func.func @dynamic_batch_and_length(%q: tensor<?x?x2x64xf32>, %o: tensor<?x?x2x64xf32>) -> tensor<?x?x2x64xf32> {
  %0 = gdr.gated_delta_rule
      ins(%q, %q, %q : tensor<?x?x2x64xf32>, tensor<?x?x2x64xf32>, tensor<?x?x2x64xf32>)
      outs(%o : tensor<?x?x2x64xf32>) -> tensor<?x?x2x64xf32>
  return %0 : tensor<?x?x2x64xf32>
}

// Shapes at the edges.
// CHECK-LABEL: func.func @edges(
// CHECK-COUNT-6: schedule = #gdr.schedule<
func.func @edges(
    %empty: memref<0x0x1x1xf32>, %prime: memref<1x1x1x17xf32>, %v5: memref<1x1x1x5xf32>,
    %large: memref<65536x1x1x4096xf32>, %v1: memref<65536x1x3x1xf32>) {
  gdr.gated_delta_rule
      ins(%empty, %empty, %empty : memref<0x0x1x1xf32>, memref<0x0x1x1xf32>, memref<0x0x1x1xf32>)
      outs(%empty : memref<0x0x1x1xf32>)
  gdr.gated_delta_rule
      ins(%empty, %empty, %empty : memref<0x0x1x1xf32>, memref<0x0x1x1xf32>, memref<0x0x1x1xf32>)
      outs(%empty : memref<0x0x1x1xf32>) {state_layout = #gdr.state_layout<v_first>}
  gdr.gated_delta_rule
      ins(%prime, %prime, %v5 : memref<1x1x1x17xf32>, memref<1x1x1x17xf32>, memref<1x1x1x5xf32>)
      outs(%v5 : memref<1x1x1x5xf32>)
  gdr.gated_delta_rule
      ins(%prime, %prime, %v5 : memref<1x1x1x17xf32>, memref<1x1x1x17xf32>, memref<1x1x1x5xf32>)
      outs(%v5 : memref<1x1x1x5xf32>) {state_layout = #gdr.state_layout<v_first>}
  gdr.gated_delta_rule
      ins(%large, %large, %v1 : memref<65536x1x1x4096xf32>, memref<65536x1x1x4096xf32>, memref<65536x1x3x1xf32>)
      outs(%v1 : memref<65536x1x3x1xf32>)
  gdr.gated_delta_rule
      ins(%large, %large, %v1 : memref<65536x1x1x4096xf32>, memref<65536x1x1x4096xf32>, memref<65536x1x3x1xf32>)
      outs(%v1 : memref<65536x1x3x1xf32>) {state_layout = #gdr.state_layout<v_first>}
  return
}

// A schedule that is there stays.
// CHECK-LABEL: func.func @given(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      {schedule = #gdr.schedule<lanes = 1, columns = 3, warps = 7, key_warps = 2>}
func.func @given(%q: memref<1x1x2x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x64xf32>, memref<1x1x2x64xf32>, memref<1x1x2x64xf32>)
      outs(%q : memref<1x1x2x64xf32>)
      {schedule = #gdr.schedule<lanes = 1, columns = 3, warps = 7, key_warps = 2>}
  return
}

// A schedule is for GPU kernels, which need to know heads and dimensions.
// CHECK-LABEL: func.func @dynamic_heads(
// CHECK-NOT:     schedule
// CHECK-LABEL: func.func @in_a_loop(
func.func @dynamic_heads(
    %hk: memref<1x1x?x64xf32>, %hv: memref<1x1x4x64xf32>, %k: memref<1x1x2x?xf32>) {
  gdr.gated_delta_rule
      ins(%hk, %hk, %hv : memref<1x1x?x64xf32>, memref<1x1x?x64xf32>, memref<1x1x4x64xf32>)
      outs(%hv : memref<1x1x4x64xf32>)
  gdr.gated_delta_rule
      ins(%k, %k, %hv : memref<1x1x2x?xf32>, memref<1x1x2x?xf32>, memref<1x1x4x64xf32>)
      outs(%hv : memref<1x1x4x64xf32>)
  gdr.recurrent
      ins(%k, %k, %k : memref<1x1x2x?xf32>, memref<1x1x2x?xf32>, memref<1x1x2x?xf32>)
      outs(%k : memref<1x1x2x?xf32>)
  return
}

// CHECK:         scf.for
// CHECK:           gdr.gated_delta_rule
// CHECK-SAME:        schedule = #gdr.schedule<
func.func @in_a_loop(%q: memref<1x1x2x64xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    gdr.gated_delta_rule
        ins(%q, %q, %q : memref<1x1x2x64xf32>, memref<1x1x2x64xf32>, memref<1x1x2x64xf32>)
        outs(%q : memref<1x1x2x64xf32>)
  }
  return
}
