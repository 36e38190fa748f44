// Tile programs with their rings lowered to barriers and everything in its place in shared memory: the parities of
// wg-lower-rings, the offsets of wg-allocate-shared and the fences of wg-insert-proxy-fences.
//
// DEFINE: %{check} = sh %S/Inputs/check.sh %s
// RUN: %{check} C=64  R=2 K=128 V=128 --dim=T=320,B=1 --lower-rings
// RUN: %{check} C=64  R=3 K=128 V=128 --dim=T=449,B=1 --lower-rings
// RUN: %{check} C=128 R=2 K=128 V=128 --dim=T=130,B=2 --lower-rings --gates=zero
// RUN: %{check} C=32  R=2 K=128 V=128 --dim=T=449,B=1 --lower-rings
// RUN: %{check} C=64  R=2 K=128 V=128 --dim=T=320,B=1 --lower-rings --racecheck
// RUN: %{check} C=32  R=3 K=96  V=64  --dim=T=320,B=1 --lower-rings --gates=zero
// RUN: %{check} C=32  R=2 K=256 V=32  --dim=T=200,B=1 --lower-rings
//
// RUN: not gdr-run %s --lower-rings 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: --lower-rings needs --target=interpreter

func.func @prefill(%q: memref<?x?x1x${K}xbf16>, %k: memref<?x?x1x${K}xbf16>, %v: memref<?x?x2x${V}xbf16>,
                   %g: memref<?x?x2xf32>, %beta: memref<?x?x2xf32>, %state: memref<?x2x${K}x${V}xf32>,
                   %o: memref<?x?x2x${V}xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x${K}xbf16>, memref<?x?x1x${K}xbf16>, memref<?x?x2x${V}xbf16>)
      gate(%g : memref<?x?x2xf32>) beta(%beta : memref<?x?x2xf32>)
      initial_state(%state : memref<?x2x${K}x${V}xf32>)
      outs(%o : memref<?x?x2x${V}xbf16>) final_state(%state : memref<?x2x${K}x${V}xf32>)
      {schedule = #gdr.chunked<chunk_size = 64, columns = ${C}, stages = ${R}>}
  return
}

func.func @normalized(%q: memref<?x?x1x${K}xbf16>, %k: memref<?x?x1x${K}xbf16>, %v: memref<?x?x2x${V}xbf16>,
                      %g: memref<?x?x2xf32>, %beta: memref<?x?x2xf32>, %o: memref<?x?x2x${V}xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<?x?x1x${K}xbf16>, memref<?x?x1x${K}xbf16>, memref<?x?x2x${V}xbf16>)
      gate(%g : memref<?x?x2xf32>) beta(%beta : memref<?x?x2xf32>)
      outs(%o : memref<?x?x2x${V}xbf16>)
      {schedule = #gdr.chunked<chunk_size = 64, columns = ${C}, stages = ${R}>, qk_l2norm,
       beta_form = #gdr.beta_form<sigmoid>}
  return
}
