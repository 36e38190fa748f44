// RUN: gdr-opt %s --gdr-chunk-to-loops --canonicalize --cse | FileCheck %s

// One iteration a slot and key head; two value heads share the products of k and q.
// CHECK-LABEL: func.func @prepare(
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: memref<1x64x2x128xbf16>, %[[K:[a-z0-9]+]]: memref<1x64x2x128xbf16>, %[[G:[a-z0-9]+]]: memref<1x64x4xf32>, %[[BETA:[a-z0-9]+]]: memref<1x64x4xf32>, %[[INVERSE:[a-z0-9]+]]: memref<2x4x32x32xf32>, %[[ATTENTION:[a-z0-9]+]]: memref<2x4x32x32xf32>, %[[DECAY:[a-z0-9]+]]: memref<2x4x4x32xf32>
// CHECK-NOT:     gdr.chunk_prepare
// CHECK:         scf.parallel (%[[SLOT:.*]], %[[HK:.*]]) = (%c0, %c0) to (%c2, %c2) step (%c1, %c1) {
//                  k and q as f32
// CHECK:           vector.load %[[K]][%{{.*}}, %{{.*}}, %[[HK]], %{{.*}}] : {{.*}}, vector<8xbf16>
// CHECK:           vector.load %[[Q]][%{{.*}}, %{{.*}}, %[[HK]], %{{.*}}] : {{.*}}, vector<8xbf16>
//                  register tiles of K K^T
// CHECK:           scf.for %{{.*}} = %c0 to %c128 step %c1 iter_args
// CHECK-COUNT-8:     vector.fma
//                  the value heads
// CHECK:           scf.for %{{.*}} = %c0 to %c2 step %c1 {
// CHECK:             scf.for %[[ROW:.*]] = %c0 to %c32 step %c1 iter_args
// CHECK:               memref.load %[[G]]
// CHECK:               math.exp
// CHECK:               memref.load %[[BETA]]
// CHECK:               vector.store %{{.*}}, %[[ATTENTION]][%[[SLOT]], %{{.*}}, %[[ROW]], %c0]
// CHECK:               memref.store %{{.*}}, %[[DECAY]][%[[SLOT]], %{{.*}}, %c0, %[[ROW]]]
// CHECK:               memref.store %{{.*}}, %[[DECAY]][%[[SLOT]], %{{.*}}, %c2, %[[ROW]]]
// CHECK:             vector.store %{{.*}}, %[[DECAY]][%[[SLOT]], %{{.*}}, %c1, %c0]
// CHECK:             vector.store %{{.*}}, %[[DECAY]][%[[SLOT]], %{{.*}}, %c3, %c0]
// CHECK:             vector.store %{{.*}}, %[[INVERSE]]
func.func @prepare(
    %q: memref<1x64x2x128xbf16>, %k: memref<1x64x2x128xbf16>, %g: memref<1x64x4xf32>,
    %beta: memref<1x64x4xf32>, %inverse: memref<2x4x32x32xf32>, %attention: memref<2x4x32x32xf32>,
    %decay: memref<2x4x4x32xf32>) {
  gdr.chunk_prepare ins(%q, %k : memref<1x64x2x128xbf16>, memref<1x64x2x128xbf16>)
      gate(%g : memref<1x64x4xf32>) beta(%beta : memref<1x64x4xf32>)
      outs(%inverse, %attention, %decay : memref<2x4x32x32xf32>, memref<2x4x32x32xf32>, memref<2x4x4x32xf32>)
  return
}

// The state is read once, carried through the chunks in panels of 16 columns, and written once. Few
// heads have more and narrower tiles of V.
// CHECK-LABEL: func.func @scan(
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: memref<1x64x2x128xbf16>, %[[K:[a-z0-9]+]]: memref<1x64x2x128xbf16>, %[[V:[a-z0-9]+]]: memref<1x64x4x128xbf16>, %[[INVERSE:[a-z0-9]+]]: memref<2x4x32x32xf32>, %[[ATTENTION:[a-z0-9]+]]: memref<2x4x32x32xf32>, %[[DECAY:[a-z0-9]+]]: memref<2x4x4x32xf32>, %[[STATE:[a-z0-9]+]]: memref<1x4x128x128xf32>, %[[O:[a-z0-9]+]]: memref<1x64x4x128xbf16>
// CHECK-NOT:     gdr.chunk_scan
// CHECK:         scf.parallel (%[[H:.*]], %{{.*}}) = (%c0, %c0) to (%c4, %c128) step (%c1, %c32) {
// CHECK:           %[[S:.*]] = memref.alloca() {{.*}} : memref<2x128x16xf32>
// CHECK:           vector.load %[[STATE]]
// CHECK:           vector.store %{{.*}}, %[[S]]
// CHECK:           scf.for %{{.*}} = %c0 to %c64 step %c32 iter_args(%[[SLOT:.*]] =
// CHECK-NOT:         %[[STATE]]{{\[}}
// CHECK:             vector.load %[[K]]
// CHECK:             vector.load %[[Q]]
// CHECK:             vector.load %[[V]]
// CHECK:             scf.for %[[PANEL:.*]] = %c0 to %c32 step %c16 {
//                      P = V - diag(decay_0) K S
// CHECK:               scf.for %{{.*}} = %c0 to %c128 step %c1 iter_args
// CHECK:                 vector.load %[[S]]
// CHECK-COUNT-8:         vector.fma
// CHECK:               memref.load %[[DECAY]][%[[SLOT]], %[[H]], %c0,
//                      V' = inverse P
// CHECK:               memref.load %[[INVERSE]][%[[SLOT]], %[[H]],
// CHECK:               memref.load %[[DECAY]][%[[SLOT]], %[[H]], %c1,
//                      O = diag(decay_2) Q S + attention V'
// CHECK:               memref.load %[[DECAY]][%[[SLOT]], %[[H]], %c2,
// CHECK:               memref.load %[[ATTENTION]][%[[SLOT]], %[[H]],
//                      S <- exp(G_C) * S + (diag(decay_1) K)^T V'
// CHECK:               memref.load %[[DECAY]][%[[SLOT]], %[[H]], %c3, %c0]
// CHECK:               vector.store %{{.*}}, %[[S]]
// CHECK:             vector.store %{{.*}}, %[[O]]
// CHECK:           vector.load %[[S]]
// CHECK:           vector.store %{{.*}}, %[[STATE]]
func.func @scan(
    %q: memref<1x64x2x128xbf16>, %k: memref<1x64x2x128xbf16>, %v: memref<1x64x4x128xbf16>,
    %inverse: memref<2x4x32x32xf32>, %attention: memref<2x4x32x32xf32>,
    %decay: memref<2x4x4x32xf32>, %state: memref<1x4x128x128xf32>, %o: memref<1x64x4x128xbf16>) {
  gdr.chunk_scan
      ins(%q, %k, %v : memref<1x64x2x128xbf16>, memref<1x64x2x128xbf16>, memref<1x64x4x128xbf16>)
      chunks(%inverse, %attention, %decay : memref<2x4x32x32xf32>, memref<2x4x32x32xf32>, memref<2x4x4x32xf32>)
      initial_state(%state : memref<1x4x128x128xf32>)
      outs(%o : memref<1x64x4x128xbf16>) final_state(%state : memref<1x4x128x128xf32>)
  return
}

// A v_first state is transposed in registers. Matrices of bf16 are extended.
// CHECK-LABEL: func.func @v_first(
// CHECK-SAME:    %[[STATE:[a-z0-9]+]]: memref<1x1x16x8xf32>
// CHECK-COUNT-8: vector.load %[[STATE]]
// CHECK-COUNT-24: vector.shuffle
// CHECK:         memref.load %{{.*}} : memref<1x1x16x16xbf16>
// CHECK-NEXT:    arith.extf
func.func @v_first(
    %state: memref<1x1x16x8xf32>, %q: memref<1x9x1x8xf32>, %v: memref<1x9x1x16xf32>,
    %t: memref<1x1x16x16xbf16>, %decay: memref<1x1x4x16xf32>) {
  gdr.chunk_scan ins(%q, %q, %v : memref<1x9x1x8xf32>, memref<1x9x1x8xf32>, memref<1x9x1x16xf32>)
      chunks(%t, %t, %decay : memref<1x1x16x16xbf16>, memref<1x1x16x16xbf16>, memref<1x1x4x16xf32>)
      initial_state(%state : memref<1x1x16x8xf32>)
      outs(%v : memref<1x9x1x16xf32>) final_state(%state : memref<1x1x16x8xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

// Packed sequences: the slot's sequence is the last one whose first slot is not behind it. A slot
// without tokens does nothing.
// CHECK-LABEL: func.func @packed(
// CHECK-SAME:    %[[CU:[a-z0-9]+]]: memref<?xi32>
// CHECK:         scf.parallel (%[[SLOT:.*]]) =
// CHECK:           %[[N:.*]] = scf.for %[[I:.*]] = %c1 to %{{.*}} step %c1 iter_args(%[[FOUND:.*]] = %c0)
// CHECK:             %[[CHUNKS:.*]] = arith.divui %{{.*}}, %c16
// CHECK:             %[[FIRST:.*]] = arith.addi %[[CHUNKS]], %[[I]]
// CHECK:             %[[BEFORE:.*]] = arith.cmpi sle, %[[FIRST]], %[[SLOT]]
// CHECK:             arith.select %[[BEFORE]], %[[I]], %[[FOUND]]
// CHECK:           %[[BEHIND:.*]] = arith.cmpi sge
// CHECK:           %[[IN:.*]] = arith.cmpi slt
// CHECK:           %[[ACTIVE:.*]] = arith.andi %[[BEHIND]], %[[IN]]
// CHECK:           scf.if %[[ACTIVE]] {
func.func @packed(%cu_seqlens: memref<?xi32>, %q: memref<1x?x1x8xf32>, %t: memref<?x1x16x16xf32>,
                  %decay: memref<?x1x4x16xf32>) {
  gdr.chunk_prepare ins(%q, %q : memref<1x?x1x8xf32>, memref<1x?x1x8xf32>)
      cu_seqlens(%cu_seqlens : memref<?xi32>)
      outs(%t, %t, %decay : memref<?x1x16x16xf32>, memref<?x1x16x16xf32>, memref<?x1x4x16xf32>)
  return
}

// CHECK-LABEL: func.func @no_rule(
// CHECK-NEXT:    return
func.func @no_rule() {
  return
}

// Snapshots: the state after a whole chunk, where its end is a multiple of 96 tokens. In a packed batch their numbers
// begin at floor(cu_seqlens[n] / 96).
// CHECK-LABEL: func.func @snapshots(
// CHECK-SAME:    %[[ROWS:[a-z0-9]+]]: memref<?xi64>, %[[SNAPSHOTS:[a-z0-9]+]]: memref<?x4x128x128xf32>
// CHECK:         scf.parallel
// CHECK:           %[[S:.*]] = memref.alloca() {{.*}} : memref<2x128x16xf32>
// CHECK:           scf.for %[[BEGIN:.*]] = %[[FIRST:.*]] to %[[END:.*]] step %c32 iter_args
// CHECK:             vector.store %{{.*}}, %[[S]]
// CHECK:             %[[CHUNK_END:.*]] = arith.addi %[[BEGIN]], %c32
// CHECK:             %[[IS_WHOLE:.*]] = arith.cmpi ule, %[[CHUNK_END]], %[[END]]
// CHECK:             %[[TOKENS:.*]] = arith.subi %[[CHUNK_END]], %[[FIRST]]
// CHECK:             arith.remui %[[TOKENS]], %c96
// CHECK:             arith.andi %{{.*}}, %[[IS_WHOLE]]
// CHECK:             arith.divui %[[FIRST]], %c96
// CHECK:             scf.if
// CHECK:               memref.load %[[ROWS]]
// CHECK:               scf.if
// CHECK:                 vector.load %[[S]]
// CHECK:                 vector.store %{{.*}}, %[[SNAPSHOTS]]
func.func @snapshots(
    %rows: memref<?xi64>, %snapshots: memref<?x4x128x128xf32>, %q: memref<1x?x2x128xbf16>, %v: memref<1x?x4x128xbf16>,
    %cu_seqlens: memref<?xi32>, %matrix: memref<?x4x32x32xf32>, %decay: memref<?x4x4x32xf32>) {
  gdr.chunk_scan
      ins(%q, %q, %v : memref<1x?x2x128xbf16>, memref<1x?x2x128xbf16>, memref<1x?x4x128xbf16>)
      chunks(%matrix, %matrix, %decay : memref<?x4x32x32xf32>, memref<?x4x32x32xf32>, memref<?x4x4x32xf32>)
      cu_seqlens(%cu_seqlens : memref<?xi32>) snapshot_indices(%rows : memref<?xi64>)
      outs(%v : memref<1x?x4x128xbf16>) snapshots(%snapshots : memref<?x4x128x128xf32>) {snapshot_every = 96 : i64}
  return
}
