// Gates and betas in the chunked form.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Decays like those of a real layer; none; e^-70; and exactly zero for half of the tokens, whose
// running sum of logarithms is -inf.
// RUN: %{check} C=16  T=f32  G=f32
// RUN: %{check} C=16  T=f32  G=f32  --gates=zero
// RUN: %{check} C=16  T=f32  G=f32  --gates=strong
// RUN: %{check} C=16  T=f32  G=f32  --gates=-inf
// RUN: %{check} C=32  T=bf16 G=bf16
// RUN: %{check} C=32  T=f32  G=f32  --gates=zero
// RUN: %{check} C=32  T=f32  G=f32  --gates=strong
// RUN: %{check} C=32  T=bf16 G=bf16 --gates=-inf
// RUN: %{check} C=64  T=f32  G=f32
// RUN: %{check} C=64  T=f32  G=f32  --gates=zero
// RUN: %{check} C=64  T=f32  G=f32  --gates=strong
// RUN: %{check} C=64  T=f32  G=f32  --gates=-inf
// RUN: %{check} C=128 T=bf16 G=bf16
// RUN: %{check} C=128 T=f32  G=f32  --gates=zero
// RUN: %{check} C=128 T=f32  G=f32  --gates=strong
// RUN: %{check} C=128 T=bf16 G=bf16 --gates=-inf

// Negative eigenvalues.
// RUN: %{check} C=16  T=f32  G=f32  --max-beta=2
// RUN: %{check} C=64  T=f32  G=f32  --max-beta=2 --gates=zero
// RUN: %{check} C=128 T=f32  G=f32  --max-beta=2 --gates=zero
// RUN: %{check} C=128 T=bf16 G=f32  --max-beta=2 --gates=-inf

func.func @given(%q: memref<1x75x2x16x${T}>, %k: memref<1x75x2x16x${T}>, %v: memref<1x75x4x8x${T}>,
                 %g: memref<1x75x4x${G}>, %beta: memref<1x75x4x${G}>, %state: memref<1x4x16x8xf32>,
                 %o: memref<1x75x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x2x16x${T}>, memref<1x75x2x16x${T}>, memref<1x75x4x8x${T}>)
      gate(%g : memref<1x75x4x${G}>) beta(%beta : memref<1x75x4x${G}>)
      initial_state(%state : memref<1x4x16x8xf32>)
      outs(%o : memref<1x75x4x8x${T}>) final_state(%state : memref<1x4x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}

func.func @softplus(%q: memref<1x75x2x16x${T}>, %k: memref<1x75x2x16x${T}>,
                    %v: memref<1x75x4x8x${T}>, %a: memref<1x75x4x${G}>, %b: memref<1x75x4x${G}>,
                    %A_log: memref<4xf32>, %dt_bias: memref<4xbf16>, %state: memref<1x4x16x8xf32>,
                    %o: memref<1x75x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x2x16x${T}>, memref<1x75x2x16x${T}>, memref<1x75x4x8x${T}>)
      gate(%a : memref<1x75x4x${G}>) beta(%b : memref<1x75x4x${G}>)
      A_log(%A_log : memref<4xf32>) dt_bias(%dt_bias : memref<4xbf16>)
      initial_state(%state : memref<1x4x16x8xf32>)
      outs(%o : memref<1x75x4x8x${T}>) final_state(%state : memref<1x4x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>,
       qk_l2norm, gate_form = #gdr.gate_form<softplus>, beta_form = #gdr.beta_form<sigmoid>}
  return
}

func.func @bounded_sigmoid(%q: memref<1x75x2x16x${T}>, %k: memref<1x75x2x16x${T}>,
                           %v: memref<1x75x4x8x${T}>, %a: memref<1x75x4x${G}>,
                           %b: memref<1x75x4x${G}>, %A_log: memref<4xf32>,
                           %state: memref<1x4x16x8xf32>, %o: memref<1x75x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x75x2x16x${T}>, memref<1x75x2x16x${T}>, memref<1x75x4x8x${T}>)
      gate(%a : memref<1x75x4x${G}>) beta(%b : memref<1x75x4x${G}>) A_log(%A_log : memref<4xf32>)
      initial_state(%state : memref<1x4x16x8xf32>)
      outs(%o : memref<1x75x4x8x${T}>) final_state(%state : memref<1x4x16x8xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>,
       qk_l2norm, gate_form = #gdr.gate_form<bounded_sigmoid>, lower_bound = -5.0 : f32,
       beta_form = #gdr.beta_form<twice_sigmoid>}
  return
}
