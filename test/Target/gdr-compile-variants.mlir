// RUN: gdr-opt %s --pass-pipeline="builtin.module(gdr-compile-variants{names=a,b pipelines=builtin.module(gdr-attach-targets{chips=sm_80}),builtin.module(canonicalize,gdr-attach-targets{chips=sm_90a})})" | FileCheck %s
// RUN: gdr-opt %s --pass-pipeline="builtin.module(gdr-compile-variants)" | FileCheck %s --check-prefix=NONE
// RUN: not gdr-opt %s --pass-pipeline="builtin.module(gdr-compile-variants{names=a pipelines=builtin.module(cse),builtin.module(cse)})" 2>&1 | FileCheck %s --check-prefix=NAMES
// RUN: not gdr-opt %s --pass-pipeline="builtin.module(gdr-compile-variants{names=a,taken pipelines=builtin.module(cse),builtin.module(cse)})" 2>&1 | FileCheck %s --check-prefix=TAKEN
// RUN: not gdr-opt %s --pass-pipeline="builtin.module(gdr-compile-variants{names=a,b pipelines=builtin.module(cse),builtin.module(gdr-attach-targets{chips=h100})})" 2>&1 | FileCheck %s --check-prefix=FAILS

// NAMES: error: expected a name for each of the 2 pipelines, got 1
// TAKEN: error: 'func.func' op expected no other symbol 'f.taken', which is a variant of 'f'
// FAILS: error: expected a chip among {{.*}}, got 'h100'

// NONE:     module
// NONE-NOT: func.func

// Definitions and their uses get the name of their variant, declarations are
// shared. Each pipeline has run on its own variant.
// CHECK:       module attributes {gpu.container_module} {
// CHECK:         func.func private @declared()
// CHECK:         func.func @f.a() attributes {test.reference = @f_kernels.a} {
// CHECK:           arith.addi
// CHECK:           call @declared()
// CHECK:           gpu.launch_func @f_kernels.a::@kernel
// CHECK:         gpu.module @f_kernels.a [#nvvm.target<{{.*}}sm_80
// CHECK:           gpu.func @kernel(
// CHECK-NOT:     func.func private @declared()
// CHECK:         func.func @f.b() attributes {test.reference = @f_kernels.b} {
// CHECK-NOT:       arith.addi
// CHECK:           call @declared()
// CHECK:           gpu.launch_func @f_kernels.b::@kernel
// CHECK:         gpu.module @f_kernels.b [#nvvm.target<{{.*}}sm_90a
// CHECK:           gpu.func @kernel(
module attributes {gpu.container_module} {
  func.func private @declared()
  func.func @f() attributes {test.reference = @f_kernels} {
    %c1 = arith.constant 1 : index
    %c2 = arith.addi %c1, %c1 : index
    call @declared() : () -> ()
    gpu.launch_func @f_kernels::@kernel blocks in (%c2, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
  gpu.module @f_kernels {
    gpu.func @kernel() kernel {
      gpu.return
    }
  }
  func.func private @f.taken() {
    return
  }
}
