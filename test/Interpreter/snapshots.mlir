// Snapshots of the state in tile programs, after chunks that end at a multiple of E tokens. Rows without a snapshot
// have to keep their contents.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} E=64  S=f32  C=32  --dim=T=64
// RUN: %{check} E=64  S=f32  C=64  --dim=T=200
// RUN: %{check} E=64  S=bf16 C=128 --dim=T=130
// RUN: %{check} E=64  S=bf16 C=32  --dim=T=190 --gates=-inf
// RUN: %{check} E=128 S=f32  C=32  --dim=T=270 --gates=zero
// RUN: %{check} E=128 S=f16  C=64  --dim=T=270 --seed=1
// Too few tokens for a snapshot, and none.
// RUN: %{check} E=64  S=f32  C=32  --dim=T=63
// RUN: %{check} E=64  S=f32  C=64  --dim=T=63
// RUN: %{check} E=64  S=f32  C=64  --dim=T=0
// RUN: %{check} E=64  S=f32  C=32  --dim=T=200 --lower-rings
// RUN: %{check} E=64  S=f32  C=64  --dim=T=200 --lower-rings
// Other heads.
// DEFINE: %{heads} = sh %S/Inputs/check.sh %S/../Integration/Inputs/snapshots.mlir
// RUN: %{heads} B=1 N=130 HK=1 HV=3 K=256 V=96  T=bf16 E=64  "S=chunked<columns = 32>"
// RUN: %{heads} B=2 N=257 HK=1 HV=2 K=64  V=64  T=f16  E=128 "S=chunked<columns = 64>"
// RUN: %{heads} B=2 N=128 HK=1 HV=1 K=128 V=256 T=bf16 E=64  "S=chunked<columns = 128>"

!qk = memref<1x?x1x96xbf16, strided<[?, ?, ?, 1], offset: ?>>
!v = memref<1x?x2x72xbf16, strided<[?, ?, ?, 1], offset: ?>>
!gate = memref<1x?x2xf32>
!k_first = memref<?x2x96x72x${S}>
!v_first = memref<?x2x72x96x${S}>

func.func @k_first(%q: !qk, %k: !qk, %v: !v, %g: !gate, %state: memref<1x2x96x72xf32>, %o: !v, %rows: memref<?xi32>,
                   %snapshots: !k_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) gate(%g : !gate) initial_state(%state : memref<1x2x96x72xf32>)
      snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%state : memref<1x2x96x72xf32>) snapshots(%snapshots : !k_first)
      {snapshot_every = ${E} : i64, schedule = #gdr.chunked<columns = ${C}>}
  return
}

// Neither an initial nor a final state.
func.func @v_first(%q: !qk, %k: !qk, %v: !v, %g: !gate, %o: !v, %rows: memref<?xi64>, %snapshots: !v_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) gate(%g : !gate)
      snapshot_indices(%rows : memref<?xi64>) outs(%o : !v) snapshots(%snapshots : !v_first)
      {snapshot_every = ${E} : i64, state_layout = #gdr.state_layout<v_first>,
       schedule = #gdr.chunked<columns = ${C}>}
  return
}

// Sequences without tokens, and one that is skipped.
func.func @packed(%q: !qk, %k: !qk, %v: !v, %g: !gate, %pool: memref<9x2x72x96xf32>, %cu_seqlens: memref<6xi32>,
                  %indices: memref<5xi32>, %o: !v, %rows: memref<?xi32>, %snapshots: !v_first) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) gate(%g : !gate)
      initial_state(%pool : memref<9x2x72x96xf32>) cu_seqlens(%cu_seqlens : memref<6xi32>)
      read_indices(%indices : memref<5xi32>) write_indices(%indices : memref<5xi32>)
      snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%pool : memref<9x2x72x96xf32>) snapshots(%snapshots : !v_first)
      {snapshot_every = ${E} : i64, state_layout = #gdr.state_layout<v_first>,
       schedule = #gdr.chunked<columns = ${C}>}
  return
}
