// NumPy reads and writes the same files.
//
// REQUIRES: numpy
// RUN: rm -rf %t && mkdir %t
// RUN: %python -c "import numpy as n; n.save('%t/v.npy', n.ones((1, 2, 1, 3), 'f4')); n.save('%t/q.npy', n.ones((1, 2, 1, 1), 'f4'))"
// RUN: gdr-run %s --input=q=%t/q.npy,k=%t/q.npy,v=%t/v.npy --output=o=%t/o.npy
// RUN: %python -c "import numpy as n; print(n.load('%t/o.npy').tolist())" | FileCheck %s
// CHECK: {{\[\[\[\[1.0, 1.0, 1.0\]\], \[\[1.0, 1.0, 1.0\]\]\]\]}}

func.func @rule(%q: memref<1x2x1x1xf32>, %k: memref<1x2x1x1xf32>, %v: memref<1x2x1x3xf32>,
                %o: memref<1x2x1x3xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x2x1x1xf32>, memref<1x2x1x1xf32>, memref<1x2x1x3xf32>)
      outs(%o : memref<1x2x1x3xf32>)
  return
}
