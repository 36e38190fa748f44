// RUN: gdr-opt %s | gdr-opt | FileCheck %s
// RUN: gdr-opt %s --mlir-print-op-generic | gdr-opt | FileCheck %s

// Nothing optional: defaults are not printed.
// CHECK-LABEL: func.func @minimal(
// CHECK-SAME:    %[[Q:.*]]: tensor<2x5x2x8xf32>, %[[K:.*]]: tensor<2x5x2x8xf32>, %[[V:.*]]: tensor<2x5x4x16xf32>, %[[O:.*]]: tensor<2x5x4x16xf32>
// CHECK:         %[[R:.*]] = gdr.gated_delta_rule ins(%[[Q]], %[[K]], %[[V]] : tensor<2x5x2x8xf32>, tensor<2x5x2x8xf32>, tensor<2x5x4x16xf32>)
// CHECK-SAME:      outs(%[[O]] : tensor<2x5x4x16xf32>) -> tensor<2x5x4x16xf32>
// CHECK-NEXT:    return %[[R]]
func.func @minimal(
    %q: tensor<2x5x2x8xf32>, %k: tensor<2x5x2x8xf32>, %v: tensor<2x5x4x16xf32>,
    %o: tensor<2x5x4x16xf32>) -> tensor<2x5x4x16xf32> {
  %0 = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<2x5x2x8xf32>, tensor<2x5x2x8xf32>, tensor<2x5x4x16xf32>)
      outs(%o : tensor<2x5x4x16xf32>)
      {state_layout = #gdr.state_layout<k_first>, gate_form = #gdr.gate_form<log>,
       beta_form = #gdr.beta_form<given>, l2norm_eps = 1.0e-6 : f32}
      -> tensor<2x5x4x16xf32>
  return %0 : tensor<2x5x4x16xf32>
}

// Every operand, given in another order than it is printed in, and every result.
// CHECK-LABEL: func.func @all_operands(
// CHECK:         %[[R:.*]]:3 = gdr.gated_delta_rule
// CHECK-SAME:      gate(%{{[^ )]*}} : tensor<1x?x4x8xbf16>)
// CHECK-SAME:      beta(%{{[^ )]*}} : tensor<1x?x4xf32>)
// CHECK-SAME:      A_log(%{{[^ )]*}} : tensor<4xf32>)
// CHECK-SAME:      dt_bias(%{{[^ )]*}} : tensor<4x8xbf16>)
// CHECK-SAME:      initial_state(%{{[^ )]*}} : tensor<?x4x8x16xf16>)
// CHECK-SAME:      cu_seqlens(%{{[^ )]*}} : tensor<?xi32>)
// CHECK-SAME:      max_seqlen(%{{[^ )]*}})
// CHECK-SAME:      read_indices(%{{[^ )]*}} : tensor<?xi32>)
// CHECK-SAME:      write_indices(%{{[^ )]*}} : tensor<?xi64>)
// CHECK-SAME:      num_accepted(%{{[^ )]*}} : tensor<?xi32>)
// CHECK-SAME:      snapshot_indices(%{{[^ )]*}} : tensor<?xi64>)
// CHECK-SAME:      outs(%{{[^ )]*}} : tensor<1x?x4x16xf16>)
// CHECK-SAME:      final_state(%{{[^ )]*}} : tensor<?x4x8x16xbf16>)
// CHECK-SAME:      snapshots(%{{[^ )]*}} : tensor<?x4x8x16xf32>)
// CHECK-DAG:       gate_form = #gdr.gate_form<softplus>
// CHECK-DAG:       snapshot_every = 64 : i64
// CHECK:         return %[[R]]#0, %[[R]]#1, %[[R]]#2
func.func @all_operands(
    %q: tensor<1x?x2x8xf16>, %k: tensor<1x?x2x8xf16>, %v: tensor<1x?x4x16xf16>,
    %g: tensor<1x?x4x8xbf16>, %beta: tensor<1x?x4xf32>, %a_log: tensor<4xf32>,
    %dt_bias: tensor<4x8xbf16>, %initial: tensor<?x4x8x16xf16>,
    %cu_seqlens: tensor<?xi32>, %max_seqlen: index, %read: tensor<?xi32>,
    %write: tensor<?xi64>, %accepted: tensor<?xi32>, %rows: tensor<?xi64>,
    %o: tensor<1x?x4x16xf16>, %final: tensor<?x4x8x16xbf16>,
    %snapshots: tensor<?x4x8x16xf32>)
    -> (tensor<1x?x4x16xf16>, tensor<?x4x8x16xbf16>, tensor<?x4x8x16xf32>) {
  %0:3 = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<1x?x2x8xf16>, tensor<1x?x2x8xf16>, tensor<1x?x4x16xf16>)
      snapshot_indices(%rows : tensor<?xi64>) num_accepted(%accepted : tensor<?xi32>)
      write_indices(%write : tensor<?xi64>) read_indices(%read : tensor<?xi32>)
      max_seqlen(%max_seqlen) cu_seqlens(%cu_seqlens : tensor<?xi32>)
      initial_state(%initial : tensor<?x4x8x16xf16>) dt_bias(%dt_bias : tensor<4x8xbf16>)
      A_log(%a_log : tensor<4xf32>) beta(%beta : tensor<1x?x4xf32>)
      gate(%g : tensor<1x?x4x8xbf16>)
      outs(%o : tensor<1x?x4x16xf16>)
      snapshots(%snapshots : tensor<?x4x8x16xf32>)
      final_state(%final : tensor<?x4x8x16xbf16>)
      {gate_form = #gdr.gate_form<softplus>, snapshot_every = 64 : i64}
      -> tensor<1x?x4x16xf16>, tensor<?x4x8x16xbf16>, tensor<?x4x8x16xf32>
  return %0#0, %0#1, %0#2 : tensor<1x?x4x16xf16>, tensor<?x4x8x16xbf16>, tensor<?x4x8x16xf32>
}

// Every attribute.
// CHECK-LABEL: func.func @all_attributes(
// CHECK:         gdr.gated_delta_rule
// CHECK-DAG:       beta_form = #gdr.beta_form<twice_sigmoid>
// CHECK-DAG:       gate_form = #gdr.gate_form<bounded_sigmoid>
// CHECK-DAG:       l2norm_eps = 9.99999974E-6 : f32
// CHECK-DAG:       lower_bound = -5.000000e+00 : f32
// CHECK-DAG:       programmatic_dependent_launch
// CHECK-DAG:       qk_l2norm
// CHECK-DAG:       scale = 2.500000e-01 : f32
// CHECK-DAG:       schedule = #gdr.schedule<lanes = 4, columns = 2, warps = 2, key_warps = 8>
// CHECK-DAG:       state_layout = #gdr.state_layout<v_first>
func.func @all_attributes(
    %q: tensor<1x4x2x8xbf16>, %k: tensor<1x4x2x8xbf16>, %v: tensor<1x4x2x16xbf16>,
    %g: tensor<1x4x2x8xf32>, %beta: tensor<1x4x2xbf16>, %a_log: tensor<2xf32>,
    %state: tensor<1x2x16x8xf32>, %o: tensor<1x4x2x16xbf16>)
    -> (tensor<1x4x2x16xbf16>, tensor<1x2x16x8xf32>) {
  %0:2 = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>, tensor<1x4x2x16xbf16>)
      gate(%g : tensor<1x4x2x8xf32>) beta(%beta : tensor<1x4x2xbf16>) A_log(%a_log : tensor<2xf32>)
      initial_state(%state : tensor<1x2x16x8xf32>)
      outs(%o : tensor<1x4x2x16xbf16>) final_state(%state : tensor<1x2x16x8xf32>)
      {scale = 0.25 : f32, state_layout = #gdr.state_layout<v_first>, qk_l2norm,
       l2norm_eps = 1.0e-5 : f32, gate_form = #gdr.gate_form<bounded_sigmoid>,
       lower_bound = -5.0 : f32, beta_form = #gdr.beta_form<twice_sigmoid>,
       programmatic_dependent_launch,
       schedule = #gdr.schedule<lanes = 4, columns = 2, warps = 2, key_warps = 8>}
      -> tensor<1x4x2x16xbf16>, tensor<1x2x16x8xf32>
  return %0#0, %0#1 : tensor<1x4x2x16xbf16>, tensor<1x2x16x8xf32>
}

// CHECK-LABEL: func.func @beta_sigmoid(
// CHECK:         beta_form = #gdr.beta_form<sigmoid>
func.func @beta_sigmoid(
    %q: memref<1x4x2x8xf32>, %v: memref<1x4x2x8xf32>, %beta: memref<1x4x2xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x4x2x8xf32>, memref<1x4x2x8xf32>, memref<1x4x2x8xf32>)
      beta(%beta : memref<1x4x2xf32>)
      outs(%v : memref<1x4x2x8xf32>)
      {beta_form = #gdr.beta_form<sigmoid>}
  return
}

// Strides are free on all but the last dimension. One state pool serves as both
// states, one index buffer as both indices.
// CHECK-LABEL: func.func @memrefs(
// CHECK-SAME:    %[[Q:.*]]: memref<?x1x16x128xbf16, strided<[8192, 8192, 128, 1], offset: ?>>
// CHECK-SAME:    %[[POOL:[^:]*]]: memref<?x32x128x128xf32>, %[[ROWS:[^:]*]]: memref<?xi64>
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      initial_state(%[[POOL]] : memref<?x32x128x128xf32>)
// CHECK-SAME:      read_indices(%[[ROWS]] : memref<?xi64>)
// CHECK-SAME:      write_indices(%[[ROWS]] : memref<?xi64>)
// CHECK-SAME:      final_state(%[[POOL]] : memref<?x32x128x128xf32>)
// CHECK-NOT:       ->
// CHECK:         return
func.func @memrefs(
    %q: memref<?x1x16x128xbf16, strided<[8192, 8192, 128, 1], offset: ?>>,
    %k: memref<?x1x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>,
    %v: memref<?x1x32x128xbf16>, %pool: memref<?x32x128x128xf32>,
    %rows: memref<?xi64>, %o: memref<?x1x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x1x16x128xbf16, strided<[8192, 8192, 128, 1], offset: ?>>,
                       memref<?x1x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x1x32x128xbf16>)
      initial_state(%pool : memref<?x32x128x128xf32>)
      read_indices(%rows : memref<?xi64>) write_indices(%rows : memref<?xi64>)
      outs(%o : memref<?x1x32x128xbf16>)
      final_state(%pool : memref<?x32x128x128xf32>)
  return
}

// All sizes may be dynamic, also for memrefs.
// CHECK-LABEL: func.func @dynamic(
// CHECK:         gdr.gated_delta_rule ins(%{{.*}} : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>, memref<?x?x?x?xf32>)
func.func @dynamic(%qkv: memref<?x?x?x?xf32>, %state: memref<?x?x?x?xf32>) {
  gdr.gated_delta_rule
      ins(%qkv, %qkv, %qkv : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>, memref<?x?x?x?xf32>)
      initial_state(%state : memref<?x?x?x?xf32>)
      outs(%qkv : memref<?x?x?x?xf32>) final_state(%state : memref<?x?x?x?xf32>)
  return
}

// No tokens, no sequences.
// CHECK-LABEL: func.func @empty(
// CHECK:         gdr.gated_delta_rule
// CHECK:         gdr.gated_delta_rule
func.func @empty(
    %q: tensor<0x0x2x8xf32>, %v: tensor<0x0x2x8xf32>, %state: tensor<0x2x8x8xf32>,
    %packed: tensor<1x0x2x8xf32>, %cu_seqlens: tensor<1xi32>)
    -> (tensor<0x0x2x8xf32>, tensor<0x2x8x8xf32>, tensor<1x0x2x8xf32>) {
  %0:2 = gdr.gated_delta_rule
      ins(%q, %q, %v : tensor<0x0x2x8xf32>, tensor<0x0x2x8xf32>, tensor<0x0x2x8xf32>)
      initial_state(%state : tensor<0x2x8x8xf32>)
      outs(%v : tensor<0x0x2x8xf32>) final_state(%state : tensor<0x2x8x8xf32>)
      -> tensor<0x0x2x8xf32>, tensor<0x2x8x8xf32>
  %1 = gdr.gated_delta_rule
      ins(%packed, %packed, %packed : tensor<1x0x2x8xf32>, tensor<1x0x2x8xf32>, tensor<1x0x2x8xf32>)
      initial_state(%state : tensor<0x2x8x8xf32>) cu_seqlens(%cu_seqlens : tensor<1xi32>)
      outs(%packed : tensor<1x0x2x8xf32>) -> tensor<1x0x2x8xf32>
  return %0#0, %0#1, %1 : tensor<0x0x2x8xf32>, tensor<0x2x8x8xf32>, tensor<1x0x2x8xf32>
}

// The recurrent form has the same operands and attributes.
// CHECK-LABEL: func.func @recurrent(
// CHECK:         %{{.*}}:2 = gdr.recurrent ins(
// CHECK-SAME:      gate(%{{[^ )]*}} : tensor<1x1x2xf32>)
// CHECK-SAME:      schedule = #gdr.schedule<lanes = 8, columns = 2, warps = 4>
// CHECK:         gdr.recurrent ins(
// CHECK-SAME:      read_indices(%{{[^ )]*}} : memref<3xi32>)
func.func @recurrent(
    %q: tensor<1x1x2x8xbf16>, %v: tensor<1x1x2x8xbf16>, %g: tensor<1x1x2xf32>,
    %state: tensor<1x2x8x8xf32>, %qm: memref<3x1x2x8xf16>,
    %pool: memref<7x2x8x8xf32>, %rows: memref<3xi32>)
    -> (tensor<1x1x2x8xbf16>, tensor<1x2x8x8xf32>) {
  %0:2 = gdr.recurrent
      ins(%q, %q, %v : tensor<1x1x2x8xbf16>, tensor<1x1x2x8xbf16>, tensor<1x1x2x8xbf16>)
      gate(%g : tensor<1x1x2xf32>) initial_state(%state : tensor<1x2x8x8xf32>)
      outs(%v : tensor<1x1x2x8xbf16>) final_state(%state : tensor<1x2x8x8xf32>)
      {scale = 1.0 : f32, schedule = #gdr.schedule<lanes = 8, columns = 2, warps = 4, key_warps = 1>}
      -> tensor<1x1x2x8xbf16>, tensor<1x2x8x8xf32>
  gdr.recurrent
      ins(%qm, %qm, %qm : memref<3x1x2x8xf16>, memref<3x1x2x8xf16>, memref<3x1x2x8xf16>)
      initial_state(%pool : memref<7x2x8x8xf32>) read_indices(%rows : memref<3xi32>)
      outs(%qm : memref<3x1x2x8xf16>)
  return %0#0, %0#1 : tensor<1x1x2x8xbf16>, tensor<1x2x8x8xf32>
}

// Limits of the schedule's parameters.
// CHECK-LABEL: func.func private @schedules(
// CHECK-SAME:    #gdr.schedule<lanes = 1, columns = 1, warps = 32>
// CHECK-SAME:    #gdr.schedule<lanes = 32, columns = 256, warps = 1, key_warps = 32>
func.func private @schedules() attributes {
  test.schedules = [#gdr.schedule<lanes = 1, columns = 1, warps = 32>,
                    #gdr.schedule<lanes = 32, columns = 256, warps = 1, key_warps = 32>]}

// CHECK-LABEL: func.func @tensor_maps(
// CHECK-SAME:    %[[X:[^:]*]]: memref<?x64xbf16, strided<[?, 1], offset: ?>>, %[[Y:[^:]*]]: memref<7xf32>
// CHECK:         gdr.fits_boxes %[[X]], %[[Y]] : memref<?x64xbf16, strided<[?, 1], offset: ?>>, memref<7xf32>
// CHECK:         gdr.fits_boxes %{{.*}} : tensor<?x64xbf16>
// CHECK:         gdr.encode_tensor_map %[[Y]] box [256] : memref<7xf32> -> !llvm.ptr
// CHECK:         gdr.expect_boxes %[[X]], %[[Y]] : memref<?x64xbf16, strided<[?, 1], offset: ?>>, memref<7xf32>
func.func @tensor_maps(%x: memref<?x64xbf16, strided<[?, 1], offset: ?>>, %y: memref<7xf32>, %z: tensor<?x64xbf16>) -> (i1, i1, !llvm.ptr) {
  %0 = gdr.fits_boxes %x, %y : memref<?x64xbf16, strided<[?, 1], offset: ?>>, memref<7xf32>
  %2 = gdr.fits_boxes %z : tensor<?x64xbf16>
  %1 = gdr.encode_tensor_map %y box [256] swizzle 0 : memref<7xf32> -> !llvm.ptr
  gdr.expect_boxes %x, %y : memref<?x64xbf16, strided<[?, 1], offset: ?>>, memref<7xf32>
  return %0, %2, %1 : i1, i1, !llvm.ptr
}
