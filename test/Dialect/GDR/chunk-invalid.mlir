// RUN: gdr-opt %s --split-input-file --verify-diagnostics

// The constraints of gdr.chunk_prepare and gdr.chunk_scan in
// lib/Dialect/GDR/IR/RuleVerifier.cpp and those of the chunked schedule in
// GDRDialect.cpp, each under its tag. Constraints that the ops share with
// gdr.gated_delta_rule are in invalid.mlir.

// all_tensors_or_all_memrefs
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @all_tensors_or_all_memrefs(%x: !x, %y: tensor<1x40x2x8xf32>, %t: !t, %l: !l) {
  // expected-error @below {{expected 'k' to be a memref as 'outs' is, got 'tensor<1x40x2x8xf32>'}}
  gdr.chunk_prepare ins(%x, %y : !x, tensor<1x40x2x8xf32>) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// results_match_inits
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @results_match_inits(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected no result, because the inits are memrefs}}
  %0 = gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l) -> tensor<3xf32>
  return
}

// -----

// k_shape
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @k_shape(%x: !x, %k: memref<1x40x2x9xf32>, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 3 of 'k' to be K = 8, got 9}}
  gdr.chunk_prepare ins(%x, %k : !x, memref<1x40x2x9xf32>) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// gate_shape
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @gate_shape(%x: !x, %g: memref<1x41x2xf32>, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 1 of 'gate' to be T = 40, got 41}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) gate(%g : memref<1x41x2xf32>) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// head_ratio
!x = memref<1x40x2x8xf32>
!t = memref<3x3x16x16xf32>
!l = memref<3x3x4x16xf32>
func.func @head_ratio(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected the number of value heads, dimension 1 of 'inverse', to be a multiple of the number of key heads, 2, got 3}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// chunk_size
!x = memref<1x40x2x8xf32>
!t = memref<3x2x24x24xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_size(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 3 of 'inverse' to be a chunk size of 16, 32, 64 or 128, got 'memref<3x2x24x24xf32>'}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// chunk_size_dynamic
!x = memref<1x40x2x8xf32>
!t = memref<3x2x?x?xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_size_dynamic(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 3 of 'inverse' to be a chunk size of 16, 32, 64 or 128, got 'memref<3x2x?x?xf32>'}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// snapshot_chunks
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @snapshot_chunks(%x: !x, %t: !t, %l: !l, %rows: memref<2xi32>, %s: memref<2x2x8x8xf32>) {
  // expected-error @below {{expected attribute snapshot_every to be a multiple of the chunk size, 16, got 20}}
  gdr.chunk_scan ins(%x, %x, %x : !x, !x, !x) chunks(%t, %t, %l : !t, !t, !l)
      snapshot_indices(%rows : memref<2xi32>)
      outs(%x : !x) snapshots(%s : memref<2x2x8x8xf32>) {snapshot_every = 20 : i64}
  return
}

// -----

// schedule_chunk_size
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @schedule_chunk_size(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected schedule parameter 'chunk_size' to be the chunk size of 'inverse', 16, got 64}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l) {schedule = #gdr.chunked<chunk_size = 64>}
  return
}

// -----

// chunk_element_types
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_element_types(%x: !x, %t: !t, %a: memref<3x2x16x16xbf16>, %l: !l) {
  // expected-error @below {{expected the element type of 'attention' to be 'f32' as of 'inverse', got 'bf16'}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %a, %l : !t, memref<3x2x16x16xbf16>, !l)
  return
}

// -----

// chunk_shapes_slots
!x = memref<1x40x2x8xf32>
!t = memref<4x2x16x16xf32>
!l = memref<4x2x4x16xf32>
func.func @chunk_shapes_slots(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 0 of 'inverse' to be the number of slots = 3, got 4}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// chunk_shapes_packed
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_shapes_packed(%x: !x, %c: memref<5xi32>, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 0 of 'inverse' to be the number of slots = 6, got 3}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) cu_seqlens(%c : memref<5xi32>) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// chunk_shapes_heads
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_shapes_heads(%x: !x, %t: !t, %a: memref<3x4x16x16xf32>, %l: !l) {
  // expected-error @below {{expected dimension 1 of 'attention' to be HV = 2, got 4}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %a, %l : !t, memref<3x4x16x16xf32>, !l)
  return
}

// -----

// chunk_shapes_rows
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x3x16xf32>
func.func @chunk_shapes_rows(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 2 of 'decay' to be the number of its rows = 4, got 3}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// chunk_shapes_static
!x = memref<1x40x2x8xf32>
!t = memref<3x2x?x16xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_shapes_static(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 2 of 'inverse' to be static, got 'memref<3x2x?x16xf32>'}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// chunk_gate
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @chunk_gate(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected 'gate' to be of rank 3, one value per head, got 'memref<1x40x2x8xf32>'}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) gate(%x : !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// ods_decay
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf16>
func.func @ods_decay(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{operand #4 must be}}
  gdr.chunk_prepare ins(%x, %x : !x, !x) outs(%t, %t, %l : !t, !t, !l)
  return
}

// -----

// v_shape
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @v_shape(%x: !x, %v: memref<1x41x2x8xf32>, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 1 of 'v' to be T = 40, got 41}}
  gdr.chunk_scan ins(%x, %x, %v : !x, !x, memref<1x41x2x8xf32>) chunks(%t, %t, %l : !t, !t, !l) outs(%x : !x)
  return
}

// -----

// scan_chunk_shapes
!x = memref<1x40x2x8xf32>
!t = memref<2x2x16x16xf32>
!l = memref<2x2x4x16xf32>
func.func @scan_chunk_shapes(%x: !x, %t: !t, %l: !l) {
  // expected-error @below {{expected dimension 0 of 'inverse' to be the number of slots = 3, got 2}}
  gdr.chunk_scan ins(%x, %x, %x : !x, !x, !x) chunks(%t, %t, %l : !t, !t, !l) outs(%x : !x)
  return
}

// -----

// state_shape
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @state_shape(%x: !x, %t: !t, %l: !l, %s: memref<1x2x8x9xf32>) {
  // expected-error @below {{expected dimension 3 of 'final_state' to be V of state_layout k_first = 8, got 9}}
  gdr.chunk_scan ins(%x, %x, %x : !x, !x, !x) chunks(%t, %t, %l : !t, !t, !l) outs(%x : !x) final_state(%s : memref<1x2x8x9xf32>)
  return
}

// -----

// read_indices_state
!x = memref<1x40x2x8xf32>
!t = memref<3x2x16x16xf32>
!l = memref<3x2x4x16xf32>
func.func @read_indices_state(%x: !x, %t: !t, %l: !l, %i: memref<1xi32>) {
  // expected-error @below {{expected operand 'initial_state' with 'read_indices', which selects its rows}}
  gdr.chunk_scan ins(%x, %x, %x : !x, !x, !x) chunks(%t, %t, %l : !t, !t, !l) read_indices(%i : memref<1xi32>) outs(%x : !x)
  return
}

// -----

// chunked_chunk_size
// expected-error @below {{expected schedule parameter 'chunk_size' to be 16, 32, 64 or 128, got 48}}
func.func private @f() attributes {a = #gdr.chunked<chunk_size = 48>}

// -----

// chunked_columns
// expected-error @below {{expected schedule parameter 'columns' not to be negative, got -1}}
func.func private @f() attributes {a = #gdr.chunked<columns = -1>}

// -----

// chunked_stages
// expected-error @below {{expected schedule parameter 'stages' not to be negative, got -2}}
func.func private @f() attributes {a = #gdr.chunked<stages = -2>}

// -----

// chunked_heads
// expected-error @below {{expected schedule parameter 'heads' not to be negative, got -1}}
func.func private @f() attributes {a = #gdr.chunked<heads = -1>}

// -----

// alternative_bounds
// expected-error @below {{expected schedule parameter 'least_tokens' not to be negative, got -1}}
func.func private @f() attributes {a = #gdr.alternative<least_tokens = -1, schedule = <>>}

// -----

// alternative_bounds
// expected-error @below {{expected schedule parameter 'least_sequences' not to be negative, got -3}}
func.func private @f() attributes {a = #gdr.alternative<least_tokens = 1, least_sequences = -3, schedule = <>>}

// -----

// ODS: the recurrent form takes no chunked schedule
!x = memref<1x4x2x8xf32>
func.func @ods_schedule(%x: !x) {
  // expected-error @below {{attribute 'schedule' failed to satisfy constraint}}
  gdr.recurrent ins(%x, %x, %x : !x, !x, !x) outs(%x : !x) {schedule = #gdr.chunked<>}
  return
}

// -----

// ODS: nor alternatives of them
!x = memref<1x4x2x8xf32>
func.func @ods_alternatives(%x: !x) {
  // expected-error @below {{attribute 'schedule' failed to satisfy constraint}}
  gdr.recurrent ins(%x, %x, %x : !x, !x, !x) outs(%x : !x) {schedule = #gdr.alternatives<[<least_tokens = 1, schedule = <>>]>}
  return
}
