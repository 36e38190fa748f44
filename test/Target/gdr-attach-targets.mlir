// RUN: gdr-opt %s --gdr-attach-targets=chips=sm_90a | FileCheck %s --check-prefix=ONE
// RUN: gdr-opt %s --gdr-attach-targets=chips=sm_80,sm_100a | FileCheck %s --check-prefix=TWO
// RUN: gdr-opt %s --gdr-attach-targets=chips=sm_80 | gdr-opt --gdr-attach-targets=chips=sm_90a | FileCheck %s --check-prefix=ONE
// RUN: not gdr-opt %s --gdr-attach-targets=chips=sm_1 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-opt %s --gdr-attach-targets=chips=sm_90a,h100 2>&1 | FileCheck %s --check-prefix=SECOND

// RUN: not gdr-opt %s --gdr-attach-targets 2>&1 | FileCheck %s --check-prefix=NONE

// A chip that is named twice counts once.
// RUN: gdr-opt %s --gdr-attach-targets=chips=sm_90a,sm_90a | FileCheck %s --check-prefix=ONE

// NONE:    error: expected at least one chip, got none
// UNKNOWN: error: expected a chip among sm_80, {{.*}}sm_90a, {{.*}}, got 'sm_1'
// SECOND:  error: expected a chip among {{.*}}, got 'h100'

// ONE: gpu.module @first [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx80">] {
// ONE: gpu.module @second [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx80">] {

// TWO: gpu.module @first [#nvvm.target<O = 3, chip = "sm_80", features = "+ptx{{[0-9]+}}">,
// TWO-SAME:               #nvvm.target<O = 3, chip = "sm_100a", features = "+ptx{{[0-9]+}}">] {
gpu.module @first {
}
gpu.module @second {
}

// Each supported chip is one that the backend and its PTX version know.
// RUN: gdr-opt %s --gdr-attach-targets=chips=sm_80,sm_86,sm_89,sm_90,sm_90a,sm_100,sm_100a,sm_103a,sm_120,sm_120a,sm_121a --gdr-serialize-kernels=format=ptx 2>&1 | FileCheck %s --check-prefix=ALL
// ALL-NOT: warning
// ALL-NOT: not a recognized
// ALL:     gpu.binary @first
// ALL-SAME: .target sm_80
// ALL-SAME: .target sm_90a
// ALL-SAME: .target sm_121a
