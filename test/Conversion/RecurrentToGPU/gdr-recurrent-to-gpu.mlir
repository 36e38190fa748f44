// RUN: gdr-opt %s --split-input-file --gdr-recurrent-to-gpu --canonicalize | FileCheck %s

!q = memref<3x1x2x64xbf16>
!v = memref<3x1x4x64xbf16>
!g = memref<3x1x4xf32>
!s = memref<3x4x64x64xf32>

// V-first, one token. The launch is one-dimensional: 3 sequences times 4 heads
// times 64 columns in tiles of 4 warps * 4 groups * 2 columns. The state is
// updated in place, so that it is passed once.
// CHECK: module attributes {gpu.container_module}
// CHECK-LABEL: func.func @v_first(
// CHECK-NOT:     memref.alloc
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[BLOCKS:.*]] = arith.constant 24 : index
// CHECK-DAG:     %[[THREADS:.*]] = arith.constant 128 : index
// CHECK:         gpu.launch_func @v_first_kernels::@v_first_recurrent
// CHECK-SAME:      blocks in (%[[BLOCKS]], %[[ONE]], %[[ONE]])
// CHECK-SAME:      threads in (%[[THREADS]], %[[ONE]], %[[ONE]])
// CHECK-SAME:      args(%{{[^:]*}} : memref<bf16>, %{{[^:]*}} : memref<bf16>, %{{[^:]*}} : memref<bf16>,
// CHECK-SAME:           %{{[^:]*}} : memref<f32>, %{{[^:]*}} : memref<f32>,
// CHECK-SAME:           %[[S:[^:]*]] : memref<f32>, %{{[^:]*}} : memref<bf16>)
// CHECK-NOT:     gdr.recurrent

// CHECK:       gpu.module @v_first_kernels
// CHECK:         gpu.func @v_first_recurrent(
// CHECK-SAME:      %{{[^:]*}}: memref<bf16>, %{{[^:]*}}: memref<bf16>, %{{[^:]*}}: memref<bf16>, %{{[^:]*}}: memref<f32>,
// CHECK-SAME:      %{{[^:]*}}: memref<f32>, %[[STATE:[^:]*]]: memref<f32>, %[[O:[^:]*]]: memref<bf16>) kernel
// CHECK-SAME:      known_block_size = array<i32: 128, 1, 1>
// CHECK-NOT:     gpu.barrier
// CHECK-DAG:     %[[STATES:.*]] = memref.reinterpret_cast %[[STATE]] to
// CHECK-DAG:     %[[OUT:.*]] = memref.reinterpret_cast %[[O]] to
// A lane holds runs of four elements of K.
// CHECK:         vector.load %[[STATES]][{{.*}}] {alignment = 16 : i64, nontemporal = true} : {{.*}}, vector<4xf32>
// Both products of the old state and k . q in one round of reductions.
// CHECK:         gpu.subgroup_reduce add {{.*}} cluster(size = 8) : (vector<2xf32>)
// CHECK-NEXT:    gpu.subgroup_reduce add {{.*}} cluster(size = 8) : (vector<2xf32>)
// CHECK-NEXT:    gpu.subgroup_reduce add {{.*}} cluster(size = 8) : (f32)
// CHECK-NOT:     gpu.subgroup_reduce
// CHECK:         math.exp
// CHECK:         scf.if
// CHECK:           vector.store %{{.*}}, %[[OUT]][{{.*}}] {alignment = 4 : i64} : {{.*}}, vector<2xbf16>
// CHECK:         vector.store %{{.*}}, %[[STATES]][{{.*}}] {alignment = 16 : i64, nontemporal = true} : {{.*}}, vector<4xf32>
// CHECK:         gpu.return
func.func @v_first(%q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %state: !s, %o: !v) {
  gdr.recurrent ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g)
      initial_state(%state : !s) outs(%o : !v) final_state(%state : !s)
      {state_layout = #gdr.state_layout<v_first>,
       schedule = #gdr.schedule<lanes = 8, columns = 2, warps = 4>}
  return
}

// -----

!x = memref<1x1x2x64xf16>
!s = memref<1x2x64x64xbf16>

// K-first, 4 columns of V a thread: contiguous in memory. Neither gate nor beta
// nor norm: no exp and no rsqrt. The norm adds two sums.
// CHECK-LABEL: gpu.func @k_first_recurrent(
// CHECK-NOT:     math.
// CHECK:         vector.load %{{.*}}[{{.*}}] {alignment = 8 : i64, nontemporal = true} : {{.*}}, vector<4xbf16>
// CHECK:         arith.extf %{{.*}} : vector<4xbf16> to vector<4xf32>
// CHECK:         gpu.subgroup_reduce add {{.*}} cluster(size = 16) : (vector<4xf32>)
// CHECK-NOT:     math.
// CHECK:         arith.truncf %{{.*}} : vector<4xf32> to vector<4xf16>
// CHECK:         arith.truncf %{{.*}} : vector<4xf32> to vector<4xbf16>
// CHECK:         vector.store %{{.*}} {alignment = 8 : i64, nontemporal = true} : {{.*}}, vector<4xbf16>
func.func @k_first(%q: !x, %initial: !s, %o: !x, %final: !s) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%initial : !s)
      outs(%o : !x) final_state(%final : !s)
      {schedule = #gdr.schedule<lanes = 16, columns = 4, warps = 2>}
  return
}

// CHECK-LABEL: gpu.func @norm_recurrent(
// CHECK-COUNT-5: gpu.subgroup_reduce
// CHECK-COUNT-2: math.rsqrt
func.func @norm(%q: !x, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {qk_l2norm, schedule = #gdr.schedule<lanes = 16, columns = 4, warps = 2>}
  return
}

// One lane holds all of K: nothing to sum up over lanes.
// CHECK-LABEL: gpu.func @one_lane_recurrent(
// CHECK-NOT:     gpu.subgroup_reduce
// CHECK:         gpu.return
func.func @one_lane(%q: !x, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 1, columns = 1, warps = 2>}
  return
}

// -----

!x = memref<1x7x2x32xf32>
!s = memref<1x2x32x32xf32>

// Several tokens: the state is loaded before the loop and stored after it, and
// the next token's operands are loaded before the reductions of this one.
// CHECK-LABEL: gpu.func @tokens_recurrent(
// CHECK-SAME:    %{{[^:]*}}: memref<f32>, %[[SB:[^:]*]]: memref<f32>
// CHECK:         %[[S:.*]] = memref.reinterpret_cast %[[SB]]
// CHECK:         vector.load %[[S]][
// CHECK:         scf.for %[[T:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(
// CHECK-NOT:       vector.load %[[S]][
// CHECK:           %[[NEXT:.*]] = arith.addi %[[T]], %{{.*}} : index
// CHECK:           %[[BOUNDED:.*]] = arith.minsi %[[NEXT]],
// CHECK:           vector.load %{{.*}}[%{{[^,]*}}, %[[BOUNDED]],
// CHECK:           gpu.subgroup_reduce
// CHECK:           vector.store %{{.*}}, %{{.*}}[%{{[^,]*}}, %[[T]],
// CHECK-NOT:       vector.store %{{.*}}, %[[S]][
// CHECK:           scf.yield
// CHECK:         vector.store %{{.*}}, %[[S]][
func.func @tokens(%q: !x, %s: !s, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !s)
      outs(%o : !x) final_state(%s : !s)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// With a T that may be 0 nothing is loaded for tokens before it is known.
// CHECK-LABEL: gpu.func @dynamic_tokens_recurrent(
// CHECK-NOT:     vector.load
// CHECK:         arith.cmpi {{slt|sgt}}
// CHECK:         scf.if
// CHECK:           vector.load
// CHECK:           scf.for
func.func @dynamic_tokens(%q: memref<?x?x2x32xf32>, %o: memref<?x?x2x32xf32>) {
  gdr.recurrent
      ins(%q, %q, %q : memref<?x?x2x32xf32>, memref<?x?x2x32xf32>, memref<?x?x2x32xf32>)
      outs(%o : memref<?x?x2x32xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// No tokens: the state passes through.
// CHECK-LABEL: gpu.func @no_tokens_recurrent(
// CHECK-NOT:     scf.for
// CHECK:         %[[PART:.*]] = vector.load
// CHECK:         vector.store
// CHECK-NOT:     scf.for
// CHECK:         gpu.return
func.func @no_tokens(%q: memref<1x0x2x32xf32>, %s: !s, %o: memref<1x0x2x32xf32>, %final: !s) {
  gdr.recurrent
      ins(%q, %q, %q : memref<1x0x2x32xf32>, memref<1x0x2x32xf32>, memref<1x0x2x32xf32>)
      initial_state(%s : !s) outs(%o : memref<1x0x2x32xf32>) final_state(%final : !s)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x64xf32>

// Warps that share K exchange their sums through shared memory, in two slots.
// CHECK-LABEL: func.func @key_warps(
// CHECK:         %[[THREADS:.*]] = arith.constant 256 : index
// CHECK:         threads in (%[[THREADS]],
// CHECK:       gpu.func @key_warps_recurrent(
// CHECK-SAME:    workgroup(%[[EXCHANGE:.*]] : memref<2x4x16x4xf32, 3>)
// CHECK:         scf.for
// CHECK:           gpu.subgroup_reduce
// CHECK:           scf.if
// CHECK:             vector.store %{{.*}}, %[[EXCHANGE]][
// CHECK:           gpu.barrier
// CHECK-COUNT-4:   vector.load %[[EXCHANGE]][
// CHECK-NOT:       gpu.barrier
// CHECK:         gpu.return
func.func @key_warps(%q: !x, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 4, columns = 1, warps = 2, key_warps = 4>}
  return
}

// -----

!x = memref<?x1x2x64xf32>
!pool = memref<?x2x64x64xf32>
!rows = memref<?xi32>

// Rows come from the index buffers; a sequence with two negative ones is
// skipped.
// CHECK-LABEL: func.func @indices(
// CHECK:         %[[N:.*]] = memref.dim %{{.*}}, %{{.*}} : memref<?xi32>
// CHECK:         %[[BLOCKS:.*]] = arith.muli %[[N]],
// CHECK:         gpu.launch_func {{.*}} blocks in (%[[BLOCKS]],
// CHECK:       gpu.func @indices_recurrent(
// CHECK:         %[[READ32:.*]] = memref.load {{.*}} : memref<?xi32>
// CHECK:         %[[READ:.*]] = arith.index_cast %[[READ32]]
// CHECK:         %[[READS:.*]] = arith.cmpi sge, %[[READ]],
// CHECK:         %[[WRITE32:.*]] = memref.load {{.*}} : memref<?xi32>
// CHECK:         %[[WRITE:.*]] = arith.index_cast %[[WRITE32]]
// CHECK:         %[[WRITES:.*]] = arith.cmpi sge, %[[WRITE]],
// CHECK:         %[[ACTIVE:.*]] = arith.ori %[[READS]], %[[WRITES]]
// CHECK:         scf.if %[[ACTIVE]] {
// CHECK:           scf.if %[[READS]]
// CHECK:             vector.load %{{.*}}[%[[READ]],
// CHECK:           scf.if %[[WRITES]]
// CHECK:             vector.store %{{.*}}[%[[WRITE]],
func.func @indices(%q: !x, %pool: !pool, %read: !rows, %write: !rows, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x)
      initial_state(%pool : !pool) read_indices(%read : !rows) write_indices(%write : !rows)
      outs(%o : !x) final_state(%pool : !pool)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// With one kind of indices no sequence is skipped.
// CHECK-LABEL: gpu.func @read_indices_recurrent(
// CHECK-NOT:     arith.ori
// CHECK:         scf.if %{{.*}} -> (vector
// CHECK:         gpu.return
func.func @read_indices(%q: !x, %pool: !pool, %read: !rows, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x)
      initial_state(%pool : !pool) read_indices(%read : !rows) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x?x2x64xf32>

// Packed sequences: a kernel reads where its sequence begins and ends. The host
// reads only how many there are.
// CHECK-LABEL: func.func @packed(
// CHECK-NOT:     memref.load
// CHECK:         %[[SIZE:.*]] = memref.dim %{{.*}}, %{{.*}} : memref<?xi64>
// CHECK:         gpu.launch_func
// CHECK:       gpu.func @packed_recurrent(
// CHECK:         %[[BEGIN64:.*]] = memref.load {{.*}} : memref<?xi64>
// CHECK:         %[[BEGIN:.*]] = arith.index_cast %[[BEGIN64]]
// CHECK:         %[[END64:.*]] = memref.load {{.*}} : memref<?xi64>
// CHECK:         %[[END:.*]] = arith.index_cast %[[END64]]
// CHECK:         %[[SOME:.*]] = arith.cmpi slt, %[[BEGIN]], %[[END]]
// CHECK:         scf.if %[[SOME]]
// CHECK:           scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
func.func @packed(%q: !x, %cu_seqlens: memref<?xi64>, %max: index, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x)
      cu_seqlens(%cu_seqlens : memref<?xi64>) max_seqlen(%max) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x1x2x64xf32>
!s = memref<1x2x64x64xf32>
!pool = memref<?x2x64x64xf32>

// The state is read before the previous kernel ends, everything else after.
// CHECK-LABEL: func.func @dependent(
// CHECK:         gpu.launch_func {{.*}} {gdr.waits_for_dependency}
// CHECK:       gpu.func @dependent_recurrent(%[[QB:[^:]*]]: memref<f32>, %[[SB:[^:]*]]: memref<f32>
// CHECK-DAG:     %[[Q:.*]] = memref.reinterpret_cast %[[QB]]
// CHECK-DAG:     %[[S:.*]] = memref.reinterpret_cast %[[SB]]
// CHECK:         nvvm.griddepcontrol launch_dependents
// CHECK-NOT:     vector.load %[[Q]][
// CHECK:         vector.load %[[S]][
// CHECK-NOT:     vector.load %[[Q]][
// CHECK:         nvvm.griddepcontrol wait
// CHECK-NOT:     vector.load %[[S]][
// CHECK:         vector.load %[[Q]][
// CHECK:         vector.store
func.func @dependent(%q: !x, %s: !s, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) initial_state(%s : !s)
      outs(%o : !x) final_state(%s : !s)
      {programmatic_dependent_launch, schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// Where the state lies is an operand like any other.
// CHECK-LABEL: gpu.func @dependent_indices_recurrent(
// CHECK:         nvvm.griddepcontrol launch_dependents
// CHECK-NOT:     memref.load
// CHECK:         nvvm.griddepcontrol wait
// CHECK:         memref.load %{{.*}} : memref<1xi32>
// CHECK-NOT:     nvvm.griddepcontrol
// CHECK:         gpu.return
func.func @dependent_indices(%q: !x, %pool: !pool, %rows: memref<1xi32>, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x)
      initial_state(%pool : !pool) read_indices(%rows : memref<1xi32>) write_indices(%rows : memref<1xi32>)
      outs(%o : !x) final_state(%pool : !pool)
      {programmatic_dependent_launch, schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x1x1x17xf32>
!v = memref<1x1x3x5xf32>
!s = memref<1x3x17x5xf32>

// Lanes and columns beyond K and V load zeros from a place that exists, and
// store nothing. Three value heads of one key head.
// CHECK-LABEL: gpu.func @tails_recurrent(
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:         vector.load {{.*}} : memref<1x3x17x5xf32>, vector<1xf32>
// CHECK:         arith.select
// CHECK:         scf.if
// CHECK:           scf.if
// CHECK:             vector.store {{.*}} : memref<1x1x3x5xf32>, vector<1xf32>
// CHECK:         scf.if
// CHECK:           vector.store {{.*}} : memref<1x3x17x5xf32>, vector<1xf32>
func.func @tails(%q: !x, %v: !v, %s: !s) {
  gdr.recurrent ins(%q, %q, %v : !x, !x, !v) initial_state(%s : !s)
      outs(%v : !v) final_state(%s : !s)
      {schedule = #gdr.schedule<lanes = 4, columns = 2, warps = 1>}
  return
}

// -----

!x = memref<?x1x2x64xf32, strided<[?, ?, 64, 1], offset: ?>>

// What the type leaves open is passed: the offset, one size, two strides.
// CHECK-LABEL: func.func @strided(
// CHECK:         gpu.launch_func
// CHECK-SAME:      args(%{{[^:]*}} : memref<f32>, %{{[^:]*}} : index, %{{[^:]*}} : index, %{{[^:]*}} : index, %{{[^:]*}} : index, %{{[^:]*}} : memref<f32>
// CHECK:       gpu.func @strided_recurrent(%[[BASE:[^:]*]]: memref<f32>, %[[OFFSET:[^:]*]]: index, %[[SIZE:[^:]*]]: index, %[[S0:[^:]*]]: index, %[[S1:[^:]*]]: index
// CHECK:         memref.reinterpret_cast %[[BASE]] to offset: [%[[OFFSET]]], sizes: [%[[SIZE]], 1, 2, 64], strides: [%[[S0]], %[[S1]], 64, 1]
func.func @strided(%q: !x, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x1x2x64xf32>

// Several kernels of a function are in one module, under different names, and
// equal ones are one; other ops stay where they are.
// CHECK-LABEL: func.func @several(
// CHECK:         scf.for
// CHECK:           gpu.launch_func @several_kernels::@several_recurrent blocks
// CHECK:         gpu.launch_func @several_kernels::@[[SECOND:several_recurrent_[0-9]+]] blocks
// CHECK:         gpu.launch_func @several_kernels::@several_recurrent blocks
// CHECK:       gpu.module @several_kernels
// CHECK:         gpu.func @several_recurrent(
// CHECK:         gpu.func @[[SECOND]](
// CHECK-NOT:     gpu.func @several_recurrent{{[_0-9]*}}(
// CHECK:       func.func @other(
// CHECK:         gpu.launch_func @other_kernels::@other_recurrent
// CHECK:       gpu.module @other_kernels
func.func @several(%q: !x, %o: !x, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
        {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  }
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 2>}
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}
func.func @other(%q: !x, %o: !x) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 4>}
  return
}

// -----

// Nothing to do.
// CHECK-NOT: gpu.container_module
// CHECK-LABEL: func.func @nothing(
// CHECK-NEXT:    gdr.gated_delta_rule
// CHECK-NEXT:    return
func.func @nothing(%q: memref<1x1x2x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x64xf32>, memref<1x1x2x64xf32>, memref<1x1x2x64xf32>)
      outs(%q : memref<1x1x2x64xf32>)
  return
}

// -----

// Where the types do not promise the alignment of the widest accesses, the host
// tests addresses and strides, and a kernel of single elements does the rest.
// CHECK-LABEL: func.func @branch(
// CHECK:         memref.extract_aligned_pointer_as_index
// CHECK:         %[[ALIGNED:.*]] = arith.cmpi eq
// CHECK:         scf.if %[[ALIGNED]] {
// CHECK:           gpu.launch_func @branch_kernels::@branch_recurrent blocks
// CHECK:         } else {
// CHECK:           gpu.launch_func @branch_kernels::@branch_recurrent_narrow
// CHECK:         gpu.func @branch_recurrent(
// CHECK:           vector.load {{.*}} vector<4xbf16>
// CHECK:         gpu.func @branch_recurrent_narrow(
// CHECK-NOT:       vector<4xbf16>
!b = memref<?x1x1x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
func.func @branch(%q: !b, %o: !b, %s: memref<?x1x64x64xf32>) {
  gdr.recurrent ins(%q, %q, %q : !b, !b, !b) initial_state(%s : memref<?x1x64x64xf32>) outs(%o : !b)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 2>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

// -----

// A stride that rules them out leaves only the kernel of single elements.
// CHECK-LABEL: func.func @odd(
// CHECK-NOT:     scf.if
// CHECK:         gpu.launch_func @odd_kernels::@odd_recurrent_narrow
// CHECK:       gpu.module @odd_kernels
// CHECK-NOT:     gpu.func @odd_recurrent(
!odd = memref<2x1x1x64xbf16, strided<[129, 129, 64, 1]>>
func.func @odd(%q: !odd, %o: !odd) {
  gdr.recurrent ins(%q, %q, %q : !odd, !odd, !odd) outs(%o : !odd)
      {schedule = #gdr.schedule<lanes = 16, columns = 1, warps = 2>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

// -----

!x = memref<2x8x2x32xf32>

// Snapshots: the tile is stored after every fourth token; the state that is carried on is not rounded.
// CHECK-LABEL: gpu.func @snapshots_recurrent(
// CHECK-SAME:    %{{[^:]*}}: memref<f32>, %[[RB:[^:]*]]: memref<i32>, %[[SB:[^:]*]]: memref<bf16>
// CHECK-DAG:     %[[ROWS:.*]] = memref.reinterpret_cast %[[RB]]
// CHECK-DAG:     %[[S:.*]] = memref.reinterpret_cast %[[SB]]
// CHECK:         scf.for %[[T:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(
// CHECK:           arith.remui %{{.*}}, %c4
// CHECK:           scf.if
// CHECK:             memref.load %[[ROWS]]
// CHECK:             %[[ROW:.*]] = arith.index_cast
// CHECK:             %[[IS_STORED:.*]] = arith.cmpi sge, %[[ROW]], %c0
// CHECK:             scf.if %[[IS_STORED]] {
// CHECK:               arith.truncf
// CHECK:               vector.store %{{.*}}, %[[S]][%[[ROW]],
// CHECK:           scf.yield %{{.*}} : vector<1x8xf32>
func.func @snapshots(%q: !x, %rows: memref<4xi32>, %snapshots: memref<9x2x32x32xbf16>) {
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) snapshot_indices(%rows : memref<4xi32>)
      outs(%q : !x) snapshots(%snapshots : memref<9x2x32x32xbf16>)
      {snapshot_every = 4 : i64, state_layout = #gdr.state_layout<v_first>,
       schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}
