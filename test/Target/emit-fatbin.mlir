// REQUIRES: ptxas, fatbinary
// RUN: gdr-opt %S/Inputs/two-functions.mlir --gdr-compile=chip=sm_80,sm_90a --emit=fatbin -o %t.fatbin
// RUN: grep -c "first_recurrent" %t.fatbin
// RUN: grep -c "second_recurrent" %t.fatbin

// RUN: rm -f %t.none
// RUN: not gdr-opt %s --gdr-compile --emit=fatbin -o %t.none 2>&1 | FileCheck %s
// RUN: not ls %t.none
// CHECK: error: expected at least one kernel, got none
func.func @nothing() {
  return
}
