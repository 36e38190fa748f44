// Tile programs with their rings lowered to barriers and everything in its place in shared memory: the parities of
// wg-lower-rings, the offsets of wg-allocate-shared and the fences of wg-insert-proxy-fences.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s
// RUN: %{check} C=64  R=2 --dim=T=320,B=1 --lower-rings
// RUN: %{check} C=64  R=3 --dim=T=449,B=1 --lower-rings
// RUN: %{check} C=128 R=2 --dim=T=130,B=2 --lower-rings --gates=zero
//
// RUN: not gdr-run %s --lower-rings 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: --lower-rings needs --target=interpreter

func.func @prefill(%q: memref<?x?x1x128xbf16>, %k: memref<?x?x1x128xbf16>, %v: memref<?x?x2x128xbf16>,
                   %g: memref<?x?x2xf32>, %beta: memref<?x?x2xf32>, %state: memref<?x2x128x128xf32>,
                   %o: memref<?x?x2x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x128xbf16>, memref<?x?x1x128xbf16>, memref<?x?x2x128xbf16>)
      gate(%g : memref<?x?x2xf32>) beta(%beta : memref<?x?x2xf32>)
      initial_state(%state : memref<?x2x128x128xf32>)
      outs(%o : memref<?x?x2x128xbf16>) final_state(%state : memref<?x2x128x128xf32>)
      {schedule = #gdr.chunked<chunk_size = 64, columns = ${C}, stages = ${R}>}
  return
}
