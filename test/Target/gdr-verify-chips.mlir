// RUN: gdr-opt %s --gdr-verify-chips=chips=sm_80,sm_90a | FileCheck %s
// RUN: gdr-opt %s --gdr-verify-chips | FileCheck %s
// RUN: not gdr-opt %s --gdr-verify-chips=chips=sm_80,h100 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// Every pipeline that takes chips refuses unknown ones, whatever else it would do.
// RUN: not gdr-opt %s --gdr-compile=chip=h100 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-opt %s --gdr-compile=chip=sm_90a,h100 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-opt %s --gdr-compile="target=cpu chip=h100" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-opt %s --gdr-tile-programs=chip=h100 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-opt %s --gdr-lower-to-gpu=chip=h100 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: error: expected a chip among sm_80, {{.*}}, got 'h100'
// CHECK: func.func @f
func.func @f() {
  return
}
