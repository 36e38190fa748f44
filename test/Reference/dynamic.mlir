// All dimensions dynamic.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=f32  S=f32  --dim=HK=1,HV=1,K=1,V=1
// RUN: %{check} T=f32  S=f32  --dim=HK=1,HV=3,K=17,V=5
// RUN: %{check} T=bf16 S=f32  --dim=HK=2,HV=6,K=96,V=192
// RUN: %{check} T=f16  S=f16  --dim=HK=2,HV=4,K=100,V=100,B=1,T=9
// RUN: %{check} T=bf16 S=bf16 --dim=HK=2,HV=4,K=128,V=128,B=3,T=1
// RUN: %{check} T=f32  S=f32  --dim=HK=1,HV=1,K=700,V=33

func.func @k_first(%q: memref<?x?x?x?x${T}>, %k: memref<?x?x?x?x${T}>, %v: memref<?x?x?x?x${T}>,
                   %g: memref<?x?x?xf32>, %beta: memref<?x?x?xf32>, %state: memref<?x?x?x?x${S}>,
                   %o: memref<?x?x?x?x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x?x?x${T}>, memref<?x?x?x?x${T}>, memref<?x?x?x?x${T}>)
      gate(%g : memref<?x?x?xf32>) beta(%beta : memref<?x?x?xf32>)
      initial_state(%state : memref<?x?x?x?x${S}>)
      outs(%o : memref<?x?x?x?x${T}>) final_state(%state : memref<?x?x?x?x${S}>)
  return
}

func.func @v_first(%q: memref<?x?x?x?x${T}>, %k: memref<?x?x?x?x${T}>, %v: memref<?x?x?x?x${T}>,
                   %g: memref<?x?x?xf32>, %beta: memref<?x?x?xf32>, %state: memref<?x?x?x?x${S}>,
                   %o: memref<?x?x?x?x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x?x?x${T}>, memref<?x?x?x?x${T}>, memref<?x?x?x?x${T}>)
      gate(%g : memref<?x?x?xf32>) beta(%beta : memref<?x?x?xf32>)
      initial_state(%state : memref<?x?x?x?x${S}>)
      outs(%o : memref<?x?x?x?x${T}>) final_state(%state : memref<?x?x?x?x${S}>)
      {qk_l2norm, state_layout = #gdr.state_layout<v_first>}
  return
}
