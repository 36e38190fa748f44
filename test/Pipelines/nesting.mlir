// RUN: gdr-opt %s --gdr-lower-to-gpu --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --strict-whitespace --implicit-check-not='{{^  [a-z]}}'

// Kernels are lowered one by one, hence at the same time, and host code without
// them. On a module is what places, declares or replaces functions, and no more.

// CHECK:      {{^  }}gdr-verify-chips
// CHECK-NEXT: {{^  }}gdr-wait-at-start
// CHECK-NEXT: {{^  }}func.func(
// CHECK:      {{^  }}gpu.module(
// CHECK-NEXT: {{^    }}gpu.func(
// CHECK:      {{^  }}gpu.module(
// CHECK-NEXT: {{^    }}gpu.func(
// CHECK-NOT:  {{^    [a-z]}}
// CHECK:      {{^  }}wg-allocate-shared
// CHECK-NEXT: {{^  }}gpu.module(
// CHECK-NEXT: {{^    }}gpu.func(
// CHECK-NOT:  {{^    [a-z]}}
// CHECK:      {{^    }}convert-gpu-to-nvvm
// CHECK-NEXT: {{^    }}llvm.func(
// CHECK-NOT:  {{^    [a-z]}}
// CHECK:      {{^  }}gdr-allocate-workspace
// CHECK-NEXT: {{^  }}gdr-tensor-map-to-runtime
// CHECK-NEXT: {{^  }}gdr-launch-to-runtime
// CHECK-NEXT: {{^  }}func.func(
// CHECK:      {{^  }}convert-to-llvm
// CHECK-NEXT: {{^  }}llvm.func(
