// Gates and betas in tile programs: like those of a real layer; no decay; e^-70; none for half of the tokens and
// exactly zero, whose logarithm is -inf, for the others; negative eigenvalues. Gates and betas that prepare computes,
// with normalized q and k.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=bf16 G=f32  C=32
// RUN: %{check} T=f16  G=bf16 C=64 --gates=zero
// RUN: %{check} T=bf16 G=bf16 C=32 --gates=strong
// RUN: %{check} T=f16  G=f32  C=64 --gates=-inf
// RUN: %{check} T=bf16 G=f32  C=32 --gates=zero --max-beta=2
// RUN: %{check} T=f16  G=f32  C=64 --gates=-inf --max-beta=2

func.func @both(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x3x64x${T}>,
                %g: memref<1x75x3x${G}>, %beta: memref<1x75x3x${G}>, %state: memref<1x3x64x64xf32>,
                %o: memref<1x75x3x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x3x64x${T}>)
      gate(%g : memref<1x75x3x${G}>) beta(%beta : memref<1x75x3x${G}>)
      initial_state(%state : memref<1x3x64x64xf32>)
      outs(%o : memref<1x75x3x64x${T}>) final_state(%state : memref<1x3x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}>}
  return
}

func.func @no_beta(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x2x64x${T}>,
                   %g: memref<1x75x2x${G}>, %o: memref<1x75x2x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x2x64x${T}>)
      gate(%g : memref<1x75x2x${G}>) outs(%o : memref<1x75x2x64x${T}>)
      {schedule = #gdr.chunked<columns = ${C}>}
  return
}

func.func @no_gate(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x2x64x${T}>,
                   %beta: memref<1x75x2x${G}>, %o: memref<1x75x2x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x2x64x${T}>)
      beta(%beta : memref<1x75x2x${G}>) outs(%o : memref<1x75x2x64x${T}>)
      {schedule = #gdr.chunked<columns = ${C}>, scale = 0.5 : f32}
  return
}

func.func @softplus(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x2x64x${T}>,
                    %a: memref<1x75x2x${G}>, %b: memref<1x75x2x${G}>, %A_log: memref<2xf32>, %dt_bias: memref<2xbf16>,
                    %state: memref<1x2x64x64xf32>, %o: memref<1x75x2x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x2x64x${T}>)
      gate(%a : memref<1x75x2x${G}>) beta(%b : memref<1x75x2x${G}>)
      A_log(%A_log : memref<2xf32>) dt_bias(%dt_bias : memref<2xbf16>)
      initial_state(%state : memref<1x2x64x64xf32>)
      outs(%o : memref<1x75x2x64x${T}>) final_state(%state : memref<1x2x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}, heads = 1>, qk_l2norm, gate_form = #gdr.gate_form<softplus>,
       beta_form = #gdr.beta_form<sigmoid>}
  return
}

func.func @bounded_sigmoid(%q: memref<1x75x1x64x${T}>, %k: memref<1x75x1x64x${T}>, %v: memref<1x75x2x64x${T}>,
                           %a: memref<1x75x2x${G}>, %b: memref<1x75x2x${G}>, %A_log: memref<2xf32>,
                           %state: memref<1x2x64x64xf32>, %o: memref<1x75x2x64x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x1x64x${T}>, memref<1x75x1x64x${T}>, memref<1x75x2x64x${T}>)
      gate(%a : memref<1x75x2x${G}>) beta(%b : memref<1x75x2x${G}>) A_log(%A_log : memref<2xf32>)
      initial_state(%state : memref<1x2x64x64xf32>)
      outs(%o : memref<1x75x2x64x${T}>) final_state(%state : memref<1x2x64x64xf32>)
      {schedule = #gdr.chunked<columns = ${C}>, qk_l2norm, gate_form = #gdr.gate_form<bounded_sigmoid>,
       lower_bound = -5.0 : f32, beta_form = #gdr.beta_form<twice_sigmoid>}
  return
}
