// RUN: gdr-opt %s --gdr-chunk-to-wg="tensor-maps=false shared-memory=166912 prepare-blocks=2" | FileCheck %s --check-prefixes=CHECK,TWO
// RUN: gdr-opt %s --gdr-chunk-to-wg="tensor-maps=false shared-memory=101376" | FileCheck %s --check-prefixes=CHECK,ONE
// RUN: gdr-opt %s --gdr-chunk-to-wg | FileCheck %s --check-prefix=MAPS

// Without tensor maps the host checks what is copied in boxes, and kernels take
// the tensors. The scan has as many stages as there is memory for; with one,
// what is needed of the next chunk has a ring of its own.

!q = memref<?x?x1x128xbf16>
!t = memref<?x1x64x64xbf16>
!d = memref<?x1x4x64xf32>

// CHECK-LABEL: func.func @prepare(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<?x?x1x128xbf16>, %[[K:[^:]*]]: memref<?x?x1x128xbf16>
// CHECK-NOT:     gdr.encode_tensor_map
// CHECK:         gdr.expect_boxes %[[Q]], %[[K]] : memref<?x?x1x128xbf16>, memref<?x?x1x128xbf16>
// CHECK:         gpu.launch_func @prepare_kernels::@prepare_prepare
// CHECK:       gpu.func @prepare_prepare(
// CHECK-NOT:     !wg.tensor_map
// TWO-SAME:      nvvm.minctasm = 2
// ONE-SAME:      nvvm.minctasm = 3
// CHECK-DAG:     %[[QMAP:.*]] = wg.tensor_box %{{.*}} box [1, 64, 1, 64]
// CHECK-DAG:     %[[KMAP:.*]] = wg.tensor_box %{{.*}} box [1, 64, 1, 64]
// CHECK:         wg.copy %[[KMAP]][
// CHECK:         wg.copy %[[QMAP]][

// MAPS-LABEL: func.func @prepare(
// MAPS-COUNT-2: gdr.encode_tensor_map
// MAPS:       gpu.func @prepare_prepare(%{{.*}}: !wg.tensor_map, %{{.*}}: !wg.tensor_map,
func.func @prepare(%q: !q, %k: !q, %t: !t, %a: !t, %d: !d) {
  gdr.chunk_prepare ins(%q, %k : !q, !q) outs(%t, %a, %d : !t, !t, !d)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// CHECK-LABEL: func.func @scan(
// CHECK:         gdr.expect_boxes %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} :
// CHECK:       gpu.func @scan_scan(
// TWO:           %[[RING:.*]] = wg.ring consumers(1) : <2, <64x128xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>, <4x64xf32>, <64x128xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>>
// TWO-NOT:       wg.ring
// ONE:           %[[NEXT:.*]] = wg.ring consumers(1) : <2, <64x128xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>, <4x64xf32>>
// ONE:           %[[REST:.*]] = wg.ring consumers(1) : <1, <64x128xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>>
// ONE:           wg.acquire %[[NEXT]]
// ONE-COUNT-3:   wg.copy
// ONE:           wg.acquire %[[REST]]
// ONE-COUNT-3:   wg.copy
// ONE:           wg.take %[[NEXT]]
// ONE:           scf.for %[[I:[^ ]*]] =
// ONE-NOT:         wg.take %[[NEXT]]
// ONE:             wg.take %[[REST]][%[[I]]]
// ONE:             wg.take %[[NEXT]]
// ONE-NOT:         wg.take
// ONE:             wg.release %[[NEXT]][%[[I]]]
// ONE:             wg.release %[[REST]][%[[I]]]

// MAPS-LABEL: func.func @scan(
// MAPS-COUNT-4: gdr.encode_tensor_map
// MAPS:       gpu.func @scan_scan(
// MAPS:         wg.ring consumers(1) : <3,
func.func @scan(%q: !q, %k: !q, %v: !q, %t: !t, %a: !t, %d: !d, %o: !q) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !q) chunks(%t, %a, %d : !t, !t, !d) outs(%o : !q)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// A schedule has the last word.
// TWO-LABEL: gpu.func @by_hand_scan(
// TWO:         wg.ring consumers(1) : <2,
// TWO:         wg.ring consumers(1) : <1,
func.func @by_hand(%q: !q, %k: !q, %v: !q, %t: !t, %a: !t, %d: !d, %o: !q) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !q) chunks(%t, %a, %d : !t, !t, !d) outs(%o : !q)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<stages = 1>}
  return
}
