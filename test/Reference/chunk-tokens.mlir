// The chunked form at lengths around its chunk sizes. The operands are views with NaN between their
// rows and behind their last one.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} C=16  T=f32  --dim=T=0,B=2
// RUN: %{check} C=16  T=bf16 --dim=T=1,B=2
// RUN: %{check} C=16  T=f16  --dim=T=2,B=2
// RUN: %{check} C=16  T=f32  --dim=T=3,B=2
// RUN: %{check} C=16  T=bf16 --dim=T=15,B=2
// RUN: %{check} C=16  T=f16  --dim=T=16,B=2
// RUN: %{check} C=16  T=f32  --dim=T=17,B=2
// RUN: %{check} C=16  T=bf16 --dim=T=31,B=2
// RUN: %{check} C=16  T=f16  --dim=T=33,B=2
// RUN: %{check} C=16  T=f32  --dim=T=48,B=2
// RUN: %{check} C=16  T=bf16 --dim=T=63,B=2
// RUN: %{check} C=16  T=f16  --dim=T=100,B=2
// RUN: %{check} C=32  T=f32  --dim=T=1,B=2
// RUN: %{check} C=32  T=bf16 --dim=T=5,B=2
// RUN: %{check} C=32  T=f16  --dim=T=31,B=2
// RUN: %{check} C=32  T=f32  --dim=T=32,B=2
// RUN: %{check} C=32  T=bf16 --dim=T=33,B=2
// RUN: %{check} C=32  T=f16  --dim=T=64,B=2
// RUN: %{check} C=32  T=f32  --dim=T=70,B=2
// RUN: %{check} C=32  T=bf16 --dim=T=130,B=2
// RUN: %{check} C=64  T=f32  --dim=T=1,B=2
// RUN: %{check} C=64  T=bf16 --dim=T=7,B=2
// RUN: %{check} C=64  T=f16  --dim=T=63,B=2
// RUN: %{check} C=64  T=f32  --dim=T=64,B=2
// RUN: %{check} C=64  T=bf16 --dim=T=65,B=2
// RUN: %{check} C=64  T=f16  --dim=T=127,B=2
// RUN: %{check} C=64  T=f32  --dim=T=128,B=2
// RUN: %{check} C=64  T=bf16 --dim=T=129,B=2
// RUN: %{check} C=64  T=f16  --dim=T=200,B=1
// RUN: %{check} C=128 T=f32  --dim=T=1,B=2
// RUN: %{check} C=128 T=bf16 --dim=T=66,B=2
// RUN: %{check} C=128 T=f16  --dim=T=127,B=2
// RUN: %{check} C=128 T=f32  --dim=T=128,B=2
// RUN: %{check} C=128 T=bf16 --dim=T=129,B=2
// RUN: %{check} C=128 T=f16  --dim=T=255,B=1
// RUN: %{check} C=128 T=f32  --dim=T=300,B=1
// A long sequence, whose state never decays.
// RUN: %{check} C=16  T=f32  --dim=T=1000,B=1 --gates=zero
// RUN: %{check} C=64  T=f32  --dim=T=1000,B=1 --gates=zero
// No sequences.
// RUN: %{check} C=32  T=f32  --dim=T=40,B=0

func.func @memrefs(%q: memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %k: memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %v: memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %g: memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>,
                   %beta: memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>,
                   %initial: memref<?x2x32x16xf32>,
                   %o: memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %final: memref<?x2x32x16xf32>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x1x32x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      gate(%g : memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>)
      beta(%beta : memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>)
      initial_state(%initial : memref<?x2x32x16xf32>)
      outs(%o : memref<?x?x2x16x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      final_state(%final : memref<?x2x32x16xf32>)
      {schedule = #gdr.chunked<chunk_size = ${C}>}
  return
}
