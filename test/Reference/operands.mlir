// Operands that are absent, and attributes.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=f32  G=f32
// RUN: %{check} T=bf16 G=bf16
// RUN: %{check} T=f16  G=f32 --gates=zero --max-beta=2

func.func @no_gate(%q: memref<1x40x2x16x${T}>, %k: memref<1x40x2x16x${T}>,
                   %v: memref<1x40x4x8x${T}>, %beta: memref<1x40x4x${G}>,
                   %state: memref<1x4x16x8xf32>, %o: memref<1x40x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x40x2x16x${T}>, memref<1x40x2x16x${T}>, memref<1x40x4x8x${T}>)
      beta(%beta : memref<1x40x4x${G}>) initial_state(%state : memref<1x4x16x8xf32>)
      outs(%o : memref<1x40x4x8x${T}>) final_state(%state : memref<1x4x16x8xf32>)
  return
}

func.func @no_beta(%q: memref<1x40x2x16x${T}>, %k: memref<1x40x2x16x${T}>,
                   %v: memref<1x40x4x8x${T}>, %g: memref<1x40x4x${G}>,
                   %state: memref<1x4x16x8xf32>, %o: memref<1x40x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x40x2x16x${T}>, memref<1x40x2x16x${T}>, memref<1x40x4x8x${T}>)
      gate(%g : memref<1x40x4x${G}>) initial_state(%state : memref<1x4x16x8xf32>)
      outs(%o : memref<1x40x4x8x${T}>) final_state(%state : memref<1x4x16x8xf32>)
  return
}

func.func @no_state(%q: memref<1x40x2x16x${T}>, %k: memref<1x40x2x16x${T}>,
                    %v: memref<1x40x4x8x${T}>, %g: memref<1x40x4x${G}>, %beta: memref<1x40x4x${G}>,
                    %o: memref<1x40x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x40x2x16x${T}>, memref<1x40x2x16x${T}>, memref<1x40x4x8x${T}>)
      gate(%g : memref<1x40x4x${G}>) beta(%beta : memref<1x40x4x${G}>)
      outs(%o : memref<1x40x4x8x${T}>) {scale = 1.0 : f32}
  return
}

func.func @only_initial_state(%q: memref<1x40x2x16x${T}>, %k: memref<1x40x2x16x${T}>,
                              %v: memref<1x40x4x8x${T}>, %state: memref<1x4x16x8xf32>,
                              %o: memref<1x40x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x40x2x16x${T}>, memref<1x40x2x16x${T}>, memref<1x40x4x8x${T}>)
      initial_state(%state : memref<1x4x16x8xf32>)
      outs(%o : memref<1x40x4x8x${T}>) {scale = 0.3 : f32}
  return
}

func.func @only_final_state(%q: memref<1x40x2x16x${T}>, %k: memref<1x40x2x16x${T}>,
                            %v: memref<1x40x4x8x${T}>, %g: memref<1x40x4x${G}>,
                            %beta: memref<1x40x4x${G}>, %state: memref<1x4x16x8xf32>,
                            %o: memref<1x40x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x40x2x16x${T}>, memref<1x40x2x16x${T}>, memref<1x40x4x8x${T}>)
      gate(%g : memref<1x40x4x${G}>) beta(%beta : memref<1x40x4x${G}>)
      outs(%o : memref<1x40x4x8x${T}>) final_state(%state : memref<1x4x16x8xf32>)
  return
}

func.func @l2norm(%q: memref<1x40x2x16x${T}>, %k: memref<1x40x2x16x${T}>, %v: memref<1x40x4x8x${T}>,
                  %g: memref<1x40x4x${G}>, %beta: memref<1x40x4x${G}>, %state: memref<1x4x8x16xf32>,
                  %o: memref<1x40x4x8x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x40x2x16x${T}>, memref<1x40x2x16x${T}>, memref<1x40x4x8x${T}>)
      gate(%g : memref<1x40x4x${G}>) beta(%beta : memref<1x40x4x${G}>)
      initial_state(%state : memref<1x4x8x16xf32>)
      outs(%o : memref<1x40x4x8x${T}>) final_state(%state : memref<1x4x8x16xf32>)
      {qk_l2norm, l2norm_eps = 0.5 : f32, state_layout = #gdr.state_layout<v_first>}
  return
}
