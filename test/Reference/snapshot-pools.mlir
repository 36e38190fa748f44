// Snapshots in the pool of the states. Sequences that are skipped have none.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} E=1   T=f32  A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=N=5,T=4,P=40
// RUN: %{check} E=16  T=bf16 A=", schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>" --dim=N=7,T=70,P=50 --seed=1
// RUN: %{check} E=16  T=f32  A=", schedule = #gdr.chunked<chunk_size = 16>" --dim=N=5,T=70,P=40
// RUN: %{check} E=64  T=bf16 A=", schedule = #gdr.chunked<chunk_size = 64>" --dim=N=5,T=300,P=40 --seed=3
// RUN: %{check} E=100 T=f32  A="" --dim=N=3,T=330,P=40

!pool = memref<?x2x16x8xf32>
!indices = memref<?xi32>
!qk = memref<?x?x1x16x${T}>
!v = memref<?x?x2x8x${T}>
!packed_qk = memref<1x?x1x16x${T}>
!packed_v = memref<1x?x2x8x${T}>

func.func @pool(%q: !qk, %k: !qk, %v: !v, %pool: !pool, %read: !indices, %write: !indices, %o: !v,
                %rows: memref<?xi64>) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) initial_state(%pool : !pool)
      read_indices(%read : !indices) write_indices(%write : !indices) snapshot_indices(%rows : memref<?xi64>)
      outs(%o : !v) final_state(%pool : !pool) snapshots(%pool : !pool)
      {snapshot_every = ${E} : i64${A}}
  return
}

func.func @packed_pool(%q: !packed_qk, %k: !packed_qk, %v: !packed_v, %pool: !pool, %cu_seqlens: !indices,
                       %indices: !indices, %o: !packed_v, %rows: !indices) {
  gdr.gated_delta_rule ins(%q, %k, %v : !packed_qk, !packed_qk, !packed_v) initial_state(%pool : !pool)
      cu_seqlens(%cu_seqlens : !indices) read_indices(%indices : !indices) write_indices(%indices : !indices)
      snapshot_indices(%rows : !indices)
      outs(%o : !packed_v) final_state(%pool : !pool) snapshots(%pool : !pool)
      {snapshot_every = ${E} : i64${A}}
  return
}
