// One decode step of a Gated DeltaNet layer of Qwen3.5-35B-A3B, for one sequence: 16 key heads, 32
// value heads, K = V = 128. The state stays in its buffer.
func.func @decode(
    %q: memref<1x1x16x128xbf16>, %k: memref<1x1x16x128xbf16>,
    %v: memref<1x1x32x128xbf16>, %g: memref<1x1x32xf32>,
    %beta: memref<1x1x32xf32>, %state: memref<1x32x128x128xf32>,
    %o: memref<1x1x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      gate(%g : memref<1x1x32xf32>) beta(%beta : memref<1x1x32xf32>)
      initial_state(%state : memref<1x32x128x128xf32>)
      outs(%o : memref<1x1x32x128xbf16>)
      final_state(%state : memref<1x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}
