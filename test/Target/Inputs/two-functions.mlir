func.func @first(%q: memref<1x1x2x64xbf16>, %o: memref<1x1x2x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x64xbf16>, memref<1x1x2x64xbf16>, memref<1x1x2x64xbf16>)
      outs(%o : memref<1x1x2x64xbf16>)
  return
}
func.func @second(%q: memref<1x1x2x64xbf16>, %o: memref<1x1x2x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x64xbf16>, memref<1x1x2x64xbf16>, memref<1x1x2x64xbf16>)
      outs(%o : memref<1x1x2x64xbf16>) {qk_l2norm}
  return
}
