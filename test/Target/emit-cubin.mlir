// REQUIRES: ptxas
// RUN: gdr-opt %S/Inputs/two-functions.mlir --gdr-compile=chip=sm_80,sm_90a --emit=object -o %t.o
// RUN: llvm-nm %t.o | FileCheck %s --check-prefix=SYMBOLS
// SYMBOLS-DAG: T first
// SYMBOLS-DAG: T first_load
// SYMBOLS-DAG: T first_workspace_size
// SYMBOLS-DAG: T second
// SYMBOLS-DAG: U gdr_invoke
// SYMBOLS-DAG: U gdr_launch

// The kernels are in it, as machine code; it calls nothing but the runtime.
// RUN: llvm-nm --undefined-only %t.o | FileCheck %s --check-prefix=UNDEFINED
// UNDEFINED-NOT: U {{[^g]}}
// RUN: grep -c "first_recurrent" %t.o
// RUN: not grep -q ".target sm_" %t.o

// RUN: gdr-opt %s --gdr-compile --emit=cubin -o %t.cubin
// RUN: llvm-readobj --file-header %t.cubin | FileCheck %s --check-prefix=CUBIN
// CUBIN: Format: elf64

// RUN: not gdr-opt %S/Inputs/two-functions.mlir --gdr-compile --emit=cubin -o %t.none 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not ls %t.none
// TWO: error: expected the kernels of one function for one chip, got 2; emit a fatbin or an object instead

func.func @decode(%q: memref<1x1x2x64xbf16>, %o: memref<1x1x2x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x1x2x64xbf16>, memref<1x1x2x64xbf16>, memref<1x1x2x64xbf16>)
      outs(%o : memref<1x1x2x64xbf16>)
  return
}
