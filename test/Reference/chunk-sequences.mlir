// Packed sequences and pools of states in the chunked form. Rows that no sequence writes have to keep
// their contents.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Three sequences and more have one without tokens; four and more have negative indices; of five,
// one is skipped.
// RUN: %{check} I=i32 T=f32  C=16  --dim=N=0,T=0
// RUN: %{check} I=i32 T=f32  C=16  --dim=N=1,T=37
// RUN: %{check} I=i64 T=f32  C=32  --dim=N=2,T=70
// RUN: %{check} I=i32 T=bf16 C=16  --dim=N=4,T=100
// RUN: %{check} I=i64 T=f32  C=64  --dim=N=5,T=300 --seed=1
// RUN: %{check} I=i32 T=f32  C=16  --dim=N=12,T=200 --seed=3 --gates=-inf
// RUN: %{check} I=i64 T=bf16 C=128 --dim=N=7,T=500 --seed=2
// Sequences of many chunks, with a part of one at the end.
// RUN: %{check} I=i32 T=bf16 C=64  --dim=N=1,T=1000
// RUN: %{check} I=i64 T=bf16 C=64  --dim=N=3,T=2100
// All sequences without tokens; more sequences than tokens.
// RUN: %{check} I=i32 T=f32  C=16  --dim=N=4,T=0
// RUN: %{check} I=i32 T=f32  C=32  --dim=N=30,T=20

func.func @packed(%q: memref<1x?x1x16x${T}>, %k: memref<1x?x1x16x${T}>, %v: memref<1x?x2x8x${T}>,
                  %g: memref<1x?x2xf32>, %beta: memref<1x?x2xf32>, %state: memref<?x2x16x8xf32>,
                  %cu_seqlens: memref<?x${I}>, %o: memref<1x?x2x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x?x1x16x${T}>, memref<1x?x1x16x${T}>, memref<1x?x2x8x${T}>)
      gate(%g : memref<1x?x2xf32>) beta(%beta : memref<1x?x2xf32>)
      initial_state(%state : memref<?x2x16x8xf32>) cu_seqlens(%cu_seqlens : memref<?x${I}>)
      outs(%o : memref<1x?x2x8x${T}>) final_state(%state : memref<?x2x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}

func.func @packed_with_bound(%q: memref<1x?x1x16x${T}>, %k: memref<1x?x1x16x${T}>,
                             %v: memref<1x?x2x8x${T}>, %cu_seqlens: memref<?x${I}>,
                             %max_seqlen: index, %o: memref<1x?x2x8x${T}>,
                             %final: memref<?x2x8x16xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x?x1x16x${T}>, memref<1x?x1x16x${T}>, memref<1x?x2x8x${T}>)
      cu_seqlens(%cu_seqlens : memref<?x${I}>) max_seqlen(%max_seqlen)
      outs(%o : memref<1x?x2x8x${T}>) final_state(%final : memref<?x2x8x16xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @packed_pool(%q: memref<1x?x1x16x${T}>, %k: memref<1x?x1x16x${T}>,
                       %v: memref<1x?x2x8x${T}>, %g: memref<1x?x2xf32>, %beta: memref<1x?x2xf32>,
                       %pool: memref<?x2x8x16xf32>, %cu_seqlens: memref<?x${I}>,
                       %indices: memref<?x${I}>, %o: memref<1x?x2x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x?x1x16x${T}>, memref<1x?x1x16x${T}>, memref<1x?x2x8x${T}>)
      gate(%g : memref<1x?x2xf32>) beta(%beta : memref<1x?x2xf32>)
      initial_state(%pool : memref<?x2x8x16xf32>) cu_seqlens(%cu_seqlens : memref<?x${I}>)
      read_indices(%indices : memref<?x${I}>) write_indices(%indices : memref<?x${I}>)
      outs(%o : memref<1x?x2x8x${T}>) final_state(%pool : memref<?x2x8x16xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @pool(%q: memref<?x?x1x16x${T}>, %k: memref<?x?x1x16x${T}>, %v: memref<?x?x2x8x${T}>,
                %g: memref<?x?x2xf32>, %beta: memref<?x?x2xf32>, %pool: memref<?x2x16x8xf32>,
                %read: memref<?x${I}>, %write: memref<?x${I}>, %o: memref<?x?x2x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x16x${T}>, memref<?x?x1x16x${T}>, memref<?x?x2x8x${T}>)
      gate(%g : memref<?x?x2xf32>) beta(%beta : memref<?x?x2xf32>)
      initial_state(%pool : memref<?x2x16x8xf32>)
      read_indices(%read : memref<?x${I}>) write_indices(%write : memref<?x${I}>)
      outs(%o : memref<?x?x2x8x${T}>) final_state(%pool : memref<?x2x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}

func.func @two_pools(%q: memref<?x?x1x16x${T}>, %k: memref<?x?x1x16x${T}>, %v: memref<?x?x2x8x${T}>,
                     %pool: memref<?x2x16x8xf32>, %read: memref<?x${I}>, %write: memref<?x${I}>,
                     %o: memref<?x?x2x8x${T}>, %other: memref<?x2x16x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x16x${T}>, memref<?x?x1x16x${T}>, memref<?x?x2x8x${T}>)
      initial_state(%pool : memref<?x2x16x8xf32>)
      read_indices(%read : memref<?x${I}>) write_indices(%write : memref<?x${I}>)
      outs(%o : memref<?x?x2x8x${T}>) final_state(%other : memref<?x2x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}

func.func @read_pool(%q: memref<?x?x1x16x${T}>, %k: memref<?x?x1x16x${T}>, %v: memref<?x?x2x8x${T}>,
                     %pool: memref<?x2x16x8xf32>, %read: memref<?x${I}>, %o: memref<?x?x2x8x${T}>,
                     %final: memref<?x2x16x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x16x${T}>, memref<?x?x1x16x${T}>, memref<?x?x2x8x${T}>)
      initial_state(%pool : memref<?x2x16x8xf32>) read_indices(%read : memref<?x${I}>)
      outs(%o : memref<?x?x2x8x${T}>) final_state(%final : memref<?x2x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}

func.func @write_pool(%q: memref<?x?x1x16x${T}>, %k: memref<?x?x1x16x${T}>,
                      %v: memref<?x?x2x8x${T}>, %initial: memref<?x2x16x8xf32>,
                      %write: memref<?x${I}>, %o: memref<?x?x2x8x${T}>,
                      %pool: memref<?x2x16x8xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x16x${T}>, memref<?x?x1x16x${T}>, memref<?x?x2x8x${T}>)
      initial_state(%initial : memref<?x2x16x8xf32>) write_indices(%write : memref<?x${I}>)
      outs(%o : memref<?x?x2x8x${T}>) final_state(%pool : memref<?x2x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}
