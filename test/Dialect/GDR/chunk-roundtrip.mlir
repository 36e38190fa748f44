// RUN: gdr-opt %s | gdr-opt | FileCheck %s
// RUN: gdr-opt %s --mlir-print-op-generic | gdr-opt | FileCheck %s

// Nothing optional: defaults are not printed. Three chunks of each sequence.
// CHECK-LABEL: func.func @minimal(
// CHECK-SAME:    %[[Q:.*]]: tensor<2x40x2x8xf32>, %[[V:.*]]: tensor<2x40x4x16xf32>, %[[T:.*]]: tensor<6x4x16x16xf32>, %[[L:.*]]: tensor<6x4x4x16xf32>
// CHECK:         %[[P:.*]]:3 = gdr.chunk_prepare ins(%[[Q]], %[[Q]] : tensor<2x40x2x8xf32>, tensor<2x40x2x8xf32>)
// CHECK-SAME:      outs(%[[T]], %[[T]], %[[L]] : tensor<6x4x16x16xf32>, tensor<6x4x16x16xf32>, tensor<6x4x4x16xf32>)
// CHECK-SAME:      -> tensor<6x4x16x16xf32>, tensor<6x4x16x16xf32>, tensor<6x4x4x16xf32>
// CHECK:         %[[O:.*]] = gdr.chunk_scan ins(%[[Q]], %[[Q]], %[[V]] : tensor<2x40x2x8xf32>, tensor<2x40x2x8xf32>, tensor<2x40x4x16xf32>)
// CHECK-SAME:      chunks(%[[P]]#0, %[[P]]#1, %[[P]]#2 : tensor<6x4x16x16xf32>, tensor<6x4x16x16xf32>, tensor<6x4x4x16xf32>)
// CHECK-SAME:      outs(%[[V]] : tensor<2x40x4x16xf32>) -> tensor<2x40x4x16xf32>
// CHECK-NEXT:    return %[[O]]
func.func @minimal(
    %q: tensor<2x40x2x8xf32>, %v: tensor<2x40x4x16xf32>,
    %t: tensor<6x4x16x16xf32>, %l: tensor<6x4x4x16xf32>) -> tensor<2x40x4x16xf32> {
  %p:3 = gdr.chunk_prepare ins(%q, %q : tensor<2x40x2x8xf32>, tensor<2x40x2x8xf32>)
      outs(%t, %t, %l : tensor<6x4x16x16xf32>, tensor<6x4x16x16xf32>, tensor<6x4x4x16xf32>)
      {tile_layout = #gdr.tile_layout<row_major>, l2norm_eps = 1.0e-6 : f32}
      -> tensor<6x4x16x16xf32>, tensor<6x4x16x16xf32>, tensor<6x4x4x16xf32>
  %o = gdr.chunk_scan ins(%q, %q, %v : tensor<2x40x2x8xf32>, tensor<2x40x2x8xf32>, tensor<2x40x4x16xf32>)
      chunks(%p#0, %p#1, %p#2 : tensor<6x4x16x16xf32>, tensor<6x4x16x16xf32>, tensor<6x4x4x16xf32>)
      outs(%v : tensor<2x40x4x16xf32>) -> tensor<2x40x4x16xf32>
  return %o : tensor<2x40x4x16xf32>
}

// Every operand and attribute, on memrefs.
// CHECK-LABEL: func.func @everything(
// CHECK:         gdr.chunk_prepare
// CHECK-SAME:      gate(%{{[^ )]*}} : memref<1x?x4xbf16>)
// CHECK-SAME:      beta(%{{[^ )]*}} : memref<1x?x4xf32>)
// CHECK-SAME:      A_log(%{{[^ )]*}} : memref<4xf32>)
// CHECK-SAME:      dt_bias(%{{[^ )]*}} : memref<4xbf16>)
// CHECK-SAME:      cu_seqlens(%{{[^ )]*}} : memref<?xi32>)
// CHECK-SAME:      outs(%{{.*}} : memref<?x4x64x64xbf16>, memref<?x4x64x64xbf16>, memref<?x4x4x64xf32>)
// CHECK-DAG:       beta_form = #gdr.beta_form<sigmoid>
// CHECK-DAG:       gate_form = #gdr.gate_form<softplus>
// CHECK-DAG:       qk_l2norm
// CHECK-DAG:       scale = 5.000000e-01 : f32
// CHECK-DAG:       schedule = #gdr.chunked<{{(chunk_size = 64, )?}}columns = 32, stages = 2>
// CHECK-DAG:       tile_layout = #gdr.tile_layout<swizzle_128b>
// CHECK:         gdr.chunk_scan
// CHECK-SAME:      chunks(
// CHECK-SAME:      initial_state(%{{[^ )]*}} : memref<?x4x16x8xf32>)
// CHECK-SAME:      cu_seqlens(%{{[^ )]*}} : memref<?xi32>)
// CHECK-SAME:      max_seqlen(%{{[^ )]*}})
// CHECK-SAME:      read_indices(%{{[^ )]*}} : memref<?xi32>)
// CHECK-SAME:      write_indices(%{{[^ )]*}} : memref<?xi32>)
// CHECK-SAME:      snapshot_indices(%{{[^ )]*}} : memref<?xi32>)
// CHECK-SAME:      final_state(%{{[^ )]*}} : memref<?x4x16x8xf32>)
// CHECK-SAME:      snapshots(%{{[^ )]*}} : memref<?x4x16x8xf32>)
// CHECK-DAG:       snapshot_every = 64 : i64
// CHECK-DAG:       state_layout = #gdr.state_layout<v_first>
func.func @everything(
    %q: memref<1x?x2x8xbf16, strided<[?, ?, ?, 1], offset: ?>>, %v: memref<1x?x4x16xbf16>,
    %g: memref<1x?x4xbf16>, %beta: memref<1x?x4xf32>, %a_log: memref<4xf32>,
    %dt_bias: memref<4xbf16>, %cu_seqlens: memref<?xi32>, %max: index, %rows: memref<?xi32>,
    %t: memref<?x4x64x64xbf16>, %l: memref<?x4x4x64xf32>, %state: memref<?x4x16x8xf32>) {
  gdr.chunk_prepare
      ins(%q, %q : memref<1x?x2x8xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                   memref<1x?x2x8xbf16, strided<[?, ?, ?, 1], offset: ?>>)
      gate(%g : memref<1x?x4xbf16>) beta(%beta : memref<1x?x4xf32>)
      A_log(%a_log : memref<4xf32>) dt_bias(%dt_bias : memref<4xbf16>)
      cu_seqlens(%cu_seqlens : memref<?xi32>)
      outs(%t, %t, %l : memref<?x4x64x64xbf16>, memref<?x4x64x64xbf16>, memref<?x4x4x64xf32>)
      {scale = 0.5 : f32, qk_l2norm, gate_form = #gdr.gate_form<softplus>,
       beta_form = #gdr.beta_form<sigmoid>, tile_layout = #gdr.tile_layout<swizzle_128b>,
       schedule = #gdr.chunked<chunk_size = 64, columns = 32, stages = 2>}
  gdr.chunk_scan
      ins(%q, %q, %v : memref<1x?x2x8xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<1x?x2x8xbf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<1x?x4x16xbf16>)
      chunks(%t, %t, %l : memref<?x4x64x64xbf16>, memref<?x4x64x64xbf16>, memref<?x4x4x64xf32>)
      initial_state(%state : memref<?x4x16x8xf32>)
      cu_seqlens(%cu_seqlens : memref<?xi32>) max_seqlen(%max)
      read_indices(%rows : memref<?xi32>) write_indices(%rows : memref<?xi32>)
      snapshot_indices(%rows : memref<?xi32>)
      outs(%v : memref<1x?x4x16xbf16>) final_state(%state : memref<?x4x16x8xf32>)
      snapshots(%state : memref<?x4x16x8xf32>)
      {state_layout = #gdr.state_layout<v_first>, snapshot_every = 64 : i64,
       tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<stages = 2>}
  return
}

// The public op may ask for the chunked form.
// CHECK-LABEL: func.func @rule(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      schedule = #gdr.chunked<chunk_size = 16>
func.func @rule(%q: memref<1x5x1x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x5x1x8xf32>, memref<1x5x1x8xf32>, memref<1x5x1x8xf32>)
      outs(%q : memref<1x5x1x8xf32>) {schedule = #gdr.chunked<chunk_size = 16>}
  return
}

// Defaults and limits of the schedule's parameters.
// CHECK-LABEL: func.func private @schedules(
// CHECK-SAME:    #gdr.chunked<>
// CHECK-SAME:    #gdr.chunked<chunk_size = 128, columns = 256>
// CHECK-SAME:    #gdr.chunked<{{(chunk_size = 64, )?}}columns = 32, heads = 1, overlap = false>
// CHECK-SAME:    #gdr.chunked<>
func.func private @schedules() attributes {
  test.schedules = [#gdr.chunked<chunk_size = 64, columns = 0>,
                    #gdr.chunked<chunk_size = 128, columns = 256>,
                    #gdr.chunked<columns = 32, heads = 1, overlap = false>,
                    #gdr.chunked<heads = 0, overlap = true>]}

// Schedules by sizes, on their own and on the public op.
// CHECK-LABEL: func.func private @alternatives(
// CHECK-SAME:    #gdr.alternative<least_tokens = 2, schedule = <>>
// CHECK-SAME:    #gdr.alternative<least_tokens = 0, least_sequences = 3, schedule = <columns = 128>>
// CHECK-SAME:    #gdr.alternatives<[<least_tokens = 1, schedule = <{{.*}}heads = 2>>]>
func.func private @alternatives() attributes {
  test.alternatives = [#gdr.alternative<least_tokens = 2, least_sequences = 0, schedule = <>>,
                       #gdr.alternative<least_tokens = 0, least_sequences = 3, schedule = <columns = 128>>,
                       #gdr.alternatives<[<least_tokens = 1, schedule = <heads = 2>>]>]}

// CHECK-LABEL: func.func @rule_with_alternatives(
// CHECK:         gdr.gated_delta_rule
// CHECK-SAME:      schedule = #gdr.alternatives<[
// CHECK-SAME:        <least_tokens = 16, least_sequences = 5, schedule = <columns = 64>>,
// CHECK-SAME:        <least_tokens = 24, schedule = <columns = 32, overlap = false>>]>
func.func @rule_with_alternatives(%q: memref<?x?x1x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<?x?x1x8xf32>, memref<?x?x1x8xf32>, memref<?x?x1x8xf32>)
      outs(%q : memref<?x?x1x8xf32>)
      {schedule = #gdr.alternatives<[
          <least_tokens = 16, least_sequences = 5, schedule = <columns = 64>>,
          <least_tokens = 24, schedule = <columns = 32, overlap = false>>]>}
  return
}
