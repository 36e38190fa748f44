// RUN: gdr-opt %s --split-input-file --gdr-dispatch=chunked=loops --verify-diagnostics

!x = memref<1x900x1x8xf32>
func.func @chunk_size(%x: !x, %rows: memref<99xi32>, %s: memref<?x1x8x8xf32>) {
  // expected-error @below {{expected an op that has a chunked form, as attribute schedule asks for; snapshot_every is 16, and it has to be a multiple of the chunk size, 64}}
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x) snapshot_indices(%rows : memref<99xi32>)
      outs(%x : !x) snapshots(%s : memref<?x1x8x8xf32>)
      {snapshot_every = 16 : i64, schedule = #gdr.chunked<chunk_size = 64>}
  return
}

// -----

!x = memref<1x900x1x8xf32>
func.func @no_chunk_size(%x: !x, %rows: memref<900xi32>, %s: memref<?x1x8x8xf32>) {
  // expected-error @below {{expected an op that has a chunked form, as attribute schedule asks for; snapshot_every is 1, and a chunk, of at least 16 tokens, has to end there}}
  gdr.gated_delta_rule ins(%x, %x, %x : !x, !x, !x) snapshot_indices(%rows : memref<900xi32>)
      outs(%x : !x) snapshots(%s : memref<?x1x8x8xf32>)
      {snapshot_every = 1 : i64, schedule = #gdr.chunked<chunk_size = 64>}
  return
}
