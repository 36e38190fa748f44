// Arguments from files and results to files.
//
// RUN: rm -rf %t && mkdir %t
// RUN: gdr-run %s --seed=3 --output=q=%t/q.npy,k=%t/k.npy --output=v=%t/v.npy --output=o=%t/o.npy | FileCheck %s
// CHECK: rule on cpu ({{.+}}): B=2 T=5 HK=1 HV=2 K=4 V=3 bf16{{$}}
// CHECK-NEXT: o: 2x5x2x3xbf16, norm {{.+}}

// Another seed, but the same inputs.
// RUN: gdr-run %s --seed=4 --input=q=%t/q.npy,k=%t/k.npy,v=%t/v.npy --output=o=%t/same.npy
// RUN: cmp %t/o.npy %t/same.npy
// RUN: gdr-run %s --seed=4 --output=o=%t/other.npy
// RUN: not cmp %t/o.npy %t/other.npy

// RUN: not gdr-run %s --input=k=%t/v.npy 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: {{.*}}v.npy for 'k': expected shape [2, 5, 1, 4], got [2, 5, 2, 3]
// RUN: sed 's/bf16/f32/g' %s | not gdr-run - --input=k=%t/k.npy 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: {{.*}}k.npy for 'k': expected elements of type f32 (<f4), got <u2
// RUN: not gdr-run %s --input=k=%s 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: {{.*}}files.mlir for 'k': expected a .npy file in C order

func.func @rule(%q: memref<2x5x1x4xbf16>, %k: memref<2x5x1x4xbf16>, %v: memref<2x5x2x3xbf16>,
                %o: memref<2x5x2x3xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<2x5x1x4xbf16>, memref<2x5x1x4xbf16>, memref<2x5x2x3xbf16>)
      outs(%o : memref<2x5x2x3xbf16>)
  return
}
