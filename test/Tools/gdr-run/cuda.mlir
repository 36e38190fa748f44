// The same on a GPU.
//
// REQUIRES: cuda
// RUN: gdr-run %s --target=cuda --check --bench --repeat=3 | FileCheck %s
// CHECK: decode on cuda ({{.+}}): B=2 T=1 HK=2 HV=4 K=128 V=128 bf16, state f32 v_first
// CHECK: o: relative error {{.*}} ok
// CHECK: final_state: relative error {{.*}} ok
// CHECK: time: {{.*}} us

func.func @decode(%q: memref<2x1x2x128xbf16>, %k: memref<2x1x2x128xbf16>, %v: memref<2x1x4x128xbf16>,
                  %g: memref<2x1x4xf32>, %beta: memref<2x1x4xf32>, %state: memref<2x4x128x128xf32>,
                  %o: memref<2x1x4x128xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<2x1x2x128xbf16>, memref<2x1x2x128xbf16>, memref<2x1x4x128xbf16>)
      gate(%g : memref<2x1x4xf32>) beta(%beta : memref<2x1x4xf32>)
      initial_state(%state : memref<2x4x128x128xf32>)
      outs(%o : memref<2x1x4x128xbf16>) final_state(%state : memref<2x4x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}
