// Gates and betas in tile programs: like those of a real layer; no decay; e^-70; none for half of the tokens and
// exactly zero, whose logarithm is -inf, for the others; negative eigenvalues.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=bf16 G=f32
// RUN: %{check} T=f16  G=bf16 --gates=zero
// RUN: %{check} T=bf16 G=bf16 --gates=strong
// RUN: %{check} T=f16  G=f32  --gates=-inf
// RUN: %{check} T=bf16 G=f32  --gates=zero --max-beta=2
// RUN: %{check} T=f16  G=f32  --gates=-inf --max-beta=2

func.func @both(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x3x64x${T}>,
                %g: memref<1x75x3x${G}>, %beta: memref<1x75x3x${G}>, %state: memref<1x3x64x64xf32>,
                %o: memref<1x75x3x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x3x64x${T}>)
      gate(%g : memref<1x75x3x${G}>) beta(%beta : memref<1x75x3x${G}>)
      initial_state(%state : memref<1x3x64x64xf32>)
      outs(%o : memref<1x75x3x64x${T}>) final_state(%state : memref<1x3x64x64xf32>)
      {schedule = #gdr.chunked<chunk_size = 64>}
  return
}

func.func @no_beta(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x2x64x${T}>,
                   %g: memref<1x75x2x${G}>, %o: memref<1x75x2x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x2x64x${T}>)
      gate(%g : memref<1x75x2x${G}>) outs(%o : memref<1x75x2x64x${T}>)
      {schedule = #gdr.chunked<chunk_size = 64>}
  return
}

func.func @no_gate(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x2x64x${T}>,
                   %beta: memref<1x75x2x${G}>, %o: memref<1x75x2x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x2x64x${T}>)
      beta(%beta : memref<1x75x2x${G}>) outs(%o : memref<1x75x2x64x${T}>)
      {schedule = #gdr.chunked<chunk_size = 64>, scale = 0.5 : f32}
  return
}
