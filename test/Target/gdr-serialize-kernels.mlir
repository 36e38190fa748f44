// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-serialize-kernels=format=ptx | FileCheck %s
// RUN: echo | not gdr-opt --gdr-serialize-kernels=format=sass 2>&1 | FileCheck %s --check-prefix=FORMAT

// FORMAT: error: expected format ptx or cubin, got 'sass'

// An object for each target.
// CHECK-NOT:   gpu.module
// CHECK:       gpu.binary @kernels [
// CHECK-SAME:    #gpu.object<#nvvm.target<{{.*}}chip = "sm_80"
// CHECK-SAME:      .target sm_80
// CHECK-SAME:      .entry kernel
// CHECK-SAME:    #gpu.object<#nvvm.target<{{.*}}chip = "sm_90a"
// CHECK-SAME:      .target sm_90a
// CHECK-SAME:      .entry kernel
gpu.module @kernels [#nvvm.target<chip = "sm_80", features = "+ptx78">, #nvvm.target<chip = "sm_90a", features = "+ptx80">] {
  llvm.func @kernel() attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}

// -----

// Assembly with side effects stays where it is: not in the branch that uses it.
// CHECK:       gpu.binary @convergent
// CHECK-SAME:    bar.red.popc
// CHECK-SAME:    @{{!?}}%p{{[0-9]+}} bra
gpu.module @convergent [#nvvm.target<chip = "sm_90a", features = "+ptx80">] {
  llvm.func @kernel(%p: !llvm.ptr, %n: i32) attributes {gpu.kernel, nvvm.kernel} {
    %zero = llvm.mlir.constant(0 : i32) : i32
    %count = llvm.inline_asm has_side_effects "bar.red.popc.u32 $0, 0, 1;", "=r" : () -> i32
    %c = llvm.icmp "sgt" %n, %zero : i32
    llvm.cond_br %c, ^store, ^end
  ^store:
    llvm.store volatile %count, %p : i32, !llvm.ptr
    llvm.store volatile %n, %p : i32, !llvm.ptr
    llvm.br ^end
  ^end:
    llvm.return
  }
}

// -----

// A function that the module defines may be called.
// CHECK: gpu.binary @defined
gpu.module @defined [#nvvm.target<chip = "sm_90a", features = "+ptx80">] {
  llvm.func @helper() {
    llvm.return
  }
  llvm.func @kernel() attributes {gpu.kernel, nvvm.kernel} {
    llvm.call @helper() : () -> ()
    llvm.return
  }
}

// -----

// Chips below sm_90 have no griddepcontrol.
// CHECK:       gpu.binary @dependent
// CHECK-SAME:    .target sm_80
// CHECK-NOT:     griddepcontrol
// CHECK-SAME:    .target sm_90a
// CHECK-SAME:    griddepcontrol.launch_dependents
// CHECK-SAME:    griddepcontrol.wait
// CHECK-SAME:    .target sm_89
// CHECK-NOT:     griddepcontrol
gpu.module @dependent [#nvvm.target<chip = "sm_80", features = "+ptx78">,
                       #nvvm.target<chip = "sm_90a", features = "+ptx80">,
                       #nvvm.target<chip = "sm_89", features = "+ptx78">] {
  llvm.func @kernel() attributes {gpu.kernel, nvvm.kernel} {
    nvvm.griddepcontrol launch_dependents
    nvvm.griddepcontrol wait
    llvm.return
  }
}

// -----

// expected-error @below {{expected targets; run gdr-attach-targets before gdr-serialize-kernels}}
gpu.module @no_targets {
}

// -----

gpu.module @external [#nvvm.target<chip = "sm_90a">] {
  llvm.func @__nv_expf(f32) -> f32
  llvm.func @kernel(%x: f32) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error @below {{expected a kernel that calls no external function, got a call of '__nv_expf'}}
    %0 = llvm.call @__nv_expf(%x) : (f32) -> f32
    llvm.return
  }
}

// -----

// expected-error @below {{expected a chip among sm_80, sm_86, sm_89, sm_90, sm_90a, sm_100, sm_100a, sm_103a, sm_120, sm_120a, sm_121a, got 'sm_75'}}
gpu.module @other_chip [#nvvm.target<chip = "sm_75">] {
}
