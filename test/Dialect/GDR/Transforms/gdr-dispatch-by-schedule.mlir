// RUN: gdr-opt %s --gdr-dispatch="chunked=tiles fallback=false" | FileCheck %s

// The chunked form of tile programs is taken only where a schedule asks for it.

!q = memref<1x99x1x64xbf16>

// CHECK-LABEL: func.func @by_schedule(
// CHECK:         gdr.chunk_prepare
// CHECK-SAME:      tile_layout = #gdr.tile_layout<swizzle_128b>
// CHECK:         gdr.chunk_scan
// CHECK-SAME:      schedule = #gdr.chunked<stages = 2>
func.func @by_schedule(%q: !q, %o: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {schedule = #gdr.chunked<stages = 2>}
  return
}

// CHECK-LABEL: func.func @without(
// CHECK-NOT:     gdr.chunk
// CHECK:         gdr.recurrent
// CHECK-NOT:     gdr.chunk
func.func @without(%q: !q, %o: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%o : !q)
  return
}
