// RUN: gdr-opt %s --split-input-file --verify-diagnostics

// First what ODS states, then one case or more for each constraint of
// lib/Dialect/GDR/IR/RuleVerifier.cpp and of the schedule's verifier in
// GDRDialect.cpp, under its tag.

// Element types and ranks, by ODS
!x = tensor<1x4x2x8xf64>
func.func @ods_element_type(%x: !x) {
  // expected-error @below {{operand #0 must be 'q', a 4D tensor of bfloat16 type or 16-bit float or 32-bit float values or 4D memref of bfloat16 type or 16-bit float or 32-bit float values, but got 'tensor<1x4x2x8xf64>'}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: rank of q
!x = tensor<4x2x8xf32>
func.func @ods_rank(%x: !x) {
  // expected-error @below {{operand #0 must be 'q', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: unranked
!x = tensor<*xf32>
func.func @ods_unranked(%x: !x) {
  // expected-error @below {{operand #0 must be 'q', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: rank of gate
!x = tensor<1x4x2x8xf32>
func.func @ods_gate(%x: !x, %g: tensor<1x4xf32>) {
  // expected-error @below {{operand #3 must be 'gate', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: rank of beta
!x = tensor<1x4x2x8xf32>
func.func @ods_beta(%x: !x, %b: tensor<1x4x2x8xf32>) {
  // expected-error @below {{operand #3 must be 'beta', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      beta(%b : tensor<1x4x2x8xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: element type of a state
!x = tensor<1x4x2x8xf32>
func.func @ods_state(%x: !x, %s: tensor<1x2x8x8xi8>) {
  // expected-error @below {{operand #3 must be 'initial_state', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<1x2x8x8xi8>)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: element type of indices
!x = tensor<1x4x2x8xf32>
func.func @ods_indices(%x: !x, %s: tensor<3x2x8x8xf32>, %i: tensor<1xi16>) {
  // expected-error @below {{operand #4 must be 'read_indices', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<3x2x8x8xf32>) read_indices(%i : tensor<1xi16>)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: rank of cu_seqlens
!x = tensor<1x4x2x8xf32>
func.func @ods_cu_seqlens(%x: !x, %c: tensor<1x2xi32>) {
  // expected-error @below {{operand #3 must be 'cu_seqlens', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      cu_seqlens(%c : tensor<1x2xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: element type of num_accepted
!x = tensor<1x4x2x8xf32>
func.func @ods_num_accepted(%x: !x, %n: tensor<1xi64>) {
  // expected-error @below {{operand #3 must be 'num_accepted', a }}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      num_accepted(%n : tensor<1xi64>)
      outs(%x : !x) -> !x
  return
}

// -----

// ODS: snapshot_every is positive
!x = tensor<1x4x2x8xf32>
func.func @ods_snapshot_every(%x: !x, %i: tensor<3xi32>, %s: tensor<3x2x8x8xf32>) {
  // expected-error @+3 {{attribute 'snapshot_every' failed to satisfy constraint}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      snapshot_indices(%i : tensor<3xi32>)
      outs(%x : !x) snapshots(%s : tensor<3x2x8x8xf32>) {snapshot_every = 0 : i64} -> !x, tensor<3x2x8x8xf32>
  return
}

// -----

// ODS: scale is f32
!x = tensor<1x4x2x8xf32>
func.func @ods_scale(%x: !x) {
  // expected-error @+2 {{attribute 'scale' failed to satisfy constraint}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {scale = 1.0 : f64} -> !x
  return
}

// -----

// all_tensors_or_all_memrefs
!x = tensor<1x4x2x8xf32>
func.func @all_tensors_or_all_memrefs(%x: !x, %m: memref<1x4x2x8xf32>) {
  // expected-error @below {{expected 'k' to be a tensor as 'outs' is, got 'memref<1x4x2x8xf32>'}}
  %0 = gdr.gated_delta_rule ins(%x, %m, %x : !x, memref<1x4x2x8xf32>, !x)
      outs(%x : !x) -> !x
  return
}

// -----

// all_tensors_or_all_memrefs
!x = memref<1x4x2x8xf32>
func.func @all_tensors_or_all_memrefs_2(%x: !x, %s: tensor<1x2x8x8xf32>) {
  // expected-error @below {{expected 'final_state' to be a memref as 'outs' is, got 'tensor<1x2x8x8xf32>'}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) final_state(%s : tensor<1x2x8x8xf32>) -> tensor<1x2x8x8xf32>
  return
}

// -----

// innermost_stride
!x = memref<1x4x2x8xf32, strided<[64, 16, 8, 2]>>
func.func @innermost_stride(%x: !x) {
  // expected-error @below {{expected the innermost stride of 'q' to be 1}}
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x)
  return
}

// -----

// innermost_stride: a dynamic one
!x = memref<1x4x2x8xf32>
func.func @innermost_stride_2(%x: !x, %g: memref<1x4x2xf32, strided<[?, ?, ?], offset: ?>>) {
  // expected-error @below {{expected the innermost stride of 'gate' to be 1}}
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : memref<1x4x2xf32, strided<[?, ?, ?], offset: ?>>)
      outs(%x : !x)
  return
}

// -----

// innermost_stride: a layout without strides
!x = memref<1x4x2x8xf32, affine_map<(a, b, c, d) -> (a, b, c floordiv 2, d)>>
func.func @innermost_stride_3(%x: !x) {
  // expected-error @below {{expected the innermost stride of 'q' to be 1}}
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x)
  return
}

// -----

// results_match_inits
!x = tensor<1x4x2x8xf32>
func.func @results_match_inits(%x: !x, %s: tensor<1x2x8x8xf32>) {
  // expected-error @below {{expected one result of the init's type for each init}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) final_state(%s : tensor<1x2x8x8xf32>) -> !x
  return
}

// -----

// results_match_inits
!x = tensor<1x4x2x8xf32>
func.func @results_match_inits_2(%x: !x) {
  // expected-error @below {{expected one result of the init's type for each init}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) -> tensor<1x4x2x8xbf16>
  return
}

// -----

// results_match_inits
!x = memref<1x4x2x8xf32>
func.func @results_match_inits_3(%x: !x) {
  // expected-error @below {{expected no result, because the inits are memrefs}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) -> tensor<1x4x2x8xf32>
  return
}

// -----

// activation_element_types
!x = tensor<1x4x2x8xf32>
func.func @activation_element_types(%x: !x, %v: tensor<1x4x2x8xbf16>) {
  // expected-error @below {{expected the element type of 'v' to be 'f32' as of 'q', got 'bf16'}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x4x2x8xbf16>)
      outs(%x : !x) -> !x
  return
}

// -----

// activation_element_types
!x = tensor<1x4x2x8xf32>
func.func @activation_element_types_2(%x: !x, %o: tensor<1x4x2x8xf16>) {
  // expected-error @below {{expected the element type of 'outs' to be 'f32' as of 'q', got 'f16'}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%o : tensor<1x4x2x8xf16>) -> tensor<1x4x2x8xf16>
  return
}

// -----

// k_shape
!x = tensor<1x4x2x8xf32>
func.func @k_shape(%x: !x, %k: tensor<1x4x2x16xf32>) {
  // expected-error @below {{expected dimension 3 of 'k' to be K = 8, got 16}}
  %0 = gdr.gated_delta_rule ins(%x, %k, %x : !x, tensor<1x4x2x16xf32>, !x)
      outs(%x : !x) -> !x
  return
}

// -----

// v_shape
!x = tensor<1x4x2x8xf32>
func.func @v_shape(%x: !x, %v: tensor<1x5x2x8xf32>) {
  // expected-error @below {{expected dimension 1 of 'v' to be T = 4, got 5}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x5x2x8xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// o_shape
!x = tensor<1x4x2x8xf32>
func.func @o_shape(%x: !x, %o: tensor<1x4x2x9xf32>) {
  // expected-error @below {{expected dimension 3 of 'outs' to be V = 8, got 9}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%o : tensor<1x4x2x9xf32>) -> tensor<1x4x2x9xf32>
  return
}

// -----

// positive_dimensions
!x = tensor<1x4x0x8xf32>
func.func @positive_dimensions(%x: !x, %v: tensor<1x4x0x8xf32>) {
  // expected-error @below {{expected HK to be positive, got 0}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x4x0x8xf32>)
      outs(%v : tensor<1x4x0x8xf32>) -> tensor<1x4x0x8xf32>
  return
}

// -----

// positive_dimensions
!x = tensor<1x4x2x0xf32>
func.func @positive_dimensions_2(%x: !x, %v: tensor<1x4x2x8xf32>) {
  // expected-error @below {{expected K to be positive, got 0}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x4x2x8xf32>)
      outs(%v : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

// positive_dimensions
!x = tensor<1x4x2x8xf32>
func.func @positive_dimensions_3(%x: !x, %v: tensor<1x4x0x8xf32>) {
  // expected-error @below {{expected HV to be positive, got 0}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x4x0x8xf32>)
      outs(%v : tensor<1x4x0x8xf32>) -> tensor<1x4x0x8xf32>
  return
}

// -----

// positive_dimensions
!x = tensor<1x4x2x8xf32>
func.func @positive_dimensions_4(%x: !x, %v: tensor<1x4x2x0xf32>) {
  // expected-error @below {{expected V to be positive, got 0}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x4x2x0xf32>)
      outs(%v : tensor<1x4x2x0xf32>) -> tensor<1x4x2x0xf32>
  return
}

// -----

// head_ratio
!x = tensor<1x4x2x8xf32>
func.func @head_ratio(%x: !x, %v: tensor<1x4x3x8xf32>) {
  // expected-error @below {{expected the number of value heads, dimension 2 of 'v', to be a multiple of the number of key heads, 2, got 3}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %v : !x, !x, tensor<1x4x3x8xf32>)
      outs(%v : tensor<1x4x3x8xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

// gate_shape
!x = tensor<1x4x2x8xf32>
func.func @gate_shape(%x: !x, %g: tensor<1x4x3xf32>) {
  // expected-error @below {{expected dimension 2 of 'gate' to be HV = 2, got 3}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x3xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// gate_shape: per channel
!x = tensor<1x4x2x8xf32>
func.func @gate_shape_2(%x: !x, %g: tensor<1x4x2x4xf32>) {
  // expected-error @below {{expected dimension 3 of 'gate' to be K = 8, got 4}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2x4xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// beta_shape
!x = tensor<1x4x2x8xf32>
func.func @beta_shape(%x: !x, %b: tensor<1x2x2xf32>) {
  // expected-error @below {{expected dimension 1 of 'beta' to be T = 4, got 2}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      beta(%b : tensor<1x2x2xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// gate_form_operands
!x = tensor<1x4x2x8xf32>
func.func @gate_form_operands(%x: !x, %g: tensor<1x4x2xf32>) {
  // expected-error @below {{expected operands 'gate' and 'A_log' with gate_form softplus}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<softplus>} -> !x
  return
}

// -----

// gate_form_operands
!x = tensor<1x4x2x8xf32>
func.func @gate_form_operands_2(%x: !x, %a: tensor<2xf32>) {
  // expected-error @below {{expected operands 'gate' and 'A_log' with gate_form bounded_sigmoid}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      A_log(%a : tensor<2xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<bounded_sigmoid>, lower_bound = -5.0 : f32} -> !x
  return
}

// -----

// gate_parameters_unused
!x = tensor<1x4x2x8xf32>
func.func @gate_parameters_unused(%x: !x, %a: tensor<2xf32>) {
  // expected-error @below {{expected no operand 'A_log' with gate_form log, which takes the gate as given; use gate_form softplus}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      A_log(%a : tensor<2xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// gate_parameters_unused
!x = tensor<1x4x2x8xf32>
func.func @gate_parameters_unused_2(%x: !x, %a: tensor<2xf32>) {
  // expected-error @below {{expected no operand 'dt_bias' with gate_form log}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      dt_bias(%a : tensor<2xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// gate_parameter_shape
!x = tensor<1x4x2x8xf32>
func.func @gate_parameter_shape(%x: !x, %g: tensor<1x4x2xf32>, %a: tensor<3xf32>) {
  // expected-error @below {{expected dimension 0 of 'A_log' to be HV = 2, got 3}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2xf32>) A_log(%a : tensor<3xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<softplus>} -> !x
  return
}

// -----

// gate_parameter_shape: per channel with a gate per head
!x = tensor<1x4x2x8xf32>
func.func @gate_parameter_shape_2(
    %x: !x, %g: tensor<1x4x2xf32>, %a: tensor<2xf32>, %d: tensor<2x8xf32>) {
  // expected-error @below {{expected 'dt_bias' to be of rank 1, because the gate has one value per head, got 'tensor<2x8xf32>'}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2xf32>) A_log(%a : tensor<2xf32>) dt_bias(%d : tensor<2x8xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<softplus>} -> !x
  return
}

// -----

// gate_parameter_shape
!x = tensor<1x4x2x8xf32>
func.func @gate_parameter_shape_3(
    %x: !x, %g: tensor<1x4x2x8xf32>, %a: tensor<2xf32>, %d: tensor<2x4xf32>) {
  // expected-error @below {{expected dimension 1 of 'dt_bias' to be K = 8, got 4}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2x8xf32>) A_log(%a : tensor<2xf32>) dt_bias(%d : tensor<2x4xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<softplus>} -> !x
  return
}

// -----

// beta_form_operand
!x = tensor<1x4x2x8xf32>
func.func @beta_form_operand(%x: !x) {
  // expected-error @below {{expected operand 'beta' with beta_form sigmoid}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {beta_form = #gdr.beta_form<sigmoid>} -> !x
  return
}

// -----

// cu_seqlens_batch
!x = tensor<2x4x2x8xf32>
func.func @cu_seqlens_batch(%x: !x, %c: tensor<3xi32>) {
  // expected-error @below {{expected dimension 0 of 'q' to be 1 with 'cu_seqlens', which packs sequences along dimension 1, got 2}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      cu_seqlens(%c : tensor<3xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// cu_seqlens_size
!x = tensor<1x4x2x8xf32>
func.func @cu_seqlens_size(%x: !x, %c: tensor<0xi32>) {
  // expected-error @below {{expected 'cu_seqlens' to have N + 1 elements, got 0}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      cu_seqlens(%c : tensor<0xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// max_seqlen_packed
!x = tensor<1x4x2x8xf32>
func.func @max_seqlen_packed(%x: !x, %m: index) {
  // expected-error @below {{expected operand 'cu_seqlens' with 'max_seqlen'}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      max_seqlen(%m)
      outs(%x : !x) -> !x
  return
}

// -----

// read_indices_state
!x = tensor<1x4x2x8xf32>
func.func @read_indices_state(%x: !x, %i: tensor<1xi32>) {
  // expected-error @below {{expected operand 'initial_state' with 'read_indices', which selects its rows}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      read_indices(%i : tensor<1xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// write_indices_state
!x = tensor<1x4x2x8xf32>
func.func @write_indices_state(%x: !x, %i: tensor<1xi32>) {
  // expected-error @below {{expected operand 'final_state' with 'write_indices', which selects its rows}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      write_indices(%i : tensor<1xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// sequence_count
!x = tensor<1x4x2x8xf32>
func.func @sequence_count(%x: !x, %i: tensor<1xi32>, %j: tensor<2xi32>, %s: tensor<9x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'write_indices' to be the number of sequences = 1, got 2}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<9x2x8x8xf32>) read_indices(%i : tensor<1xi32>) write_indices(%j : tensor<2xi32>)
      outs(%x : !x) final_state(%s : tensor<9x2x8x8xf32>) -> !x, tensor<9x2x8x8xf32>
  return
}

// -----

// sequence_count: without cu_seqlens the batch
!x = tensor<1x4x2x8xf32>
func.func @sequence_count_2(%x: !x, %i: tensor<3xi32>, %s: tensor<9x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'q' to be the number of sequences = 3, got 1}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<9x2x8x8xf32>) read_indices(%i : tensor<3xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// sequence_count: with cu_seqlens its size
!x = tensor<1x4x2x8xf32>
func.func @sequence_count_3(%x: !x, %c: tensor<3xi32>, %i: tensor<3xi32>, %s: tensor<9x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'cu_seqlens' to be one more than the number of sequences = 4, got 3}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<9x2x8x8xf32>) cu_seqlens(%c : tensor<3xi32>)
          read_indices(%i : tensor<3xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// sequence_count: num_accepted
!x = tensor<1x4x2x8xf32>
func.func @sequence_count_4(%x: !x, %n: tensor<2xi32>) {
  // expected-error @below {{expected dimension 0 of 'q' to be the number of sequences = 2, got 1}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      num_accepted(%n : tensor<2xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// state_shape
!x = tensor<1x4x2x8xf32>
func.func @state_shape(%x: !x, %s: tensor<2x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'initial_state' to be the number of sequences = 1, got 2}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<2x2x8x8xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// state_shape
!x = tensor<1x4x2x8xf32>
func.func @state_shape_2(%x: !x, %s: tensor<1x4x8x8xf32>) {
  // expected-error @below {{expected dimension 1 of 'initial_state' to be HV = 2, got 4}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<1x4x8x8xf32>)
      outs(%x : !x) -> !x
  return
}

// -----

// state_shape
!x = tensor<1x4x2x8xf32>
func.func @state_shape_3(%x: !x, %s: tensor<1x2x16x8xf32>) {
  // expected-error @below {{expected dimension 2 of 'final_state' to be K of state_layout k_first = 8, got 16}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) final_state(%s : tensor<1x2x16x8xf32>) -> !x, tensor<1x2x16x8xf32>
  return
}

// -----

// state_shape
!x = tensor<1x4x2x8xf32>
func.func @state_shape_4(%x: !x, %s: tensor<1x2x8x16xf32>) {
  // expected-error @below {{expected dimension 3 of 'final_state' to be K of state_layout v_first = 8, got 16}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) final_state(%s : tensor<1x2x8x16xf32>) {state_layout = #gdr.state_layout<v_first>} -> !x, tensor<1x2x8x16xf32>
  return
}

// -----

// state_shape: packed sequences
!x = tensor<1x4x2x8xf32>
func.func @state_shape_5(%x: !x, %c: tensor<3xi32>, %s: tensor<4x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'initial_state' to be the number of sequences = 2, got 4}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      initial_state(%s : tensor<4x2x8x8xf32>) cu_seqlens(%c : tensor<3xi32>)
      outs(%x : !x) -> !x
  return
}

// -----

// snapshots_together
!x = tensor<1x4x2x8xf32>
func.func @snapshots_together(%x: !x, %s: tensor<3x2x8x8xf32>) {
  // expected-error @below {{expected 'snapshots', 'snapshot_indices' and the attribute snapshot_every together}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) snapshots(%s : tensor<3x2x8x8xf32>) -> !x, tensor<3x2x8x8xf32>
  return
}

// -----

// snapshots_together
!x = tensor<1x4x2x8xf32>
func.func @snapshots_together_2(%x: !x) {
  // expected-error @below {{expected 'snapshots', 'snapshot_indices' and the attribute snapshot_every together}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {snapshot_every = 2 : i64} -> !x
  return
}

// -----

// snapshot_indices_size
!x = tensor<2x5x2x8xf32>
func.func @snapshot_indices_size(%x: !x, %i: tensor<3xi32>, %s: tensor<9x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'snapshot_indices' to be at least B * floor(T / snapshot_every) = 4, got 3}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      snapshot_indices(%i : tensor<3xi32>)
      outs(%x : !x) snapshots(%s : tensor<9x2x8x8xf32>) {snapshot_every = 2 : i64} -> !x, tensor<9x2x8x8xf32>
  return
}

// -----

// snapshot_indices_size: packed sequences
!x = tensor<1x5x2x8xf32>
func.func @snapshot_indices_size_packed(%x: !x, %c: tensor<4xi32>, %i: tensor<1xi32>, %s: tensor<9x2x8x8xf32>) {
  // expected-error @below {{expected dimension 0 of 'snapshot_indices' to be at least B * floor(T / snapshot_every) = 2, got 1}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      cu_seqlens(%c : tensor<4xi32>) snapshot_indices(%i : tensor<1xi32>)
      outs(%x : !x) snapshots(%s : tensor<9x2x8x8xf32>) {snapshot_every = 2 : i64} -> !x, tensor<9x2x8x8xf32>
  return
}

// -----

// state_shape: snapshots
!x = tensor<1x4x2x8xf32>
func.func @state_shape_6(%x: !x, %i: tensor<3xi32>, %s: tensor<3x2x8x4xf32>) {
  // expected-error @below {{expected dimension 3 of 'snapshots' to be V of state_layout k_first = 8, got 4}}
  %0:2 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      snapshot_indices(%i : tensor<3xi32>)
      outs(%x : !x) snapshots(%s : tensor<3x2x8x4xf32>) {snapshot_every = 2 : i64} -> !x, tensor<3x2x8x4xf32>
  return
}

// -----

// lower_bound
!x = tensor<1x4x2x8xf32>
func.func @lower_bound(%x: !x, %g: tensor<1x4x2xf32>, %a: tensor<2xf32>) {
  // expected-error @below {{expected attribute lower_bound with gate_form bounded_sigmoid}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2xf32>) A_log(%a : tensor<2xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<bounded_sigmoid>} -> !x
  return
}

// -----

// lower_bound
!x = tensor<1x4x2x8xf32>
func.func @lower_bound_2(%x: !x) {
  // expected-error @below {{expected no attribute lower_bound without gate_form bounded_sigmoid}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {lower_bound = -5.0 : f32} -> !x
  return
}

// -----

// lower_bound
!x = tensor<1x4x2x8xf32>
func.func @lower_bound_3(%x: !x, %g: tensor<1x4x2xf32>, %a: tensor<2xf32>) {
  // expected-error @below {{expected attribute lower_bound to be negative, got 0}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      gate(%g : tensor<1x4x2xf32>) A_log(%a : tensor<2xf32>)
      outs(%x : !x) {gate_form = #gdr.gate_form<bounded_sigmoid>, lower_bound = 0.0 : f32} -> !x
  return
}

// -----

// finite_scale
!x = tensor<1x4x2x8xf32>
func.func @finite_scale(%x: !x) {
  // expected-error @below {{expected attribute scale to be finite}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {scale = 0x7F800000 : f32} -> !x
  return
}

// -----

// l2norm_eps
!x = tensor<1x4x2x8xf32>
func.func @l2norm_eps(%x: !x) {
  // expected-error @below {{expected attribute l2norm_eps not to be negative}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {l2norm_eps = -1.0e-6 : f32} -> !x
  return
}

// -----

// l2norm_eps: not a number
!x = tensor<1x4x2x8xf32>
func.func @l2norm_eps_2(%x: !x) {
  // expected-error @below {{expected attribute l2norm_eps not to be negative}}
  %0 = gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x)
      outs(%x : !x) {l2norm_eps = 0x7FC00000 : f32} -> !x
  return
}

// -----

// The recurrent form has the same constraints: head_ratio
!x = tensor<1x4x2x8xf32>
func.func @recurrent(%x: !x, %v: tensor<1x4x3x8xf32>) {
  // expected-error @below {{'gdr.recurrent' op expected the number of value heads}}
  %0 = gdr.recurrent ins(%x, %x, %v : !x, !x, tensor<1x4x3x8xf32>)
      outs(%v : tensor<1x4x3x8xf32>) -> tensor<1x4x3x8xf32>
  return
}

// -----

// schedule_lanes
// expected-error @below {{expected schedule parameter 'lanes' to be a power of two from 1 to 32, got 3}}
func.func private @schedule_lanes() attributes {test.schedule = #gdr.schedule<lanes = 3, columns = 1, warps = 1>}

// -----

// schedule_lanes
// expected-error @below {{expected schedule parameter 'lanes' to be a power of two from 1 to 32, got 64}}
func.func private @schedule_lanes_2() attributes {test.schedule = #gdr.schedule<lanes = 64, columns = 1, warps = 1>}

// -----

// schedule_lanes
// expected-error @below {{expected schedule parameter 'lanes' to be a power of two from 1 to 32, got 0}}
func.func private @schedule_lanes_3() attributes {test.schedule = #gdr.schedule<lanes = 0, columns = 1, warps = 1>}

// -----

// schedule_columns
// expected-error @below {{expected schedule parameter 'columns' to be from 1 to 256, got 0}}
func.func private @schedule_columns() attributes {test.schedule = #gdr.schedule<lanes = 8, columns = 0, warps = 1>}

// -----

// schedule_columns
// expected-error @below {{expected schedule parameter 'columns' to be from 1 to 256, got 257}}
func.func private @schedule_columns_2() attributes {test.schedule = #gdr.schedule<lanes = 8, columns = 257, warps = 1>}

// -----

// schedule_key_warps
// expected-error @below {{expected schedule parameter 'key_warps' to be a power of two from 1 to 32, got 3}}
func.func private @schedule_key_warps() attributes {test.schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1, key_warps = 3>}

// -----

// schedule_warps
// expected-error @below {{expected schedule parameters 'warps' times 'key_warps' to be from 1 to 32, got 0 times 1}}
func.func private @schedule_warps() attributes {test.schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 0>}

// -----

// schedule_warps
// expected-error @below {{expected schedule parameters 'warps' times 'key_warps' to be from 1 to 32, got 5 times 8}}
func.func private @schedule_warps_2() attributes {test.schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 5, key_warps = 8>}

// -----

// A parameter is missing.
// expected-error @below {{struct is missing required parameter: warps}}
func.func private @schedule_missing() attributes {test.schedule = #gdr.schedule<lanes = 8, columns = 1>}

// -----

// No case of the enumeration.
// expected-error @+2 {{expected ::mlir::gdr::StateLayout to be one of: k_first, v_first}}
// expected-error @below {{failed to parse}}
func.func private @unknown_state_layout() attributes {test.layout = #gdr.state_layout<row_major>}

// -----

// tensor_map_strides
func.func @tensor_map_strides(%x: memref<8x8xf32, strided<[8, ?]>>) -> i1 {
  // expected-error @below {{expected operand 'tensors' to have a strided layout with stride 1 in the last dimension, got 'memref<8x8xf32, strided<[8, ?]>>'}}
  %0 = gdr.fits_boxes %x : memref<8x8xf32, strided<[8, ?]>>
  return %0 : i1
}

// -----

// tensor_map_strides
func.func @expect_boxes_strides(%x: memref<8x8xf32, strided<[8, ?]>>) {
  // expected-error @below {{expected operand 'tensors' to have a strided layout with stride 1 in the last dimension, got 'memref<8x8xf32, strided<[8, ?]>>'}}
  gdr.expect_boxes %x : memref<8x8xf32, strided<[8, ?]>>
  return
}

// -----

// boxes_operands
func.func @boxes_operands() -> i1 {
  // expected-error @below {{expected at least one tensor}}
  %0 = "gdr.fits_boxes"() : () -> i1
  return %0 : i1
}

// -----

// tensor_map_memory_space
func.func @tensor_map_memory_space(%x: memref<8x8xf32, 3>) -> i1 {
  // expected-error @below {{expected operand 'tensors' in the default memory space, got 3 : i64}}
  %0 = gdr.fits_boxes %x : memref<8x8xf32, 3>
  return %0 : i1
}

// -----

// tensor_map_box_rank
func.func @tensor_map_box_rank(%x: memref<8x8xf32>) -> !llvm.ptr {
  // expected-error @below {{expected 'box' to have one size for each of the 2 dimensions, got 1}}
  %0 = gdr.encode_tensor_map %x box [8] : memref<8x8xf32> -> !llvm.ptr
  return %0 : !llvm.ptr
}

// -----

// tensor_map_box_size
func.func @tensor_map_box_size(%x: memref<8x8xf32>) -> !llvm.ptr {
  // expected-error @below {{expected sizes of 'box' to be from 1 to 256, got 257}}
  %0 = gdr.encode_tensor_map %x box [257, 8] : memref<8x8xf32> -> !llvm.ptr
  return %0 : !llvm.ptr
}

// -----

// tensor_map_box_size
func.func @tensor_map_box_size_2(%x: memref<8x8xf32>) -> !llvm.ptr {
  // expected-error @below {{expected sizes of 'box' to be from 1 to 256, got 0}}
  %0 = gdr.encode_tensor_map %x box [0, 8] : memref<8x8xf32> -> !llvm.ptr
  return %0 : !llvm.ptr
}

// -----

// tensor_map_box_row
func.func @tensor_map_box_row(%x: memref<8x8xf32>) -> !llvm.ptr {
  // expected-error @below {{expected a row of 'box' to be a multiple of 16 bytes, got 12}}
  %0 = gdr.encode_tensor_map %x box [8, 3] : memref<8x8xf32> -> !llvm.ptr
  return %0 : !llvm.ptr
}

// -----

// tensor_map_swizzle
func.func @tensor_map_swizzle(%x: memref<8x64xbf16>) -> !llvm.ptr {
  // expected-error @below {{expected a row of 'box' to be at most 64 bytes, the swizzle, got 128}}
  %0 = gdr.encode_tensor_map %x box [8, 64] swizzle 64 : memref<8x64xbf16> -> !llvm.ptr
  return %0 : !llvm.ptr
}

// -----

// No swizzle of TMA.
func.func @tensor_map_swizzle_2(%x: memref<8x64xbf16>) -> !llvm.ptr {
  // expected-error @below {{attribute 'swizzle' failed to satisfy constraint: 64-bit signless integer attribute whose value is 0, 32, 64 or 128 bytes}}
  %0 = gdr.encode_tensor_map %x box [8, 64] swizzle 256 : memref<8x64xbf16> -> !llvm.ptr
  return %0 : !llvm.ptr
}
