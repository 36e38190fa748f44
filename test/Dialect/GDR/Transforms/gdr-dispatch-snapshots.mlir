// RUN: gdr-opt %s --gdr-dispatch="chunked=loops chunk-size=64" | FileCheck %s
// RUN: gdr-opt %s --gdr-dispatch="chunked=loops chunk-size=16" | FileCheck %s --check-prefix=SMALL
// RUN: gdr-opt %s --gdr-dispatch="chunked=loops chunk-size=64" --remarks-filter-missed="gdr-dispatch" 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// Chunks end where snapshots are taken.

!x = memref<1x900x1x8xf32>
!s = memref<?x1x8x8xf32>
!rows = memref<?xi32>

// CHECK-LABEL: func.func @every_128(
// CHECK:         gdr.chunk_scan
// CHECK-SAME:      snapshot_indices(%{{.*}} : memref<?xi32>)
// CHECK-SAME:      snapshots(%{{.*}} : memref<?x1x8x8xf32>)
// CHECK-SAME:      schedule = #gdr.chunked<>
// CHECK-SAME:      snapshot_every = 128 : i64
// SMALL-LABEL: func.func @every_128(
// SMALL:         gdr.chunk_scan
// SMALL-SAME:      schedule = #gdr.chunked<chunk_size = 16>
func.func @every_128(%x: !x, %rows: !rows, %s: !s) {
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x) snapshot_indices(%rows : !rows) outs(%x : !x) snapshots(%s : !s)
      {snapshot_every = 128 : i64}
  return
}

// 96 is a multiple of 32.
// CHECK-LABEL: func.func @every_96(
// CHECK:         gdr.chunk_scan
// CHECK-SAME:      schedule = #gdr.chunked<chunk_size = 32>
// SMALL-LABEL: func.func @every_96(
// SMALL:         gdr.chunk_scan
// SMALL-SAME:      schedule = #gdr.chunked<chunk_size = 16>
func.func @every_96(%x: !x, %rows: !rows, %s: !s) {
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x) snapshot_indices(%rows : !rows) outs(%x : !x) snapshots(%s : !s)
      {snapshot_every = 96 : i64}
  return
}

// 100 is a multiple of no chunk size.
// CHECK-LABEL: func.func @every_100(
// CHECK-NOT:     gdr.chunk
// CHECK:         gdr.recurrent
// CHECK-SAME:      snapshot_every = 100 : i64
// SMALL-LABEL: func.func @every_100(
// SMALL:         gdr.recurrent
// REMARK:      [[@LINE+2]]:3: remark: [Missed] chunked | Category:gdr-dispatch | Reason="snapshot_every is 100, and a chunk, of at least 16 tokens, has to end there"
func.func @every_100(%x: !x, %rows: !rows, %s: !s) {
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x) snapshot_indices(%rows : !rows) outs(%x : !x) snapshots(%s : !s)
      {snapshot_every = 100 : i64}
  return
}

// One token has fewer snapshots than the indices of many.
// CHECK-LABEL: func.func @dynamic(
// CHECK:         scf.if
// CHECK:           gdr.recurrent ins({{.*}} : memref<2x1x1x8xf32>, {{.*}}) snapshot_indices(%{{.*}} : memref<1xi32>)
// CHECK:         } else {
// CHECK:           gdr.recurrent ins({{.*}} : memref<2x?x1x8xf32>, {{.*}}) snapshot_indices(%{{.*}} : memref<1xi32>)
func.func @dynamic(%x: memref<2x?x1x8xf32>, %rows: memref<1xi32>, %s: !s) {
  gdr.gated_delta_rule ins(%x, %x, %x : memref<2x?x1x8xf32>, memref<2x?x1x8xf32>, memref<2x?x1x8xf32>)
      snapshot_indices(%rows : memref<1xi32>) outs(%x : memref<2x?x1x8xf32>) snapshots(%s : !s) {snapshot_every = 1 : i64}
  return
}
