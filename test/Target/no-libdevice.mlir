// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --gdr-serialize-kernels=format=ptx | FileCheck %s

// Kernels call no function of libdevice and keep nothing in local memory.

// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @softplus_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @sigmoid_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @bounded_sigmoid_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @half_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @packed_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @pool_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local
// CHECK:     gpu.binary @dynamic_kernels
// CHECK-NOT: __nv_
// CHECK-NOT: .local

!q = memref<2x1x2x128xbf16>
!v = memref<2x1x4x128xbf16>
!g = memref<2x1x4xbf16>
!p = memref<4xf32>
!s = memref<2x4x128x128xf32>

func.func @softplus(%q: !q, %k: !q, %v: !v, %a: !g, %b: !g, %a_log: !p, %dt_bias: !p, %s: !s, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%a : !g) beta(%b : !g)
      A_log(%a_log : !p) dt_bias(%dt_bias : !p) initial_state(%s : !s)
      outs(%o : !v) final_state(%s : !s)
      {gate_form = #gdr.gate_form<softplus>, qk_l2norm, state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @sigmoid(%q: !q, %k: !q, %v: !v, %g: !g, %b: !g, %s: !s, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%b : !g)
      initial_state(%s : !s) outs(%o : !v) final_state(%s : !s)
      {beta_form = #gdr.beta_form<twice_sigmoid>, qk_l2norm}
  return
}

func.func @bounded_sigmoid(%q: !q, %k: !q, %v: !v, %a: !g, %b: !g, %a_log: !p, %s: !s, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%a : !g) beta(%b : !g) A_log(%a_log : !p)
      initial_state(%s : !s) outs(%o : !v) final_state(%s : !s)
      {gate_form = #gdr.gate_form<bounded_sigmoid>, lower_bound = -5.0 : f32,
       beta_form = #gdr.beta_form<sigmoid>}
  return
}

func.func @half(
    %q: memref<2x4x2x64xf16>, %g: memref<2x4x2xf32>, %initial: memref<2x2x64x64xf16>,
    %o: memref<2x4x2x64xf16>, %final: memref<2x2x64x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<2x4x2x64xf16>, memref<2x4x2x64xf16>, memref<2x4x2x64xf16>)
      gate(%g : memref<2x4x2xf32>) initial_state(%initial : memref<2x2x64x64xf16>)
      outs(%o : memref<2x4x2x64xf16>) final_state(%final : memref<2x2x64x64xbf16>)
  return
}

func.func @packed(
    %q: memref<1x?x2x64xf32>, %cu_seqlens: memref<?xi64>, %max: index, %s: memref<?x2x64x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x?x2x64xf32>, memref<1x?x2x64xf32>, memref<1x?x2x64xf32>)
      initial_state(%s : memref<?x2x64x64xf32>) cu_seqlens(%cu_seqlens : memref<?xi64>) max_seqlen(%max)
      outs(%q : memref<1x?x2x64xf32>) final_state(%s : memref<?x2x64x64xf32>)
  return
}

func.func @pool(
    %q: memref<?x1x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>, %rows: memref<?xi32>,
    %pool: memref<?x2x64x64xf32>, %o: memref<?x1x2x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<?x1x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x1x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x1x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>)
      initial_state(%pool : memref<?x2x64x64xf32>)
      read_indices(%rows : memref<?xi32>) write_indices(%rows : memref<?xi32>)
      outs(%o : memref<?x1x2x64xbf16>) final_state(%pool : memref<?x2x64x64xf32>)
      {programmatic_dependent_launch}
  return
}

func.func @dynamic(%q: memref<?x?x1x17xf32>, %v: memref<?x?x3x5xf32>, %s: memref<?x3x5x17xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<?x?x1x17xf32>, memref<?x?x1x17xf32>, memref<?x?x3x5xf32>)
      initial_state(%s : memref<?x3x5x17xf32>)
      outs(%v : memref<?x?x3x5xf32>) final_state(%s : memref<?x3x5x17xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}
