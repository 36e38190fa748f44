// RUN: gdr-opt %s --gdr-select-schedule=chunked | FileCheck %s
// RUN: gdr-opt %s --gdr-select-schedule=chunked | gdr-opt --gdr-select-schedule=chunked | FileCheck %s
// RUN: gdr-opt %s --gdr-select-schedule="chunked wgmma=false" | FileCheck %s --check-prefix=MMA
// RUN: gdr-opt %s --gdr-select-schedule="chunked always-chunked" | FileCheck %s --check-prefix=ALWAYS
// RUN: gdr-opt %s --gdr-select-schedule=chunked --remarks-filter=gdr-select-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The choice between the recurrent and the chunked form on a GPU of 132
// multiprocessors, and of the latter's schedule. Bounds and times are the cost
// model's and not tested.

!one = memref<1x1x16x128xbf16>
!one_v = memref<1x1x32x128xbf16>
!chunk = memref<1x64x16x128xbf16>
!chunk_v = memref<1x64x32x128xbf16>
!long = memref<1x4096x16x128xbf16>
!long_v = memref<1x4096x32x128xbf16>

// 32 value heads: with 32 columns of 128 a CTA there are 128 CTAs.
// CHECK-LABEL: func.func @few_sequences(
// CHECK:         schedule = #gdr.chunked<columns = 32
// One kernel without wgmma.
// MMA-LABEL:   func.func @few_sequences(
// MMA:           schedule = #gdr.chunked<columns = 64
// ALWAYS-LABEL: func.func @few_sequences(
// ALWAYS:        schedule = #gdr.chunked<columns = 32
// REMARK:       [[@LINE+5]]:3: remark: [Analysis] predicted | Category:gdr-select-schedule | form=recurrent, sequences=1, tokens=4096, us=
// REMARK:       remark: [Analysis] predicted | Category:gdr-select-schedule | form="chunked, columns = 32", sequences=1, tokens=4096, us=
// REMARK:       remark: [Analysis] predicted | Category:gdr-select-schedule | form="chunked, columns = 64", sequences=1, tokens=4096, us=
// REMARK:       remark: [Analysis] predicted | Category:gdr-select-schedule | form="chunked, columns = 128", sequences=1, tokens=4096, us=
func.func @few_sequences(%q: !long, %v: !long_v) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
  return
}

// The GPU is full of wider ones.
// CHECK-LABEL: func.func @many_sequences(
// CHECK:         schedule = #gdr.chunked<columns = {{64|128}}{{[,>]}}
// MMA-LABEL:   func.func @many_sequences(
// MMA:           schedule = #gdr.chunked<columns = 64{{[,>]}}
// ALWAYS-LABEL: func.func @many_sequences(
// ALWAYS:        schedule = #gdr.chunked<columns = {{64|128}}{{[,>]}}
func.func @many_sequences(%q: memref<32x4096x16x128xbf16>, %v: memref<32x4096x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<32x4096x16x128xbf16>, memref<32x4096x16x128xbf16>, memref<32x4096x32x128xbf16>)
      outs(%v : memref<32x4096x32x128xbf16>)
  return
}

// One chunk: each value head is prepared by a CTA of its own.
// CHECK-LABEL: func.func @one_chunk(
// CHECK:         schedule = #gdr.chunked<columns = 32, heads = 1{{[,>]}}
// MMA-LABEL:   func.func @one_chunk(
// MMA:           schedule = #gdr.chunked<columns = 64, heads = 1{{[,>]}}
func.func @one_chunk(%q: !chunk, %v: !chunk_v) {
  gdr.gated_delta_rule ins(%q, %q, %v : !chunk, !chunk, !chunk_v) outs(%v : !chunk_v)
  return
}

// The recurrent form, whose tile sizes are not chosen yet.
// CHECK-LABEL: func.func @one_token(
// CHECK-NOT:     schedule
// CHECK:         return
// ALWAYS-LABEL: func.func @one_token(
// ALWAYS:        schedule = #gdr.chunked<columns = 32
func.func @one_token(%q: !one, %v: !one_v) {
  gdr.gated_delta_rule ins(%q, %q, %v : !one, !one, !one_v) outs(%v : !one_v)
  return
}

// Three tokens are not worth a chunk.
// CHECK-LABEL: func.func @few_tokens(
// CHECK-NOT:     schedule
// CHECK:         return
// ALWAYS-LABEL: func.func @few_tokens(
// ALWAYS:        schedule = #gdr.chunked<columns = 32
func.func @few_tokens(%q: memref<1x3x16x128xbf16>, %v: memref<1x3x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x3x16x128xbf16>, memref<1x3x16x128xbf16>, memref<1x3x32x128xbf16>)
      outs(%v : memref<1x3x32x128xbf16>)
  return
}

// What the kernels cannot do, even if asked to, and what has no chunked form.
// CHECK-LABEL: func.func @no_chunked_form(
// CHECK-NOT:     schedule
// CHECK:         return
// ALWAYS-LABEL: func.func @no_chunked_form(
// ALWAYS-NOT:    schedule
// ALWAYS:        return
// REMARK:       [[@LINE+3]]:3: remark: [Missed] chunked | Category:gdr-select-schedule | Reason="operand 'q' is of f32, and the tensor cores take 16 bits"
// REMARK:       remark: [Missed] chunked | Category:gdr-select-schedule | Reason="operand 'num_accepted' is present"
func.func @no_chunked_form(%q: memref<1x99x1x64xf32>, %h: memref<1x99x1x64xbf16>, %n: memref<1xi32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x99x1x64xf32>, memref<1x99x1x64xf32>, memref<1x99x1x64xf32>)
      outs(%q : memref<1x99x1x64xf32>)
  gdr.gated_delta_rule
      ins(%h, %h, %h : memref<1x99x1x64xbf16>, memref<1x99x1x64xbf16>, memref<1x99x1x64xbf16>)
      num_accepted(%n : memref<1xi32>) outs(%h : memref<1x99x1x64xbf16>)
  return
}

// Strides that are known and that no copy of boxes can have, except over one
// element.
// CHECK-LABEL: func.func @odd_strides(
// CHECK:         test.odd
// CHECK-NOT:     schedule
// CHECK:         schedule = #gdr.chunked<{{.*}}test.one_sequence
// REMARK:       [[@LINE+4]]:3: remark: [Missed] chunked | Category:gdr-select-schedule | Reason="operand 'o' has a stride of 2052 elements, and the kernels take multiples of 8"
func.func @odd_strides(%q: !long, %v: !long_v,
                       %o: memref<1x4096x32x128xbf16, strided<[?, 2052, 128, 1], offset: ?>>,
                       %one: memref<1x4096x32x128xbf16, strided<[7, 4096, 128, 1]>>) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v)
      outs(%o : memref<1x4096x32x128xbf16, strided<[?, 2052, 128, 1], offset: ?>>) {test.odd}
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v)
      outs(%one : memref<1x4096x32x128xbf16, strided<[7, 4096, 128, 1]>>) {test.one_sequence}
  return
}

// K of more than 128 leaves one kernel, and none without wgmma.
// CHECK-LABEL: func.func @wide_keys(
// CHECK:         schedule = #gdr.chunked<columns = 32
// MMA-LABEL:   func.func @wide_keys(
// MMA-NOT:       schedule
// MMA:           return
func.func @wide_keys(%q: memref<32x4096x2x256xbf16>, %v: memref<32x4096x2x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<32x4096x2x256xbf16>, memref<32x4096x2x256xbf16>, memref<32x4096x2x128xbf16>)
      outs(%v : memref<32x4096x2x128xbf16>)
  return
}

// The chunked form is asked for but not its columns: they are chosen, with what
// else is given. One slot is not enough for 32 columns.
// CHECK-LABEL: func.func @completed(
// CHECK:         schedule = #gdr.chunked<columns = 32
// CHECK:         schedule = #gdr.chunked<columns = 32
// CHECK:         schedule = #gdr.chunked<columns = 32, stages = 3, heads = 1, overlap = false>
// CHECK:         schedule = #gdr.chunked<columns = {{64|128}}, stages = 1
// MMA-LABEL:   func.func @completed(
// MMA-COUNT-4:   schedule = #gdr.chunked<columns = 64
func.func @completed(%q: !long, %v: !long_v, %q1: !one, %v1: !one_v) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v) {schedule = #gdr.chunked<>}
  gdr.gated_delta_rule ins(%q1, %q1, %v1 : !one, !one, !one_v) outs(%v1 : !one_v) {schedule = #gdr.chunked<>}
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
      {schedule = #gdr.chunked<stages = 3, heads = 1, overlap = false>}
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
      {schedule = #gdr.chunked<stages = 1>}
  return
}

// For every T and N, without alternatives.
// CHECK-LABEL: func.func @completed_dynamic(
// CHECK:         schedule = #gdr.chunked<columns = 32
func.func @completed_dynamic(%q: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>)
      outs(%v : memref<?x?x32x128xbf16>) {schedule = #gdr.chunked<>}
  return
}

// Chunks of another size are not replaced; gdr-dispatch says what the kernels take.
// CHECK-LABEL: func.func @other_chunks(
// CHECK:         schedule = #gdr.chunked<chunk_size = 32>
func.func @other_chunks(%q: !long, %v: !long_v) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
      {schedule = #gdr.chunked<chunk_size = 32>}
  return
}

// What is decided stays.
// CHECK-LABEL: func.func @decided(
// CHECK:         schedule = #gdr.chunked<columns = 128>}
// CHECK:         schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>}
// CHECK:         schedule = #gdr.alternatives<[<least_tokens = 7, schedule = <columns = 64>>]>}
// CHECK:         gdr.recurrent
// CHECK-NOT:     schedule
// CHECK:         return
func.func @decided(%q: !long, %v: !long_v) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
      {schedule = #gdr.chunked<columns = 128>}
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>}
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
      {schedule = #gdr.alternatives<[<least_tokens = 7, schedule = <columns = 64>>]>}
  gdr.recurrent ins(%q, %q, %v : !long, !long, !long_v) outs(%v : !long_v)
  return
}

// T is dynamic, N is one: one alternative.
// CHECK-LABEL: func.func @dynamic_tokens(
// CHECK:         schedule = #gdr.alternatives<[<least_tokens = {{[0-9]+}}, schedule = <columns = 32{{[^<]*}}>>]>
// MMA-LABEL:   func.func @dynamic_tokens(
// MMA:           schedule = #gdr.alternatives<[<least_tokens = {{[0-9]+}}, schedule = <columns = 64{{[^<]*}}>>]>
// ALWAYS-LABEL: func.func @dynamic_tokens(
// ALWAYS:        schedule = #gdr.chunked<columns = 32
func.func @dynamic_tokens(%q: memref<1x?x16x128xbf16>, %v: memref<1x?x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<1x?x16x128xbf16>, memref<1x?x16x128xbf16>, memref<1x?x32x128xbf16>)
      outs(%v : memref<1x?x32x128xbf16>)
  return
}

// N is dynamic: those for more sequences come first, the last is for all.
// CHECK-LABEL: func.func @dynamic_sequences(
// CHECK:         schedule = #gdr.alternatives<[<least_tokens = {{[0-9]+}}, least_sequences = {{[0-9]+}}, schedule = <columns = {{64|128}}{{[,>]}}
// CHECK-SAME:      <least_tokens = {{[0-9]+}}, schedule = <columns = 32{{[^<]*}}>>]>
// MMA-LABEL:   func.func @dynamic_sequences(
// MMA:           schedule = #gdr.alternatives<[
// MMA-NOT:       columns = {{32|128}}
// MMA:           return
func.func @dynamic_sequences(%q: memref<?x4096x16x128xbf16>, %v: memref<?x4096x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<?x4096x16x128xbf16>, memref<?x4096x16x128xbf16>, memref<?x4096x32x128xbf16>)
      outs(%v : memref<?x4096x32x128xbf16>)
  return
}

// Times are predicted for sizes that stand for the dynamic ones.
// CHECK-LABEL: func.func @dynamic(
// CHECK:         schedule = #gdr.alternatives<[<least_tokens = {{[0-9]+}}, least_sequences = {{[0-9]+}}, schedule = <columns = {{64|128}}{{[,>]}}
// CHECK-SAME:      <least_tokens = {{[0-9]+}}, schedule = <columns = 32{{[^<]*}}>>]>
// REMARK:       [[@LINE+2]]:3: remark: [Analysis] predicted | Category:gdr-select-schedule | form=recurrent, sequences=1, tokens=4096, us=
func.func @dynamic(%q: memref<?x?x16x128xbf16>, %v: memref<?x?x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %v : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16>, memref<?x?x32x128xbf16>)
      outs(%v : memref<?x?x32x128xbf16>)
  return
}

// The lengths of packed sequences are not known, even if their sum is.
// CHECK-LABEL: func.func @packed(
// CHECK:         schedule = #gdr.alternatives<[<least_tokens = {{[0-9]+}}, schedule = <columns = {{64|128}}{{[^<]*}}>>]>
// CHECK:         schedule = #gdr.alternatives<[<least_tokens = {{[0-9]+}}, least_sequences = {{[0-9]+}}, schedule = <columns = {{64|128}}{{[,>]}}
// CHECK-SAME:      <least_tokens = {{[0-9]+}}, schedule = <columns = 32{{[^<]*}}>>]>
func.func @packed(%q: !long, %v: !long_v, %sixteen: memref<17xi32>, %c: memref<?xi32>) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) cu_seqlens(%sixteen : memref<17xi32>)
      outs(%v : !long_v)
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) cu_seqlens(%c : memref<?xi32>)
      outs(%v : !long_v)
  return
}

// The kernels store a snapshot after a chunk of 64 tokens, and none within it.
// CHECK-LABEL: func.func @snapshots(
// CHECK:         schedule = #gdr.chunked<
// CHECK-SAME:    snapshot_every = 128 : i64
// ALWAYS-LABEL: func.func @snapshots(
// ALWAYS:        schedule = #gdr.chunked<
func.func @snapshots(%q: !long, %v: !long_v, %rows: memref<32xi32>, %s: memref<?x32x128x128xf32>) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) snapshot_indices(%rows : memref<32xi32>)
      outs(%v : !long_v) snapshots(%s : memref<?x32x128x128xf32>) {snapshot_every = 128 : i64}
  return
}

// CHECK-LABEL: func.func @snapshots_within_chunks(
// CHECK-NOT:     schedule
// CHECK:         return
// ALWAYS-LABEL: func.func @snapshots_within_chunks(
// ALWAYS-NOT:    schedule
// ALWAYS:        return
// REMARK:       [[@LINE+2]]:3: remark: [Missed] chunked | Category:gdr-select-schedule | Reason="snapshot_every is 96, and the kernels store states after chunks of 64 tokens"
func.func @snapshots_within_chunks(%q: !long, %v: !long_v, %rows: memref<99xi32>, %s: memref<?x32x128x128xf32>) {
  gdr.gated_delta_rule ins(%q, %q, %v : !long, !long, !long_v) snapshot_indices(%rows : memref<99xi32>)
      outs(%v : !long_v) snapshots(%s : memref<?x32x128x128xf32>) {snapshot_every = 96 : i64}
  return
}
