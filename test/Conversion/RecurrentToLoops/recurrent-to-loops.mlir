// RUN: gdr-opt %s --gdr-recurrent-to-loops --canonicalize --cse | FileCheck %s

// A decode step: the state goes from buffer to buffer, each element by one load
// for the dot products, one, while it is cached, for the update, and one store.
// CHECK-LABEL: func.func @decode_v_first(
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: memref<1x1x2x128xbf16>, %[[K:[a-z0-9]+]]: memref<1x1x2x128xbf16>, %[[V:[a-z0-9]+]]: memref<1x1x6x128xbf16>, %[[G:[a-z0-9]+]]: memref<1x1x6xf32>, %[[BETA:[a-z0-9]+]]: memref<1x1x6xf32>, %[[STATE:[a-z0-9]+]]: memref<1x6x128x128xf32>, %[[O:[a-z0-9]+]]: memref<1x1x6x128xbf16>)
// CHECK-NOT:     gdr.recurrent
// CHECK:         scf.parallel (%[[H:.*]]) = (%{{.*}}) to (%c6)
// CHECK:           %[[HK:.*]] = arith.divui %[[H]], %c3
// CHECK:           %[[DECAY:.*]] = math.exp
//                  k and scale * q as f32, and k . q
// CHECK:           scf.for %[[I:.*]] = %c0 to %c128 step %c8 iter_args
// CHECK:             vector.load %[[K]][%c0, %c0, %[[HK]], %[[I]]] : {{.*}}, vector<8xbf16>
// CHECK:             vector.load %[[Q]][%c0, %c0, %[[HK]], %[[I]]] : {{.*}}, vector<8xbf16>
// CHECK:           vector.reduction <add>
//                  four rows: S^T k and S^T q
// CHECK:           scf.for %[[ROW:.*]] = %c0 to %c128 step %c4 {
// CHECK:             scf.for %[[KEY:.*]] = %c0 to %c128 step %c8 iter_args
// CHECK-COUNT-4:       vector.load %[[STATE]][%c0, %[[H]], %{{.*}}, %[[KEY]]]
// CHECK:             vector.load %[[V]][%c0, %c0, %[[H]], %[[ROW]]] : {{.*}}, vector<4xbf16>
// CHECK:             vector.store %{{.*}}, %[[O]][%c0, %c0, %[[H]], %[[ROW]]] : {{.*}}, vector<4xbf16>
//                    S <- exp(g) * S + k d^T
// CHECK:             scf.for %[[KEY:.*]] = %c0 to %c128 step %c8 {
// CHECK:               %[[OLD:.*]] = vector.load %[[STATE]][%c0, %[[H]], %[[ROW]], %[[KEY]]]
// CHECK:               %[[DECAYED:.*]] = arith.mulf %{{.*}}, %[[OLD]]
// CHECK:               %[[NEW:.*]] = vector.fma %{{.*}}, %{{.*}}, %[[DECAYED]]
// CHECK:               vector.store %[[NEW]], %[[STATE]][%c0, %[[H]], %[[ROW]], %[[KEY]]]
func.func @decode_v_first(
    %q: memref<1x1x2x128xbf16>, %k: memref<1x1x2x128xbf16>,
    %v: memref<1x1x6x128xbf16>, %g: memref<1x1x6xf32>, %beta: memref<1x1x6xf32>,
    %state: memref<1x6x128x128xf32>, %o: memref<1x1x6x128xbf16>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<1x1x2x128xbf16>, memref<1x1x2x128xbf16>, memref<1x1x6x128xbf16>)
      gate(%g : memref<1x1x6xf32>) beta(%beta : memref<1x1x6xf32>)
      initial_state(%state : memref<1x6x128x128xf32>)
      outs(%o : memref<1x1x6x128xbf16>)
      final_state(%state : memref<1x6x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

// Vectors of columns, and of K one element at a time.
// CHECK-LABEL: func.func @decode_k_first(
// CHECK-SAME:    %[[STATE:[a-z0-9]+]]: memref<1x2x128x64xf32>
// CHECK:         scf.for %[[COLUMN:.*]] = %c0 to %c64 step %c32 {
// CHECK:           scf.for %[[KEY:.*]] = %c0 to %c128 step %c1 iter_args
// CHECK:             vector.load %[[STATE]][%c0, %[[H:.*]], %[[KEY]], %[[COLUMN]]]
// CHECK:           scf.for %[[KEY:.*]] = %c0 to %c128 step %c1 {
// CHECK:             vector.store %{{.*}}, %[[STATE]][%c0, %[[H]], %[[KEY]], %[[COLUMN]]]
func.func @decode_k_first(
    %state: memref<1x2x128x64xf32>, %q: memref<1x1x2x128xf32>,
    %k: memref<1x1x2x128xf32>, %v: memref<1x1x2x64xf32>, %o: memref<1x1x2x64xf32>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<1x1x2x128xf32>, memref<1x1x2x128xf32>, memref<1x1x2x64xf32>)
      initial_state(%state : memref<1x2x128x64xf32>)
      outs(%o : memref<1x1x2x64xf32>)
      final_state(%state : memref<1x2x128x64xf32>)
  return
}

// More tokens: a block of 32 columns is carried in a buffer of f32, read once
// and written once.
// CHECK-LABEL: func.func @tokens(
// CHECK-SAME:    %[[INITIAL:[a-z0-9]+]]: memref<1x2x64x64xbf16>, %[[FINAL:[a-z0-9]+]]: memref<1x2x64x64xf16>
// CHECK:         scf.parallel
// CHECK:           %[[BLOCK:.*]] = memref.alloca() {{.*}} : memref<32x64xf32>
// CHECK:           scf.for %[[BEGIN:.*]] = %c0 to %c64 step %c32 {
// CHECK:             vector.load %[[INITIAL]]
// CHECK:             vector.store %{{.*}}, %[[BLOCK]]
// CHECK:             scf.for %{{.*}} = %c0 to %c7 step %c1 {
// CHECK-NOT:           %[[INITIAL]]{{\[}}
// CHECK-NOT:           %[[FINAL]]{{\[}}
// CHECK:               vector.store %{{.*}}, %[[BLOCK]]
// CHECK:             vector.load %[[BLOCK]]
// CHECK:             arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
// CHECK:             vector.store %{{.*}}, %[[FINAL]]
func.func @tokens(
    %initial: memref<1x2x64x64xbf16>, %final: memref<1x2x64x64xf16>,
    %q: memref<1x7x2x64xf32>, %k: memref<1x7x2x64xf32>, %v: memref<1x7x2x64xf32>,
    %o: memref<1x7x2x64xf32>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<1x7x2x64xf32>, memref<1x7x2x64xf32>, memref<1x7x2x64xf32>)
      initial_state(%initial : memref<1x2x64x64xbf16>)
      outs(%o : memref<1x7x2x64xf32>)
      final_state(%final : memref<1x2x64x64xf16>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

// A K that is not a multiple of 8 has masked vectors of f32; those of narrower
// floats are loops.
// CHECK-LABEL: func.func @ragged(
// CHECK-SAME:    %[[STATE:[a-z0-9]+]]: memref<1x1x8x17xf32>
// CHECK:         memref.alloca() {{.*}} : memref<24xf32>
// CHECK:         memref.load %{{.*}} : memref<1x1x1x17xbf16>
// CHECK:         vector.insert
// CHECK:         %[[MASK:.*]] = vector.{{.*}}mask {{.*}} : vector<8xi1>
// CHECK:         vector.maskedload %[[STATE]]
// CHECK:         vector.maskedstore %[[STATE]]
func.func @ragged(
    %state: memref<1x1x8x17xf32>, %q: memref<1x1x1x17xbf16>,
    %k: memref<1x1x1x17xbf16>, %v: memref<1x1x1x8xbf16>, %o: memref<1x1x1x8xbf16>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<1x1x1x17xbf16>, memref<1x1x1x17xbf16>, memref<1x1x1x8xbf16>)
      initial_state(%state : memref<1x1x8x17xf32>)
      outs(%o : memref<1x1x1x8xbf16>)
      final_state(%state : memref<1x1x8x17xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

// Packed sequences and a pool of states: a sequence without either row is
// skipped, one of one token with both takes a decode step.
// CHECK-LABEL: func.func @pool(
// CHECK-SAME:    %[[CU:[a-z0-9]+]]: memref<?xi32>, %[[READ:[a-z0-9]+]]: memref<?xi64>, %[[WRITE:[a-z0-9]+]]: memref<?xi64>
// CHECK:         %[[N:.*]] = memref.dim %[[READ]], %c0
// CHECK:         scf.parallel (%{{.*}}, %{{.*}}) = (%c0, %c0) to (%[[N]], %c2)
// CHECK:           %[[READS:.*]] = arith.cmpi sge
// CHECK:           %[[WRITES:.*]] = arith.cmpi sge
// CHECK:           %[[ACTIVE:.*]] = arith.ori %[[READS]], %[[WRITES]]
// CHECK:           scf.if %[[ACTIVE]] {
// CHECK:             %[[ONE_TOKEN:.*]] = arith.cmpi eq, %{{.*}}, %c1
// CHECK:             %[[BOTH:.*]] = arith.andi
// CHECK:             scf.if %[[DECODES:.*]] {
// CHECK:             } else {
// CHECK:               scf.if %[[READS]] {
// CHECK:               } else {
// CHECK:                 vector.store %cst
// CHECK:               scf.if %[[WRITES]] {
func.func @pool(
    %cu_seqlens: memref<?xi32>, %read: memref<?xi64>, %write: memref<?xi64>,
    %pool: memref<?x2x32x32xf32>, %q: memref<1x?x2x32xf32>,
    %k: memref<1x?x2x32xf32>, %v: memref<1x?x2x32xf32>, %o: memref<1x?x2x32xf32>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<1x?x2x32xf32>, memref<1x?x2x32xf32>, memref<1x?x2x32xf32>)
      initial_state(%pool : memref<?x2x32x32xf32>)
      cu_seqlens(%cu_seqlens : memref<?xi32>)
      read_indices(%read : memref<?xi64>) write_indices(%write : memref<?xi64>)
      outs(%o : memref<1x?x2x32xf32>)
      final_state(%pool : memref<?x2x32x32xf32>)
  return
}

// A dynamic K takes its buffers from the heap.
// CHECK-LABEL: func.func @dynamic(
// CHECK:         scf.parallel
// CHECK:           %[[KEY:.*]] = memref.alloc(
// CHECK:           %[[QUERY:.*]] = memref.alloc(
// CHECK:           %[[BLOCK:.*]] = memref.alloc(
// CHECK:           memref.dealloc %[[KEY]]
// CHECK:           memref.dealloc %[[QUERY]]
// CHECK:           memref.dealloc %[[BLOCK]]
func.func @dynamic(
    %q: memref<?x?x?x?xf32>, %k: memref<?x?x?x?xf32>, %v: memref<?x?x?x?xf32>,
    %o: memref<?x?x?x?xf32>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>, memref<?x?x?x?xf32>)
      outs(%o : memref<?x?x?x?xf32>)
  return
}

// CHECK-LABEL: func.func @no_rule(
// CHECK-NEXT:    return
func.func @no_rule() {
  return
}

// Snapshots: after every 100th token the block goes to the row whose number is n * floor(T / 100) + s, if there is one.
// A decode step has no path of its own.
// CHECK-LABEL: func.func @snapshots(
// CHECK-SAME:    %[[ROWS:[a-z0-9]+]]: memref<6xi32>, %[[SNAPSHOTS:[a-z0-9]+]]: memref<?x2x64x64xf16>
// CHECK:         scf.parallel (%[[N:.*]], %[[H:.*]]) =
// CHECK:           %[[BLOCK:.*]] = memref.alloca() {{.*}} : memref<64x32xf32>
// CHECK:             scf.for %[[T:.*]] = %c0 to %c300 step %c1 {
// CHECK:               %[[TOKENS:.*]] = arith.addi %[[T]], %c1
// CHECK:               %[[REST:.*]] = arith.remui %[[TOKENS]], %c100
// CHECK:               arith.cmpi eq, %[[REST]], %c0
// CHECK:               %[[FIRST:.*]] = arith.muli %[[N]], %c3
// CHECK:               scf.if
// CHECK:                 memref.load %[[ROWS]]
// CHECK:                 %[[IS_STORED:.*]] = arith.cmpi sge, %[[ROW:.*]], %c0
// CHECK:                 scf.if %[[IS_STORED]] {
// CHECK:                   vector.load %[[BLOCK]]
// CHECK:                   arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
// CHECK:                   vector.store %{{.*}}, %[[SNAPSHOTS]][%[[ROW]], %[[H]],
func.func @snapshots(%rows: memref<6xi32>, %snapshots: memref<?x2x64x64xf16>, %q: memref<2x300x2x64xf32>) {
  gdr.recurrent
      ins(%q, %q, %q : memref<2x300x2x64xf32>, memref<2x300x2x64xf32>, memref<2x300x2x64xf32>)
      snapshot_indices(%rows : memref<6xi32>)
      outs(%q : memref<2x300x2x64xf32>) snapshots(%snapshots : memref<?x2x64x64xf16>) {snapshot_every = 100 : i64}
  return
}

// One token is no snapshot of two.
// CHECK-LABEL: func.func @too_few_tokens(
// CHECK-SAME:    %[[SNAPSHOTS:[a-z0-9]+]]: memref<?x2x64x64xf32>
// CHECK:         scf.parallel
// CHECK-NOT:     %[[SNAPSHOTS]]{{[^a-z0-9]}}
// CHECK:         return
func.func @too_few_tokens(%rows: memref<0xi32>, %snapshots: memref<?x2x64x64xf32>, %q: memref<2x1x2x64xf32>) {
  gdr.recurrent
      ins(%q, %q, %q : memref<2x1x2x64xf32>, memref<2x1x2x64xf32>, memref<2x1x2x64xf32>)
      snapshot_indices(%rows : memref<0xi32>)
      outs(%q : memref<2x1x2x64xf32>) snapshots(%snapshots : memref<?x2x64x64xf32>) {snapshot_every = 2 : i64}
  return
}
