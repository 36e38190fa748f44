// RUN: gdr-opt %s --gdr-chunk-to-wg=overlap -canonicalize -cse | FileCheck %s

// What scan copies of prepare's is copied after a wait. A CTA without chunks
// waits too: the kernel after this one waits for it alone, so that this one must
// not end before prepare has.
// CHECK-LABEL: func.func @scan(
// CHECK:         gpu.launch_func @scan_kernels::@scan_scan {{.*}}{gdr.overlaps_previous_launch}
// CHECK-LABEL: gpu.func @scan_scan(
// CHECK:         %[[CHUNKS:.*]] = arith.ceildivui
// CHECK:         wg.role "load" warpgroups(1)
// CHECK-NEXT:      wg.one_thread {
// CHECK-NEXT:        %[[IS_EMPTY:.*]] = arith.cmpi eq, %[[CHUNKS]], %c0
// CHECK-NEXT:        scf.if %[[IS_EMPTY]] {
// CHECK-NEXT:          nvvm.griddepcontrol wait
// CHECK-NEXT:        }
// CHECK-NEXT:        scf.for %[[CHUNK:.*]] = %c0 to %[[CHUNKS]]
// CHECK:               wg.acquire
// CHECK-COUNT-2:       wg.copy
// CHECK-NEXT:          %[[IS_FIRST:.*]] = arith.cmpi eq, %[[CHUNK]], %c0
// CHECK-NEXT:          scf.if %[[IS_FIRST]] {
// CHECK-NEXT:            nvvm.griddepcontrol wait
// CHECK-NEXT:          }
// CHECK:               wg.copy
// CHECK:         wg.role
// CHECK-NOT:     griddepcontrol
!q = memref<?x?x2x128xbf16>
!v = memref<?x?x4x128xbf16>
!matrix = memref<?x4x64x64xbf16>
!rows = memref<?x4x4x64xf32>
!state = memref<?x4x128x128xf32>
func.func @scan(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !rows, %state: !state, %o: !v) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v) chunks(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      initial_state(%state : !state) outs(%o : !v) final_state(%state : !state)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}
