// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90a --emit=description | FileCheck %s
// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90a --emit=description | %python -m json.tool
// RUN: gdr-opt %s --gdr-compile=target=cpu --emit=description | FileCheck %s --check-prefix=CPU
// RUN: not gdr-opt %s --emit=description 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// NOT-COMPILED: error: expected functions that --gdr-compile has compiled, got none

// CHECK:       "alignment": 2,
// CHECK-NEXT:  "dtype": "bf16",
// CHECK-NEXT:  "kind": "tensor",
// CHECK-NEXT:  "name": "q",
// CHECK-NEXT:  "shape": [
// CHECK-NEXT:    "B",
// CHECK-NEXT:    1,
// CHECK-NEXT:    2,
// CHECK-NEXT:    64
// CHECK-NEXT:  ],
// CHECK-NEXT:  "strides": [
// CHECK-NEXT:    null,
// CHECK-NEXT:    128,
// CHECK-NEXT:    64,
// CHECK-NEXT:    1
// CHECK-NEXT:  ]
// CHECK:       "name": "state",
// CHECK:       "strides": null
// CHECK:       "kind": "integer",
// CHECK-NEXT:  "name": "n"
// CHECK:       "kind": "float",
// CHECK-NEXT:  "name": "arg3"
// CHECK:       "chips": [
// CHECK-NEXT:    "sm_80",
// CHECK-NEXT:    "sm_90a"
// CHECK-NEXT:  ],
// CHECK-NEXT:  "device": "cuda",
// CHECK-NEXT:  "kernels": [
// CHECK-NEXT:    "decode_recurrent"
// CHECK:       "name": "decode"

// CPU:      "chips": [],
// CPU-NEXT: "device": "cpu",
// CPU-NEXT: "kernels": [],

func.func @decode(
    %q: memref<?x1x2x64xbf16, strided<[?, 128, 64, 1]>>, %s: memref<?x2x64x64xf32>,
    %n: index {gdr.name = "n"}, %f: f32, %o: memref<?x1x2x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<?x1x2x64xbf16, strided<[?, 128, 64, 1]>>, memref<?x1x2x64xbf16, strided<[?, 128, 64, 1]>>,
                       memref<?x1x2x64xbf16, strided<[?, 128, 64, 1]>>)
      initial_state(%s : memref<?x2x64x64xf32>)
      outs(%o : memref<?x1x2x64xbf16>) final_state(%s : memref<?x2x64x64xf32>)
  return
}
