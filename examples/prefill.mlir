// The prompt of a Gated DeltaNet layer of Qwen3.5-35B-A3B: 2048 tokens, 16 key heads, 32 value heads,
// K = V = 128. Many tokens take the chunked form: matrix products over chunks of 64 tokens.
func.func @prefill(
    %q: memref<1x2048x16x128xbf16>, %k: memref<1x2048x16x128xbf16>,
    %v: memref<1x2048x32x128xbf16>, %g: memref<1x2048x32xf32>,
    %beta: memref<1x2048x32xf32>, %state: memref<1x32x128x128xf32>,
    %o: memref<1x2048x32x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<1x2048x16x128xbf16>, memref<1x2048x16x128xbf16>,
                       memref<1x2048x32x128xbf16>)
      gate(%g : memref<1x2048x32xf32>) beta(%beta : memref<1x2048x32xf32>)
      initial_state(%state : memref<1x32x128x128xf32>)
      outs(%o : memref<1x2048x32x128xbf16>)
      final_state(%state : memref<1x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm}
  return
}
