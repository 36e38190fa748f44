// Snapshots of the state after every E-th token, in the recurrent form and in the chunked form where E is a multiple of
// the chunk size. Every fourth snapshot has a negative index; rows without a snapshot have to keep their contents.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Recurrent.
// RUN: %{check} E=1   T=f32  S=f32  I=i32 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=1
// RUN: %{check} E=1   T=bf16 S=bf16 I=i64 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=5
// RUN: %{check} E=2   T=f32  S=f32  I=i32 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=1
// RUN: %{check} E=7   T=f32  S=f16  I=i32 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=20
// RUN: %{check} E=16  T=f32  S=f32  I=i32 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=64
// RUN: %{check} E=64  T=bf16 S=f32  I=i64 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=200 --gates=-inf
// RUN: %{check} E=100 T=f32  S=bf16 I=i32 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=305 --gates=zero
// No tokens.
// RUN: %{check} E=16  T=f32  S=f32  I=i32 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=T=0
// Chunked.
// RUN: %{check} E=16  T=f32  S=f32  I=i32 A=", schedule = #gdr.chunked<chunk_size = 16>"  --dim=T=64
// RUN: %{check} E=16  T=f32  S=bf16 I=i64 A=", schedule = #gdr.chunked<chunk_size = 16>"  --dim=T=37
// RUN: %{check} E=48  T=f32  S=f16  I=i32 A=", schedule = #gdr.chunked<chunk_size = 16>"  --dim=T=150 --gates=zero
// RUN: %{check} E=32  T=bf16 S=f32  I=i32 A=", schedule = #gdr.chunked<chunk_size = 32>"  --dim=T=101
// RUN: %{check} E=64  T=bf16 S=bf16 I=i64 A=", schedule = #gdr.chunked<chunk_size = 64>"  --dim=T=63
// RUN: %{check} E=64  T=bf16 S=f32  I=i64 A=", schedule = #gdr.chunked<chunk_size = 64>"  --dim=T=64
// RUN: %{check} E=64  T=f32  S=f32  I=i32 A=", schedule = #gdr.chunked<chunk_size = 64>"  --dim=T=200 --gates=-inf
// RUN: %{check} E=128 T=f32  S=f32  I=i32 A=", schedule = #gdr.chunked<chunk_size = 64>"  --dim=T=300 --seed=1
// RUN: %{check} E=128 T=f32  S=f32  I=i32 A=", schedule = #gdr.chunked<chunk_size = 128>" --dim=T=0
// As the compiler chooses.
// RUN: %{check} E=64  T=bf16 S=bf16 I=i64 A="" --dim=T=150 --seed=2
// RUN: %{check} E=100 T=f32  S=f32  I=i64 A="" --dim=T=250

!q = memref<?x?x1x24x${T}, strided<[?, ?, ?, 1], offset: ?>>
!v = memref<?x?x3x40x${T}, strided<[?, ?, ?, 1], offset: ?>>
!gate = memref<?x?x3xf32>
!packed_q = memref<1x?x1x24x${T}>
!packed_v = memref<1x?x3x40x${T}>
!packed_gate = memref<1x?x3xf32>
!k_first = memref<?x3x24x40x${S}, strided<[?, ?, ?, 1], offset: ?>>
!v_first = memref<?x3x40x24x${S}>
!rows = memref<?x${I}>

func.func @k_first(%q: !q, %k: !q, %v: !v, %g: !gate, %beta: !gate, %state: memref<?x3x24x40xf32>, %o: !v,
                   %rows: !rows, %snapshots: !k_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !gate) beta(%beta : !gate)
      initial_state(%state : memref<?x3x24x40xf32>) snapshot_indices(%rows : !rows)
      outs(%o : !v) final_state(%state : memref<?x3x24x40xf32>) snapshots(%snapshots : !k_first)
      {snapshot_every = ${E} : i64${A}}
  return
}

// Neither an initial nor a final state.
func.func @v_first(%q: !q, %k: !q, %v: !v, %g: !gate, %o: !v, %rows: !rows, %snapshots: !v_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !gate) snapshot_indices(%rows : !rows)
      outs(%o : !v) snapshots(%snapshots : !v_first)
      {qk_l2norm, state_layout = #gdr.state_layout<v_first>, snapshot_every = ${E} : i64${A}}
  return
}

func.func @packed(%q: !packed_q, %k: !packed_q, %v: !packed_v, %g: !packed_gate, %beta: !packed_gate,
                  %state: memref<5x3x40x24xbf16>, %cu_seqlens: memref<6x${I}>, %o: !packed_v, %rows: !rows,
                  %snapshots: !v_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !packed_q, !packed_q, !packed_v)
      gate(%g : !packed_gate) beta(%beta : !packed_gate)
      initial_state(%state : memref<5x3x40x24xbf16>) cu_seqlens(%cu_seqlens : memref<6x${I}>)
      snapshot_indices(%rows : !rows)
      outs(%o : !packed_v) final_state(%state : memref<5x3x40x24xbf16>) snapshots(%snapshots : !v_first)
      {state_layout = #gdr.state_layout<v_first>, snapshot_every = ${E} : i64${A}}
  return
}

// Few sequences, with more snapshots each.
func.func @packed_k_first(%q: !packed_q, %k: !packed_q, %v: !packed_v, %cu_seqlens: memref<3x${I}>, %o: !packed_v,
                          %final: memref<2x3x24x40xf32>, %rows: !rows, %snapshots: !k_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !packed_q, !packed_q, !packed_v)
      cu_seqlens(%cu_seqlens : memref<3x${I}>) snapshot_indices(%rows : !rows)
      outs(%o : !packed_v) final_state(%final : memref<2x3x24x40xf32>) snapshots(%snapshots : !k_first)
      {snapshot_every = ${E} : i64${A}}
  return
}
