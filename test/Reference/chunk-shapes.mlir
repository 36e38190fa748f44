// Head counts, dimensions, types and layouts in the chunked form, with a ragged last chunk.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// Dimensions that no register tile divides, and those of real models.
// RUN: %{check} HK=1 HV=1  K=1   V=1   T=f32  S=f32  C=16
// RUN: %{check} HK=1 HV=2  K=17  V=5   T=f32  S=f32  C=32
// RUN: %{check} HK=1 HV=2  K=5   V=17  T=f16  S=f32  C=16
// RUN: %{check} HK=2 HV=2  K=33  V=31  T=bf16 S=f32  C=32
// RUN: %{check} HK=1 HV=2  K=100 V=100 T=f32  S=f32  C=16
// RUN: %{check} HK=2 HV=4  K=96  V=192 T=bf16 S=f32  C=64
// RUN: %{check} HK=2 HV=4  K=96  V=192 T=f32  S=f32  C=16
// RUN: %{check} HK=1 HV=2  K=64  V=128 T=f32  S=f32  C=16
// RUN: %{check} HK=1 HV=1  K=256 V=64  T=bf16 S=f32  C=32
// RUN: %{check} HK=1 HV=1  K=64  V=256 T=f32  S=f32  C=128
// RUN: %{check} HK=1 HV=1  K=600 V=3   T=f32  S=f32  C=16
// RUN: %{check} HK=8 HV=32 K=32  V=144 T=f32  S=f32  C=16

// Value heads that share a key head.
// RUN: %{check} HK=3 HV=3  K=16  V=8   T=f32  S=f32  C=32
// RUN: %{check} HK=2 HV=4  K=16  V=8   T=f32  S=f32  C=32
// RUN: %{check} HK=1 HV=3  K=16  V=8   T=f32  S=f32  C=32
// RUN: %{check} HK=2 HV=6  K=16  V=8   T=f32  S=f32  C=32
// RUN: %{check} HK=2 HV=8  K=16  V=8   T=f32  S=f32  C=32
// RUN: %{check} HK=1 HV=8  K=16  V=8   T=f32  S=f32  C=32

// Every type of a state.
// RUN: %{check} HK=1 HV=2  K=128 V=64  T=bf16 S=bf16 C=16
// RUN: %{check} HK=1 HV=2  K=128 V=64  T=bf16 S=f16  C=16
// RUN: %{check} HK=1 HV=2  K=128 V=64  T=f16  S=bf16 C=16
// RUN: %{check} HK=1 HV=2  K=128 V=64  T=f16  S=f16  C=16
// RUN: %{check} HK=1 HV=2  K=128 V=64  T=f32  S=bf16 C=16
// RUN: %{check} HK=1 HV=2  K=128 V=64  T=f32  S=f16  C=16

func.func @k_first(
    %q: memref<2x37x${HK}x${K}x${T}>, %k: memref<2x37x${HK}x${K}x${T}>,
    %v: memref<2x37x${HV}x${V}x${T}>, %g: memref<2x37x${HV}xf32>, %beta: memref<2x37x${HV}xf32>,
    %state: memref<2x${HV}x${K}x${V}x${S}>, %o: memref<2x37x${HV}x${V}x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<2x37x${HK}x${K}x${T}>, memref<2x37x${HK}x${K}x${T}>, memref<2x37x${HV}x${V}x${T}>)
      gate(%g : memref<2x37x${HV}xf32>) beta(%beta : memref<2x37x${HV}xf32>)
      initial_state(%state : memref<2x${HV}x${K}x${V}x${S}>)
      outs(%o : memref<2x37x${HV}x${V}x${T}>)
      final_state(%state : memref<2x${HV}x${K}x${V}x${S}>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}

func.func @v_first(
    %q: memref<2x37x${HK}x${K}x${T}>, %k: memref<2x37x${HK}x${K}x${T}>,
    %v: memref<2x37x${HV}x${V}x${T}>, %g: memref<2x37x${HV}xbf16>, %beta: memref<2x37x${HV}xbf16>,
    %state: memref<2x${HV}x${V}x${K}x${S}>, %o: memref<2x37x${HV}x${V}x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<2x37x${HK}x${K}x${T}>, memref<2x37x${HK}x${K}x${T}>, memref<2x37x${HV}x${V}x${T}>)
      gate(%g : memref<2x37x${HV}xbf16>) beta(%beta : memref<2x37x${HV}xbf16>)
      initial_state(%state : memref<2x${HV}x${V}x${K}x${S}>)
      outs(%o : memref<2x37x${HV}x${V}x${T}>)
      final_state(%state : memref<2x${HV}x${V}x${K}x${S}>)
      {schedule = #gdr.chunked<chunk_size = ${C}>,
       state_layout = #gdr.state_layout<v_first>}
  return
}
