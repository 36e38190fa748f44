// RUN: gdr-opt %s --split-input-file --gdr-dispatch=chunked=tiles | FileCheck %s
// RUN: gdr-opt %s --split-input-file --gdr-dispatch=chunked=tiles --gdr-bufferize --canonicalize | FileCheck %s --check-prefix=BUFFERS
// RUN: gdr-opt %s --split-input-file --gdr-dispatch="chunked=tiles fallback=false" | FileCheck %s --check-prefix=WITHOUT --implicit-check-not=gdr.fits_boxes

// Tile programs copy boxes of q, k, v and o. Operands that cannot be copied so
// take the recurrent form, which has no use for the schedule.

!q = memref<1x99x1x64xbf16, strided<[?, ?, ?, 1], offset: ?>>

// CHECK-LABEL: func.func @known(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<{{[^%]*}}%[[K:[^:]*]]: memref<{{[^%]*}}%[[V:[^:]*]]: memref<{{[^%]*}}%[[O:[^:]*]]: memref<
// CHECK:         %[[FITS:.*]] = gdr.fits_boxes %[[Q]], %[[K]], %[[V]], %[[O]] :
// CHECK:         scf.if %[[FITS]] {
// CHECK:           gdr.chunk_prepare
// CHECK:           gdr.chunk_scan {{.*}}schedule = #gdr.chunked<stages = 2>
// CHECK:         } else {
// CHECK-NOT:       gdr.chunk
// CHECK:           gdr.recurrent ins(%[[Q]], %[[K]], %[[V]] : {{.*}} outs(%[[O]] :
// CHECK-NOT:         schedule
// CHECK:         }
// WITHOUT-LABEL: func.func @known(
// WITHOUT-NOT:     scf.if
// WITHOUT-NOT:     gdr.recurrent
// WITHOUT:         gdr.chunk_scan
func.func @known(%q: !q, %k: !q, %v: !q, %o: !q) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !q) outs(%o : !q) {schedule = #gdr.chunked<stages = 2>}
  return
}

// What serves as several operands is asked for once.
// CHECK-LABEL: func.func @once(
// CHECK:         gdr.fits_boxes %{{[^,]*}} : memref<
func.func @once(%q: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) {schedule = #gdr.chunked<stages = 2>}
  return
}

// Nothing is asked where the form is recurrent anyway.
// CHECK-LABEL: func.func @recurrent(
// CHECK-NOT:     gdr.fits_boxes
// CHECK:         return
func.func @recurrent(%q: !q) {
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  gdr.gated_delta_rule ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {schedule = #gdr.alternatives<[<least_tokens = 100, schedule = <columns = 64>>]>}
  return
}

// -----

#by_size = #gdr.alternatives<[
  <least_tokens = 48, least_sequences = 4, schedule = <columns = 128>>,
  <least_tokens = 16, schedule = <columns = 32>>]>
!x = tensor<?x?x1x64xbf16>
!s = tensor<?x1x64x64xf32>

// Asked once for all alternatives, and not for one token; what does not fit and
// few tokens share one recurrent form.
// CHECK-LABEL: func.func @dynamic(
// CHECK:         scf.if
// CHECK-NOT:       gdr.fits_boxes
// CHECK:           gdr.recurrent
// CHECK:         } else {
// CHECK:           %[[FITS:.*]] = gdr.fits_boxes %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<
// CHECK:           %[[MANY:.*]] = arith.cmpi uge, %{{.*}}, %c48
// CHECK:           %[[FULL:.*]] = arith.cmpi uge, %{{.*}}, %c4
// CHECK:           %[[BOTH:.*]] = arith.andi %[[FITS]], %[[MANY]]
// CHECK:           %[[ALL:.*]] = arith.andi %[[BOTH]], %[[FULL]]
// CHECK:           scf.if %[[ALL]]
// CHECK:             gdr.chunk_scan {{.*}}columns = 128
// CHECK:           } else {
// CHECK:             %[[MANY:.*]] = arith.cmpi uge, %{{.*}}, %c16
// CHECK:             %[[BOTH:.*]] = arith.andi %[[FITS]], %[[MANY]]
// CHECK:             scf.if %[[BOTH]]
// CHECK:               gdr.chunk_scan {{.*}}columns = 32
// CHECK:             } else {
// CHECK:               gdr.recurrent
// CHECK-NOT:     gdr.recurrent
// CHECK:         return

// The question reads no tensor, so that all is in place; it is asked of the
// buffers.
// BUFFERS-LABEL: func.func @dynamic(
// BUFFERS-SAME:    %[[Q:[^:]*]]: memref<{{[^%]*}}%[[K:[^:]*]]: memref<{{[^%]*}}%[[V:[^:]*]]: memref<{{[^%]*}}%[[S:[^:]*]]: memref<{{[^%]*}}%[[O:[^:]*]]: memref<
// BUFFERS-NOT:     memref.copy
// BUFFERS:         gdr.fits_boxes %[[Q]], %[[K]], %[[V]], %[[O]] : memref<
// BUFFERS-NOT:     memref.copy
// BUFFERS:         return
func.func @dynamic(%q: !x, %k: !x, %v: !x, %s: !s, %o: !x) -> (!x, !s) {
  %0:2 = gdr.gated_delta_rule ins(%q, %k, %v : !x, !x, !x) initial_state(%s : !s)
      outs(%o : !x) final_state(%s : !s) {schedule = #by_size} -> !x, !s
  return %0#0, %0#1 : !x, !s
}

// -----

!x = tensor<1x256x1x64xbf16>

// An output without a buffer gets the caller's, of which the host then asks.
// BUFFERS-LABEL: func.func @new_output(
// BUFFERS-SAME:    %[[Q:[^:]*]]: memref<{{[^%]*}}%[[O:[^:]*]]: memref<
// BUFFERS-NOT:     memref.alloc() : memref<1x256x1x64xbf16>
// BUFFERS:         gdr.fits_boxes %[[Q]], %[[O]] :
// BUFFERS:         gdr.chunk_scan {{.*}} outs(%[[O]] :
// BUFFERS:         gdr.recurrent {{.*}} outs(%[[O]] :
// BUFFERS-NOT:     memref.copy
// BUFFERS:         return
func.func @new_output(%q: !x) -> !x {
  %empty = tensor.empty() : !x
  %0 = gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) outs(%empty : !x)
      {schedule = #gdr.chunked<columns = 64>} -> !x
  return %0 : !x
}
