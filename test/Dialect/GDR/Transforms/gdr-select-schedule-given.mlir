// RUN: gdr-opt %s --gdr-select-schedule="schedule=#gdr.chunked<columns=64,stages=2>" | FileCheck %s
// RUN: gdr-opt %s --gdr-select-schedule="chunked schedule=#gdr.chunked<columns=64,stages=2>" | FileCheck %s
// RUN: not gdr-opt %s --gdr-select-schedule="schedule=#gdr.tiles" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-opt %s --gdr-select-schedule="schedule=64" 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not gdr-opt %s --gdr-compile="schedule=#gdr.chunked<columns=48>" 2>&1 | FileCheck %s --check-prefix=COLUMNS
// RUN: not gdr-opt %s --gdr-compile="schedule=#gdr.chunked<chunk_size=48>" 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not gdr-opt %s --gdr-compile="schedule=#gdr.chunked<columns=64,heads=5>" 2>&1 | FileCheck %s --check-prefix=HEADS
// RUN: gdr-opt %s --gdr-compile="target=cpu schedule=#gdr.chunked<chunk_size=32>" | FileCheck %s --check-prefix=CPU

// UNKNOWN: error: expected option schedule to be #gdr.schedule, #gdr.chunked or #gdr.alternatives, got '#gdr.tiles'
// TYPE:    error: expected option schedule to be #gdr.schedule, #gdr.chunked or #gdr.alternatives, got '64'
// COLUMNS: columns is 48, and the kernels take 32, 64 and 128
// SIZE:    got '#gdr.chunked<chunk_size=48>'; expected schedule parameter 'chunk_size' to be 16, 32, 64 or 128, got 48
// HEADS:   heads is 5, and it has to divide the 1 value heads of a key head
// CPU:     llvm.func

// The option is for ops that have no schedule.
// CHECK-LABEL: func.func @given(
// CHECK:         schedule = #gdr.chunked<columns = 64, stages = 2>
// CHECK:         schedule = #gdr.chunked<columns = 128>
func.func @given(%q: memref<1x128x2x64xbf16>, %o: memref<1x128x2x64xbf16>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x128x2x64xbf16>, memref<1x128x2x64xbf16>, memref<1x128x2x64xbf16>)
      outs(%o : memref<1x128x2x64xbf16>)
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<1x128x2x64xbf16>, memref<1x128x2x64xbf16>, memref<1x128x2x64xbf16>)
      outs(%o : memref<1x128x2x64xbf16>) {schedule = #gdr.chunked<columns = 128>}
  return
}
