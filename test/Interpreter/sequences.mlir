// Pools of states in tile programs. Rows that no sequence writes have to keep their contents; four sequences and more
// have negative indices; of five, one is skipped.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} I=i32 C=64 --dim=N=1,T=65
// RUN: %{check} I=i64 C=32 --dim=N=3,T=64
// RUN: %{check} I=i32 C=32 --dim=N=5,T=70 --seed=1
// RUN: %{check} I=i64 C=64 --dim=N=8,T=1 --seed=2

func.func @pool(%q: memref<?x?x1x64xbf16>, %k: memref<?x?x1x64xbf16>, %v: memref<?x?x1x64xbf16>,
                %g: memref<?x?x1xf32>, %pool: memref<?x1x64x64xf32>, %read: memref<?x${I}>, %write: memref<?x${I}>,
                %o: memref<?x?x1x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>)
      gate(%g : memref<?x?x1xf32>) initial_state(%pool : memref<?x1x64x64xf32>)
      read_indices(%read : memref<?x${I}>) write_indices(%write : memref<?x${I}>)
      outs(%o : memref<?x?x1x64xbf16>) final_state(%pool : memref<?x1x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}>}
  return
}

func.func @read_pool(%q: memref<?x?x1x64xbf16>, %k: memref<?x?x1x64xbf16>, %v: memref<?x?x1x64xbf16>,
                     %g: memref<?x?x1xf32>, %pool: memref<?x1x64x64xf32>, %read: memref<?x${I}>,
                     %o: memref<?x?x1x64xbf16>, %final: memref<?x1x64x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>)
      gate(%g : memref<?x?x1xf32>) initial_state(%pool : memref<?x1x64x64xf32>)
      read_indices(%read : memref<?x${I}>)
      outs(%o : memref<?x?x1x64xbf16>) final_state(%final : memref<?x1x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}>}
  return
}

func.func @write_pool(%q: memref<?x?x1x64xbf16>, %k: memref<?x?x1x64xbf16>, %v: memref<?x?x1x64xbf16>,
                      %g: memref<?x?x1xf32>, %write: memref<?x${I}>, %o: memref<?x?x1x64xbf16>,
                      %pool: memref<?x1x64x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>, memref<?x?x1x64xbf16>)
      gate(%g : memref<?x?x1xf32>) write_indices(%write : memref<?x${I}>)
      outs(%o : memref<?x?x1x64xbf16>) final_state(%pool : memref<?x1x64x64xbf16>)
      {schedule = #gdr.chunked<columns = ${C}>, state_layout = #gdr.state_layout<v_first>}
  return
}
