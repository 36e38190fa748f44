// Packed sequences in tile programs: the tail of a sequence is filled and drained by threads, because the next one
// begins behind it. The operands are views with NaN between their rows and behind their last one.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Three sequences and more have one without tokens; four and more have negative indices; of five, one is skipped.
// RUN: %{check} I=i32 C=32  H="" --dim=N=0,T=0
// RUN: %{check} I=i64 C=64  H="" --dim=N=1,T=64
// RUN: %{check} I=i32 C=128 H="" --dim=N=1,T=65
// RUN: %{check} I=i64 C=32  H=", heads = 1" --dim=N=2,T=150
// RUN: %{check} I=i32 C=64  H=", heads = 1" --dim=N=4,T=170 --gates=-inf
// RUN: %{check} I=i64 C=32  H="" --dim=N=5,T=260 --seed=1 --gates=zero
// RUN: %{check} I=i32 C=128 H="" --dim=N=7,T=300 --seed=2
// All sequences without tokens; more sequences than tokens.
// RUN: %{check} I=i32 C=64  H="" --dim=N=4,T=0
// RUN: %{check} I=i32 C=32  H="" --dim=N=9,T=6
// More chunks than twice the slots, and a part of one at the end.
// RUN: %{check} I=i32 C=32  H="" --dim=N=1,T=500
// RUN: %{check} I=i32 C=64  H="" --dim=N=1,T=1000 --lower-rings
// RUN: %{check} I=i64 C=32  H="" --dim=N=4,T=200 --lower-rings
// RUN: %{check} I=i64 C=32  H="" --dim=N=4,T=200 --lower-rings --racecheck
// RUN: %{check} I=i32 C=64  H="" --dim=N=3,T=200 --lower-rings

!qk = memref<1x?x1x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
!v = memref<1x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
!gate = memref<1x?x2xf32, strided<[?, ?, 1], offset: ?>>

func.func @packed(%q: !qk, %k: !qk, %v: !v, %g: !gate, %beta: !gate, %state: memref<?x2x64x64xf32>,
                  %cu_seqlens: memref<?x${I}>, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) gate(%g : !gate) beta(%beta : !gate)
      initial_state(%state : memref<?x2x64x64xf32>) cu_seqlens(%cu_seqlens : memref<?x${I}>)
      outs(%o : !v) final_state(%state : memref<?x2x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}${H}>}
  return
}

func.func @packed_with_bound(%q: !qk, %k: !qk, %v: !v, %cu_seqlens: memref<?x${I}>, %max_seqlen: index, %o: !v,
                             %final: memref<?x2x64x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v)
      cu_seqlens(%cu_seqlens : memref<?x${I}>) max_seqlen(%max_seqlen)
      outs(%o : !v) final_state(%final : memref<?x2x64x64xbf16>)
      {schedule = #gdr.chunked<columns = ${C}${H}>, state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @packed_pool(%q: !qk, %k: !qk, %v: !v, %g: !gate, %beta: !gate, %pool: memref<?x2x64x64xf32>,
                       %cu_seqlens: memref<?x${I}>, %indices: memref<?x${I}>, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) gate(%g : !gate) beta(%beta : !gate)
      initial_state(%pool : memref<?x2x64x64xf32>) cu_seqlens(%cu_seqlens : memref<?x${I}>)
      read_indices(%indices : memref<?x${I}>) write_indices(%indices : memref<?x${I}>)
      outs(%o : !v) final_state(%pool : memref<?x2x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}${H}>, state_layout = #gdr.state_layout<v_first>}
  return
}

// Norms and gates of what lies behind the tail.
func.func @packed_forms(%q: !qk, %k: !qk, %v: !v, %a: !gate, %b: !gate, %A_log: memref<2xf32>, %dt_bias: memref<2xf32>,
                        %cu_seqlens: memref<?x${I}>, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !qk, !qk, !v) gate(%a : !gate) beta(%b : !gate)
      A_log(%A_log : memref<2xf32>) dt_bias(%dt_bias : memref<2xf32>)
      cu_seqlens(%cu_seqlens : memref<?x${I}>) outs(%o : !v)
      {schedule = #gdr.chunked<columns = ${C}${H}>, qk_l2norm, gate_form = #gdr.gate_form<softplus>,
       beta_form = #gdr.beta_form<sigmoid>}
  return
}
