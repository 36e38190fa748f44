// Snapshots with value semantics: in the buffer of an argument, in a new one, and in a copy of the pool that states are
// read from.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} E=1  --dim=T=2
// RUN: %{check} E=16 --dim=T=37
// RUN: %{check} E=20 --dim=T=50

!q = tensor<2x?x1x16xf32>
!v = tensor<2x?x2x8xf32>
!state = tensor<2x2x16x8xf32>
!pool = tensor<9x2x16x8xf32>
!narrow = tensor<9x2x16x8xbf16>

func.func @in_place(%q: !q, %k: !q, %v: !v, %state: !state, %o: !v, %rows: tensor<4xi64>, %snapshots: !narrow)
    -> (!v, !state, !narrow) {
  %0:3 = gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) initial_state(%state : !state)
      snapshot_indices(%rows : tensor<4xi64>) outs(%o : !v) final_state(%state : !state) snapshots(%snapshots : !narrow)
      {snapshot_every = ${E} : i64} -> !v, !state, !narrow
  return %0#0, %0#1, %0#2 : !v, !state, !narrow
}

func.func @new_buffer(%q: !q, %k: !q, %v: !v, %state: !state, %rows: tensor<4xi32>) -> (!v, !narrow) {
  %c1 = arith.constant 1 : index
  %t = tensor.dim %q, %c1 : !q
  %o = tensor.empty(%t) : !v
  %snapshots = tensor.empty() : !narrow
  %0:2 = gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) initial_state(%state : !state)
      snapshot_indices(%rows : tensor<4xi32>) outs(%o : !v) snapshots(%snapshots : !narrow)
      {snapshot_every = ${E} : i64} -> !v, !narrow
  return %0#0, %0#1 : !v, !narrow
}

func.func @copied(%q: !q, %k: !q, %v: !v, %read: tensor<2xi32>, %pool: !pool, %o: !v, %rows: tensor<4xi32>)
    -> (!v, !pool) {
  %0:2 = gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) initial_state(%pool : !pool)
      read_indices(%read : tensor<2xi32>) snapshot_indices(%rows : tensor<4xi32>)
      outs(%o : !v) snapshots(%pool : !pool) {snapshot_every = ${E} : i64} -> !v, !pool
  return %0#0, %0#1 : !v, !pool
}
