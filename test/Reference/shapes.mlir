// Head counts, dimensions, types and layouts against the recurrence in f64, with the state in its
// buffer.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Dimensions that no vector width divides, and those of real models.
// RUN: %{check} HK=1 HV=1 K=1   V=1   T=f32  S=f32
// RUN: %{check} HK=1 HV=2 K=17  V=5   T=f32  S=f32
// RUN: %{check} HK=1 HV=2 K=5   V=17  T=f16  S=f32
// RUN: %{check} HK=2 HV=2 K=33  V=31  T=bf16 S=f32
// RUN: %{check} HK=1 HV=2 K=100 V=100 T=f32  S=f32
// RUN: %{check} HK=2 HV=4 K=96  V=192 T=bf16 S=f32
// RUN: %{check} HK=1 HV=1 K=64  V=256 T=bf16 S=f32
// RUN: %{check} HK=1 HV=1 K=256 V=64  T=bf16 S=f32
// RUN: %{check} HK=1 HV=1 K=600 V=3   T=f32  S=f32

// Value heads that share a key head.
// RUN: %{check} HK=3 HV=3  K=16 V=8 T=f32 S=f32
// RUN: %{check} HK=2 HV=4  K=16 V=8 T=f32 S=f32
// RUN: %{check} HK=1 HV=3  K=16 V=8 T=f32 S=f32
// RUN: %{check} HK=2 HV=6  K=16 V=8 T=f32 S=f32
// RUN: %{check} HK=2 HV=8  K=16 V=8 T=f32 S=f32
// RUN: %{check} HK=2 HV=16 K=16 V=8 T=f32 S=f32
// More heads in all than a grid's y or z dimension has blocks.
// RUN: %{check} HK=11000 HV=33000 K=4 V=2 T=f32 S=f32

// Every pair of types.
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=bf16 S=f32
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=bf16 S=bf16
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=bf16 S=f16
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=f16  S=f32
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=f16  S=bf16
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=f16  S=f16
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=f32  S=f32
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=f32  S=bf16
// RUN: %{check} HK=2 HV=4 K=128 V=128 T=f32  S=f16

func.func @k_first(
    %q: memref<2x3x${HK}x${K}x${T}>, %k: memref<2x3x${HK}x${K}x${T}>,
    %v: memref<2x3x${HV}x${V}x${T}>, %g: memref<2x3x${HV}xf32>, %beta: memref<2x3x${HV}xf32>,
    %state: memref<2x${HV}x${K}x${V}x${S}>, %o: memref<2x3x${HV}x${V}x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<2x3x${HK}x${K}x${T}>, memref<2x3x${HK}x${K}x${T}>, memref<2x3x${HV}x${V}x${T}>)
      gate(%g : memref<2x3x${HV}xf32>) beta(%beta : memref<2x3x${HV}xf32>)
      initial_state(%state : memref<2x${HV}x${K}x${V}x${S}>)
      outs(%o : memref<2x3x${HV}x${V}x${T}>)
      final_state(%state : memref<2x${HV}x${K}x${V}x${S}>)
  return
}

func.func @v_first(
    %q: memref<2x3x${HK}x${K}x${T}>, %k: memref<2x3x${HK}x${K}x${T}>,
    %v: memref<2x3x${HV}x${V}x${T}>, %g: memref<2x3x${HV}xbf16>, %beta: memref<2x3x${HV}xbf16>,
    %state: memref<2x${HV}x${V}x${K}x${S}>, %o: memref<2x3x${HV}x${V}x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<2x3x${HK}x${K}x${T}>, memref<2x3x${HK}x${K}x${T}>, memref<2x3x${HV}x${V}x${T}>)
      gate(%g : memref<2x3x${HV}xbf16>) beta(%beta : memref<2x3x${HV}xbf16>)
      initial_state(%state : memref<2x${HV}x${V}x${K}x${S}>)
      outs(%o : memref<2x3x${HV}x${V}x${T}>)
      final_state(%state : memref<2x${HV}x${V}x${K}x${S}>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}
