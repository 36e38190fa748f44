// Tile programs of every shape: heads, dimensions, columns of a CTA, slots of its ring, layouts and types.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} HK=1 HV=1 K=64  V=64  C="chunk_size = 64" R="" H="" T=bf16 S=f32
// RUN: %{check} HK=1 HV=1 K=64  V=128 C="columns = 32" R=", stages = 2" H="" T=f16 S=f32
// RUN: %{check} HK=1 HV=2 K=128 V=64  C="columns = 64" R=", stages = 3" H=", heads = 1" T=bf16 S=bf16
// RUN: %{check} HK=2 HV=4 K=128 V=128 C="columns = 128" R=", stages = 2" H="" T=bf16 S=f32
// RUN: %{check} HK=1 HV=3 K=128 V=192 C="columns = 64" R=", stages = 2" H=", heads = 1" T=f16 S=f16
// RUN: %{check} HK=1 HV=1 K=64  V=256 C="columns = 128" R=", stages = 4" H="" T=bf16 S=bf16
// RUN: %{check} HK=1 HV=1 K=256 V=64  C="columns = 32" R="" H="" T=bf16 S=bf16
// RUN: %{check} HK=1 HV=1 K=192 V=96  C="columns = 32" R=", stages = 2" H="" T=f16 S=f32

// Several value heads a CTA: one at a time, and two pairs.
// RUN: %{check} HK=1 HV=3 K=64  V=64  C="chunk_size = 64" R="" H=", heads = 3" T=bf16 S=f32
// RUN: %{check} HK=1 HV=4 K=64  V=64  C="chunk_size = 64" R="" H=", heads = 4" T=f16 S=f32

// Tiles that are padded.
// RUN: %{check} HK=1 HV=3 K=96  V=192 C="columns = 32" R="" H="" T=bf16 S=f32
// RUN: %{check} HK=1 HV=1 K=96  V=192 C="columns = 128" R="" H="" T=f16 S=bf16
// RUN: %{check} HK=1 HV=2 K=8   V=8   C="columns = 32" R="" H=", heads = 1" T=bf16 S=bf16
// RUN: %{check} HK=1 HV=2 K=72  V=40  C="columns = 64" R="" H=", heads = 2" T=f16 S=f32
// RUN: %{check} HK=1 HV=1 K=200 V=72  C="columns = 32" R="" H="" T=f16 S=f32

func.func @k_first(%q: memref<1x70x${HK}x${K}x${T}>, %k: memref<1x70x${HK}x${K}x${T}>,
                   %v: memref<1x70x${HV}x${V}x${T}>, %g: memref<1x70x${HV}xbf16>, %beta: memref<1x70x${HV}xbf16>,
                   %state: memref<1x${HV}x${K}x${V}x${S}>, %o: memref<1x70x${HV}x${V}x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x70x${HK}x${K}x${T}>, memref<1x70x${HK}x${K}x${T}>, memref<1x70x${HV}x${V}x${T}>)
      gate(%g : memref<1x70x${HV}xbf16>) beta(%beta : memref<1x70x${HV}xbf16>)
      initial_state(%state : memref<1x${HV}x${K}x${V}x${S}>)
      outs(%o : memref<1x70x${HV}x${V}x${T}>) final_state(%state : memref<1x${HV}x${K}x${V}x${S}>)
      {schedule = #gdr.chunked<${C}${R}${H}>, state_layout = #gdr.state_layout<k_first>}
  return
}

func.func @v_first(%q: memref<1x70x${HK}x${K}x${T}>, %k: memref<1x70x${HK}x${K}x${T}>,
                   %v: memref<1x70x${HV}x${V}x${T}>, %g: memref<1x70x${HV}xbf16>, %beta: memref<1x70x${HV}xbf16>,
                   %state: memref<1x${HV}x${V}x${K}x${S}>, %o: memref<1x70x${HV}x${V}x${T}>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x70x${HK}x${K}x${T}>, memref<1x70x${HK}x${K}x${T}>, memref<1x70x${HV}x${V}x${T}>)
      gate(%g : memref<1x70x${HV}xbf16>) beta(%beta : memref<1x70x${HV}xbf16>)
      initial_state(%state : memref<1x${HV}x${V}x${K}x${S}>)
      outs(%o : memref<1x70x${HV}x${V}x${T}>) final_state(%state : memref<1x${HV}x${V}x${K}x${S}>)
      {schedule = #gdr.chunked<${C}${R}${H}>, state_layout = #gdr.state_layout<v_first>}
  return
}
