// UNSUPPORTED: cuda
// RUN: not gdr-run %s --target=cuda 2>&1 | FileCheck %s
// CHECK: gdr-run: error: no {{CUDA driver found \(libcuda.so.1\)|GPU found}}; use --target=cpu

func.func @rule(%q: memref<1x1x1x2xf32>, %o: memref<1x1x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<1x1x1x2xf32>, memref<1x1x1x2xf32>, memref<1x1x1x2xf32>)
      outs(%o : memref<1x1x1x2xf32>)
  return
}
