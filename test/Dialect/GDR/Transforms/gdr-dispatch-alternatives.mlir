// RUN: gdr-opt %s --split-input-file --gdr-dispatch="chunked=tiles fallback=false" | FileCheck %s

// #gdr.alternatives: the first one whose bounds T and N reach, else the recurrent
// form, which has no use for them.

#by_size = #gdr.alternatives<[
  <least_tokens = 48, least_sequences = 4, schedule = <columns = 128>>,
  <least_tokens = 16, schedule = <columns = 32>>]>

// Both known: no branches.
// CHECK-LABEL: func.func @first(
// CHECK-NOT:     scf.if
// CHECK:         gdr.chunk_prepare {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK:         gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK-NOT:     gdr.chunk_
// CHECK-NOT:     gdr.recurrent
func.func @first(%q: memref<4x48x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<4x48x1x64xbf16>, memref<4x48x1x64xbf16>, memref<4x48x1x64xbf16>)
      outs(%q : memref<4x48x1x64xbf16>) {schedule = #by_size}
  return
}

// CHECK-LABEL: func.func @too_few_tokens_for_the_first(
// CHECK-NOT:     scf.if
// CHECK:         gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK-NOT:     gdr.chunk_
// CHECK-NOT:     gdr.recurrent
func.func @too_few_tokens_for_the_first(%q: memref<4x47x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<4x47x1x64xbf16>, memref<4x47x1x64xbf16>, memref<4x47x1x64xbf16>)
      outs(%q : memref<4x47x1x64xbf16>) {schedule = #by_size}
  return
}

// CHECK-LABEL: func.func @too_few_sequences_for_the_first(
// CHECK-NOT:     scf.if
// CHECK:         gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK-NOT:     gdr.chunk_
// CHECK-NOT:     gdr.recurrent
func.func @too_few_sequences_for_the_first(%q: memref<3x48x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<3x48x1x64xbf16>, memref<3x48x1x64xbf16>, memref<3x48x1x64xbf16>)
      outs(%q : memref<3x48x1x64xbf16>) {schedule = #by_size}
  return
}

// CHECK-LABEL: func.func @none_reached(
// CHECK-NOT:     scf.if
// CHECK-NOT:     gdr.chunk_
// CHECK:         gdr.recurrent
// CHECK-NOT:     schedule
// CHECK-NOT:     gdr.chunk_
// CHECK:         return
func.func @none_reached(%q: memref<4x15x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<4x15x1x64xbf16>, memref<4x15x1x64xbf16>, memref<4x15x1x64xbf16>)
      outs(%q : memref<4x15x1x64xbf16>) {schedule = #by_size}
  return
}

// -----

#by_size = #gdr.alternatives<[
  <least_tokens = 48, least_sequences = 4, schedule = <columns = 128>>,
  <least_tokens = 16, schedule = <columns = 32>>]>

// Both dynamic: one token first, then the alternatives in their order.
// CHECK-LABEL: func.func @dynamic(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<?x?x1x64xbf16>
// CHECK:         %[[T:.*]] = memref.dim %[[Q]], %c1
// CHECK:         %[[ONE:.*]] = arith.cmpi eq, %[[T]], %c1{{.*}} : index
// CHECK:         scf.if %[[ONE]] {
// CHECK:           gdr.recurrent {{.*}} memref<?x1x1x64xbf16>
// CHECK-NOT:       schedule
// CHECK:         } else {
// CHECK:           %[[T:.*]] = memref.dim %[[Q]], %c1
// CHECK:           %[[MANY:.*]] = arith.cmpi uge, %[[T]], %c48{{.*}} : index
// CHECK:           %[[N:.*]] = memref.dim %[[Q]], %c0
// CHECK:           %[[FULL:.*]] = arith.cmpi uge, %[[N]], %c4{{.*}} : index
// CHECK:           %[[BOTH:.*]] = arith.andi %[[MANY]], %[[FULL]] : i1
// CHECK:           scf.if %[[BOTH]] {
// CHECK:             gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK:           } else {
// CHECK:             %[[T:.*]] = memref.dim %[[Q]], %c1
// CHECK:             %[[MANY:.*]] = arith.cmpi uge, %[[T]], %c16{{.*}} : index
// CHECK-NOT:         arith.andi
// CHECK:             scf.if %[[MANY]] {
// CHECK:               gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK:             } else {
// CHECK:               gdr.recurrent {{.*}} memref<?x?x1x64xbf16>
// CHECK-NOT:           schedule
// CHECK:             }
func.func @dynamic(%q: memref<?x?x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>)
      outs(%q : memref<?x?x1x64xbf16>) {schedule = #by_size}
  return
}

// Bounds that are known make no branch: T is dynamic, and there are sequences
// enough.
// CHECK-LABEL: func.func @dynamic_tokens(
// CHECK:         scf.if
// CHECK:           gdr.recurrent
// CHECK:         } else {
// CHECK:           %[[MANY:.*]] = arith.cmpi uge, %{{.*}}, %c48
// CHECK-NOT:       arith.andi
// CHECK:           scf.if %[[MANY]] {
// CHECK:             gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK:           } else {
// CHECK:             %[[MANY:.*]] = arith.cmpi uge, %{{.*}}, %c16
// CHECK:             scf.if %[[MANY]] {
// CHECK:               gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK:             } else {
// CHECK:               gdr.recurrent
func.func @dynamic_tokens(%q: memref<4x?x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<4x?x1x64xbf16>, memref<4x?x1x64xbf16>, memref<4x?x1x64xbf16>)
      outs(%q : memref<4x?x1x64xbf16>) {schedule = #by_size}
  return
}

// N is dynamic, and there are tokens enough for the last one: never recurrent.
// CHECK-LABEL: func.func @dynamic_sequences(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<?x99x1x64xbf16>
// CHECK:         %[[N:.*]] = memref.dim %[[Q]], %c0
// CHECK:         %[[FULL:.*]] = arith.cmpi uge, %[[N]], %c4
// CHECK:         scf.if %[[FULL]] {
// CHECK:           gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK:         } else {
// CHECK-NOT:       scf.if
// CHECK:           gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK:         }
// CHECK-NOT:     gdr.recurrent
func.func @dynamic_sequences(%q: memref<?x99x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<?x99x1x64xbf16>, memref<?x99x1x64xbf16>, memref<?x99x1x64xbf16>)
      outs(%q : memref<?x99x1x64xbf16>) {schedule = #by_size}
  return
}

// Tensors: the branches have the results.
// CHECK-LABEL: func.func @tensors(
// CHECK:         %[[R:.*]] = scf.if %{{.*}} -> (tensor<1x?x1x64xbf16>) {
// CHECK:           gdr.recurrent
// CHECK:           tensor.cast %{{.*}} : tensor<1x1x1x64xbf16> to tensor<1x?x1x64xbf16>
// CHECK:         } else {
// CHECK:           %[[INNER:.*]] = scf.if %{{.*}} -> (tensor<1x?x1x64xbf16>) {
// CHECK:             gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK:           } else {
// CHECK:             gdr.recurrent
// CHECK:           }
// CHECK:           scf.yield %[[INNER]]
// CHECK:         return %[[R]]
func.func @tensors(%q: tensor<1x?x1x64xbf16>) -> tensor<1x?x1x64xbf16> {
  %0 = gdr.gated_delta_rule
      ins(%q, %q, %q : tensor<1x?x1x64xbf16>, tensor<1x?x1x64xbf16>, tensor<1x?x1x64xbf16>)
      outs(%q : tensor<1x?x1x64xbf16>) {schedule = #by_size} -> tensor<1x?x1x64xbf16>
  return %0 : tensor<1x?x1x64xbf16>
}

// -----

#by_size = #gdr.alternatives<[
  <least_tokens = 48, least_sequences = 4, schedule = <columns = 128>>,
  <least_tokens = 16, schedule = <columns = 32>>]>

!x = memref<1x?x1x64xbf16>

// The longest packed sequence is compared, and no token on its own; cu_seqlens
// has an entry more than there are sequences.
// CHECK-LABEL: func.func @packed_with_bound(
// CHECK-SAME:    %[[MAX:[^:]*]]: index, %{{.*}}, %[[C:[^:]*]]: memref<?xi32>
// CHECK-NOT:     arith.cmpi eq
// CHECK:         %[[MANY:.*]] = arith.cmpi uge, %[[MAX]], %c48
// CHECK:         %[[SIZE:.*]] = memref.dim %[[C]], %c0
// CHECK:         %[[FULL:.*]] = arith.cmpi uge, %[[SIZE]], %c5
// CHECK:         %[[BOTH:.*]] = arith.andi %[[MANY]], %[[FULL]]
// CHECK:         scf.if %[[BOTH]] {
// CHECK:           gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK:         } else {
// CHECK:           %[[MANY:.*]] = arith.cmpi uge, %[[MAX]], %c16
// CHECK:           scf.if %[[MANY]] {
// CHECK:             gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK:           } else {
// CHECK:             gdr.recurrent
func.func @packed_with_bound(%max: index, %q: !x, %c: memref<?xi32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) cu_seqlens(%c : memref<?xi32>) max_seqlen(%max)
      outs(%q : !x) {schedule = #by_size}
  return
}

// Without it, more tokens than sequences, whatever the bound.
// CHECK-LABEL: func.func @packed(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<1x?x1x64xbf16>, %[[C:[^:]*]]: memref<?xi32>
// CHECK-DAG:     %[[T:.*]] = memref.dim %[[Q]], %c1
// CHECK-DAG:     %[[SIZE:.*]] = memref.dim %[[C]], %c0
// CHECK:         %[[MANY:.*]] = arith.cmpi uge, %[[T]], %[[SIZE]]
// CHECK:         %[[FULL:.*]] = arith.cmpi uge, %{{.*}}, %c5
// CHECK:         %[[BOTH:.*]] = arith.andi %[[MANY]], %[[FULL]]
// CHECK:         scf.if %[[BOTH]] {
// CHECK:           gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 128>
// CHECK:         } else {
// CHECK:           %[[MANY:.*]] = arith.cmpi uge, %{{.*}}, %{{.*}}
// CHECK:           scf.if %[[MANY]] {
// CHECK:             gdr.chunk_scan {{.*}}schedule = #gdr.chunked<columns = 32>
// CHECK:           } else {
// CHECK:             gdr.recurrent
func.func @packed(%q: !x, %c: memref<?xi32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x) cu_seqlens(%c : memref<?xi32>)
      outs(%q : !x) {schedule = #by_size}
  return
}

// Sequences are counted by the indices where there are any.
// CHECK-LABEL: func.func @pool(
// CHECK-SAME:    %[[ROWS:[^:]*]]: memref<?xi32>
// CHECK:         %[[N:.*]] = memref.dim %[[ROWS]], %c0
// CHECK:         %[[FULL:.*]] = arith.cmpi uge, %[[N]], %c4
// CHECK:         arith.andi %{{.*}}, %[[FULL]]
func.func @pool(%rows: memref<?xi32>, %q: !x, %c: memref<?xi32>, %s: memref<?x1x64x64xf32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : !x, !x, !x)
      initial_state(%s : memref<?x1x64x64xf32>) cu_seqlens(%c : memref<?xi32>)
      read_indices(%rows : memref<?xi32>) write_indices(%rows : memref<?xi32>)
      outs(%q : !x) final_state(%s : memref<?x1x64x64xf32>) {schedule = #by_size}
  return
}
