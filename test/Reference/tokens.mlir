// Numbers of tokens, and a state that is carried from call to call.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// A state passes through no tokens.
// RUN: %{check} T=f32  --dim=T=0
// RUN: %{check} T=bf16 --dim=T=1,B=3
// RUN: %{check} T=f32  --dim=T=1,B=1
// RUN: %{check} T=f32  --dim=T=2
// RUN: %{check} T=bf16 --dim=T=63
// RUN: %{check} T=bf16 --dim=T=64
// RUN: %{check} T=bf16 --dim=T=65
// RUN: %{check} T=f32  --dim=T=1000,B=1
// RUN: %{check} T=f32  --dim=B=0
// More blocks of work than a grid's y or z dimension can count.
// RUN: %{check} T=f32  --dim=T=1,B=33000

// Calls of every length from 1 to 64 are one call of all tokens.
// RUN: %{check} T=f32 --dim=T=2080,B=1 \
// RUN:   --split=1,3,6,10,15,21,28,36,45,55,66,78,91,105,120,136,153,171,190,210,231,253,276,300 \
// RUN:   --split=325,351,378,406,435,465,496,528,561,595,630,666,703,741,780,820,861,903,946,990 \
// RUN:   --split=1035,1081,1128,1176,1225,1275,1326,1378,1431,1485,1540,1596,1653,1711,1770,1830 \
// RUN:   --split=1891,1953,2016

// A thousand decode steps.
// RUN: %{check} T=f32  --dim=T=1,B=1 --steps=1000 --tolerance-state=1e-5 --tolerance-o=1e-5
// RUN: %{check} T=f32  --dim=T=1,B=1 --steps=1000 --tolerance-state=1e-5 --tolerance-o=1e-5 --gates=zero --max-beta=2
// RUN: %{check} T=bf16 --dim=T=1,B=2 --steps=100

func.func @in_place(%q: memref<?x?x1x32x${T}>, %k: memref<?x?x1x32x${T}>, %v: memref<?x?x2x16x${T}>,
                    %g: memref<?x?x2xf32>, %beta: memref<?x?x2xf32>, %state: memref<?x2x16x32xf32>,
                    %o: memref<?x?x2x16x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x32x${T}>, memref<?x?x1x32x${T}>, memref<?x?x2x16x${T}>)
      gate(%g : memref<?x?x2xf32>) beta(%beta : memref<?x?x2xf32>)
      initial_state(%state : memref<?x2x16x32xf32>)
      outs(%o : memref<?x?x2x16x${T}>) final_state(%state : memref<?x2x16x32xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @other_buffer(%q: memref<?x?x1x32x${T}>, %k: memref<?x?x1x32x${T}>,
                        %v: memref<?x?x2x16x${T}>, %g: memref<?x?x2xf32>, %beta: memref<?x?x2xf32>,
                        %initial: memref<?x2x32x16xf32>, %o: memref<?x?x2x16x${T}>,
                        %final: memref<?x2x32x16xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x32x${T}>, memref<?x?x1x32x${T}>, memref<?x?x2x16x${T}>)
      gate(%g : memref<?x?x2xf32>) beta(%beta : memref<?x?x2xf32>)
      initial_state(%initial : memref<?x2x32x16xf32>)
      outs(%o : memref<?x?x2x16x${T}>) final_state(%final : memref<?x2x32x16xf32>)
  return
}
