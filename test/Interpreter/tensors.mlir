// Value semantics: o and the intermediate results are new buffers.
//
// RUN: gdr-run %s --target=interpreter --check --dim=B=2,T=70

func.func @functional(%q: tensor<?x?x1x64xbf16>, %k: tensor<?x?x1x64xbf16>, %v: tensor<?x?x1x64xbf16>,
                      %state: tensor<?x1x64x64xf32>) -> (tensor<?x?x1x64xbf16>, tensor<?x1x64x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %q, %c0 : tensor<?x?x1x64xbf16>
  %t = tensor.dim %q, %c1 : tensor<?x?x1x64xbf16>
  %init = tensor.empty(%b, %t) : tensor<?x?x1x64xbf16>
  %o, %final = gdr.gated_delta_rule
      ins(%q, %k, %v : tensor<?x?x1x64xbf16>, tensor<?x?x1x64xbf16>, tensor<?x?x1x64xbf16>)
      initial_state(%state : tensor<?x1x64x64xf32>)
      outs(%init : tensor<?x?x1x64xbf16>) final_state(%state : tensor<?x1x64x64xf32>)
      {schedule = #gdr.chunked<chunk_size = 64>}
      -> tensor<?x?x1x64xbf16>, tensor<?x1x64x64xf32>
  return %o, %final : tensor<?x?x1x64xbf16>, tensor<?x1x64x64xf32>
}
