// Tile programs at lengths around their chunks of 64 tokens. The operands are views with NaN between their rows and
// behind their last one.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s

// RUN: %{check} T=bf16 C=64 --dim=T=0,B=2
// RUN: %{check} T=bf16 C=32 --dim=T=1,B=2
// RUN: %{check} T=f16  C=64 --dim=T=2,B=1
// RUN: %{check} T=bf16 C=32 --dim=T=63,B=2
// RUN: %{check} T=f16  C=64 --dim=T=64,B=1
// RUN: %{check} T=bf16 C=32 --dim=T=65,B=2
// RUN: %{check} T=f16  C=64 --dim=T=127,B=1
// RUN: %{check} T=bf16 C=32 --dim=T=130,B=3
// RUN: %{check} T=f16  C=64 --dim=T=320,B=1

// Calls that carry the state.
// RUN: %{check} T=bf16 C=32 --dim=T=130,B=2 --split=1,64,129
// RUN: %{check} T=f16  C=64 --dim=T=70,B=1 --steps=3

func.func @prefill(%q: memref<?x?x1x128x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %k: memref<?x?x1x128x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %v: memref<?x?x2x128x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                   %g: memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>,
                   %beta: memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>,
                   %state: memref<?x2x128x128xf32>,
                   %o: memref<?x?x2x128x${T}, strided<[?, ?, ?, 1], offset: ?>>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x128x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x1x128x${T}, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x2x128x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      gate(%g : memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>)
      beta(%beta : memref<?x?x2xf32, strided<[?, ?, 1], offset: ?>>)
      initial_state(%state : memref<?x2x128x128xf32>)
      outs(%o : memref<?x?x2x128x${T}, strided<[?, ?, ?, 1], offset: ?>>)
      final_state(%state : memref<?x2x128x128xf32>)
      {schedule = #gdr.chunked<columns = ${C}>}
  return
}
