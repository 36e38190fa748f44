// RUN: gdr-opt %s --split-input-file --gdr-describe-arguments | FileCheck %s

// CHECK-LABEL: func.func @decode(
// CHECK-SAME:    memref<?x1x2x8xbf16> {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "q"},
// CHECK-SAME:    memref<?x1x2x8xbf16> {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "k"},
// CHECK-SAME:    memref<?x1x4x16xbf16> {gdr.dims = ["B", "T", "HV", "V"], gdr.name = "v"},
// CHECK-SAME:    memref<?x1x4xf32> {gdr.dims = ["B", "T", "HV"], gdr.name = "g"},
// CHECK-SAME:    memref<?x1x4xf32> {gdr.dims = ["B", "T", "HV"], gdr.name = "beta"},
// CHECK-SAME:    memref<4xf32> {gdr.dims = ["HV"], gdr.name = "A_log"},
// CHECK-SAME:    memref<4xf32> {gdr.dims = ["HV"], gdr.name = "dt_bias"},
// CHECK-SAME:    memref<?x4x16x8xf32> {gdr.dims = ["B", "HV", "V", "K"], gdr.name = "initial_state"},
// CHECK-SAME:    memref<?x1x4x16xbf16> {gdr.dims = ["B", "T", "HV", "V"], gdr.name = "o"},
// CHECK-SAME:    memref<?x4x16x8xf32> {gdr.dims = ["B", "HV", "V", "K"], gdr.name = "final_state"})
func.func @decode(
    %q: memref<?x1x2x8xbf16>, %k: memref<?x1x2x8xbf16>, %v: memref<?x1x4x16xbf16>,
    %g: memref<?x1x4xf32>, %beta: memref<?x1x4xf32>, %a_log: memref<4xf32>, %dt_bias: memref<4xf32>,
    %initial: memref<?x4x16x8xf32>, %o: memref<?x1x4x16xbf16>, %final: memref<?x4x16x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x1x2x8xbf16>, memref<?x1x2x8xbf16>, memref<?x1x4x16xbf16>)
      gate(%g : memref<?x1x4xf32>) beta(%beta : memref<?x1x4xf32>)
      A_log(%a_log : memref<4xf32>) dt_bias(%dt_bias : memref<4xf32>)
      initial_state(%initial : memref<?x4x16x8xf32>)
      outs(%o : memref<?x1x4x16xbf16>) final_state(%final : memref<?x4x16x8xf32>)
      {gate_form = #gdr.gate_form<softplus>, state_layout = #gdr.state_layout<v_first>}
  return
}

// -----

!q = memref<?x1x2x8xf32>
!pool = memref<?x2x8x8xf32>

// A pool has other dimensions than the batch; one pool for both states is "state".
// CHECK-LABEL: func.func @pool(
// CHECK-SAME:    {gdr.dims = ["N", "T", "HK", "K"], gdr.name = "q"},
// CHECK-SAME:    {gdr.dims = ["P", "HV", "K", "V"], gdr.name = "state"},
// CHECK-SAME:    memref<?xi32> {gdr.dims = ["N"], gdr.name = "read_indices"},
// CHECK-SAME:    memref<?xi32> {gdr.dims = ["N"], gdr.name = "write_indices"},
// CHECK-SAME:    {gdr.dims = ["N", "T", "HV", "V"], gdr.name = "o"})
func.func @pool(%q: !q, %pool: !pool, %read: memref<?xi32>, %write: memref<?xi32>, %o: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q)
      initial_state(%pool : !pool) read_indices(%read : memref<?xi32>) write_indices(%write : memref<?xi32>)
      outs(%o : !q) final_state(%pool : !pool)
  return
}

// Two pools may have different numbers of rows.
// CHECK-LABEL: func.func @two_pools(
// CHECK-SAME:    {gdr.dims = ["P", "HV", "K", "V"], gdr.name = "initial_state"},
// CHECK-SAME:    {gdr.dims = ["", "HV", "K", "V"], gdr.name = "final_state"},
func.func @two_pools(%q: !q, %from: !pool, %to: !pool, %rows: memref<?xi32>, %o: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q)
      initial_state(%from : !pool) read_indices(%rows : memref<?xi32>) write_indices(%rows : memref<?xi32>)
      outs(%o : !q) final_state(%to : !pool)
  return
}

// -----

!q = tensor<1x?x2x8xf32>
!s = tensor<?x2x8x8xf32>

// Packed sequences; results have names too.
// CHECK-LABEL: func.func @packed(
// CHECK-SAME:    {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "q"},
// CHECK-SAME:    tensor<1x?x2x8xf32> {gdr.dims = ["B", "T", "HV", "V"], gdr.name = "v"},
// CHECK-SAME:    {gdr.dims = ["N", "HV", "K", "V"], gdr.name = "state"},
// CHECK-SAME:    tensor<?xi64> {gdr.dims = ["N+1"], gdr.name = "cu_seqlens"},
// CHECK-SAME:    index {gdr.name = "max_seqlen"})
// CHECK-SAME:    -> (tensor<1x?x2x8xf32> {gdr.dims = ["B", "T", "HV", "V"], gdr.name = "o"},
// CHECK-SAME:        tensor<?x2x8x8xf32> {gdr.dims = ["N", "HV", "K", "V"], gdr.name = "final_state"})
func.func @packed(%q: !q, %v: !q, %s: !s, %cu_seqlens: tensor<?xi64>, %max: index) -> (!q, !s) {
  %c1 = arith.constant 1 : index
  %t = tensor.dim %q, %c1 : !q
  %empty = tensor.empty(%t) : !q
  %0:2 = gdr.gated_delta_rule ins(%q, %q, %v : !q, !q, !q)
      initial_state(%s : !s) cu_seqlens(%cu_seqlens : tensor<?xi64>) max_seqlen(%max)
      outs(%empty : !q) final_state(%s : !s) -> !q, !s
  return %0#0, %0#1 : !q, !s
}

// A gate per channel has one dimension more.
// CHECK-LABEL: func.func @per_channel(
// CHECK-SAME:    {gdr.dims = ["B", "T", "HV", "K"], gdr.name = "g"},
// CHECK-SAME:    {gdr.dims = ["HV", "K"], gdr.name = "dt_bias"}
func.func @per_channel(%q: !q, %g: !q, %a: tensor<2xf32>, %dt: tensor<2x8xf32>) -> !q {
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) gate(%g : !q)
      A_log(%a : tensor<2xf32>) dt_bias(%dt : tensor<2x8xf32>)
      outs(%q : !q) {gate_form = #gdr.gate_form<softplus>} -> !q
  return %0 : !q
}

// -----

!q = memref<1x4x2x8xf32>

// What is there stays.
// CHECK-LABEL: func.func @named(
// CHECK-SAME:    {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "query"},
// CHECK-SAME:    {gdr.dims = ["a", "b"], gdr.name = "v"})
func.func @named(%q: !q {gdr.name = "query"}, %v: !q {gdr.dims = ["a", "b"]}) {
  gdr.gated_delta_rule ins(%q, %q, %v : !q, !q, !q) outs(%v : !q)
  return
}

// Neither what is not an argument nor what another op uses has a name.
// CHECK-LABEL: func.func @views(
// CHECK-SAME:    %{{[^:]*}}: memref<1x4x6x8xf32>, %{{[^:]*}}: f32, %{{[^:]*}}: memref<1x4x2x8xf32> {gdr.dims = ["B", "T", "HV", "V"], gdr.name = "o"})
func.func @views(%qkv: memref<1x4x6x8xf32>, %other: f32, %o: !q) {
  %q = memref.subview %qkv[0, 0, 0, 0] [1, 4, 2, 8] [1, 1, 1, 1]
      : memref<1x4x6x8xf32> to memref<1x4x2x8xf32, strided<[192, 48, 8, 1]>>
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x4x2x8xf32, strided<[192, 48, 8, 1]>>,
                       memref<1x4x2x8xf32, strided<[192, 48, 8, 1]>>,
                       memref<1x4x2x8xf32, strided<[192, 48, 8, 1]>>)
      outs(%o : !q)
  return
}

// The argument of a loop's body is not one of the function.
// CHECK-LABEL: func.func @loop(
// CHECK-SAME:    %{{[^:]*}}: tensor<1x4x2x8xf32> {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "q"}, %{{[^:]*}}: tensor<1x4x2x8xf32>, %{{[^:]*}}: index)
// CHECK-SAME:    -> tensor<1x4x2x8xf32> {
func.func @loop(%q: tensor<1x4x2x8xf32>, %o: tensor<1x4x2x8xf32>, %n: index) -> tensor<1x4x2x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %o) -> tensor<1x4x2x8xf32> {
    %0 = gdr.gated_delta_rule
        ins(%q, %q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>)
        outs(%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    scf.yield %0 : tensor<1x4x2x8xf32>
  }
  return %r : tensor<1x4x2x8xf32>
}

// CHECK-LABEL: func.func @without_the_op(
// CHECK-SAME:    %{{[^:]*}}: memref<4xf32>)
func.func @without_the_op(%x: memref<4xf32>) {
  return
}

// CHECK-LABEL: func.func private @declaration(memref<1x4x2x8xf32>)
func.func private @declaration(!q)

// -----

!q = memref<?x?x2x8xf32>
!s = memref<?x2x8x8xf32>

// Snapshots have a pool of their own.
// CHECK-LABEL: func.func @snapshots(
// CHECK-SAME:    {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "q"},
// CHECK-SAME:    {gdr.dims = ["B", "HV", "K", "V"], gdr.name = "state"},
// CHECK-SAME:    memref<?xi32> {gdr.dims = ["M"], gdr.name = "snapshot_indices"},
// CHECK-SAME:    {gdr.dims = ["", "HV", "K", "V"], gdr.name = "snapshots"},
func.func @snapshots(%q: !q, %s: !s, %rows: memref<?xi32>, %snapshots: !s, %o: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) initial_state(%s : !s) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !q) final_state(%s : !s) snapshots(%snapshots : !s) {snapshot_every = 2 : i64}
  return
}
