// An object for each kernel and target, in that order, with what the kernel
// uses; and an image of each that names the kernel by its number in the host
// code.
// RUN: gdr-opt %s --gdr-serialize-kernels="format=ptx split" | FileCheck %s
// RUN: gdr-opt %s --gdr-serialize-kernels="format=ptx split" --gdr-emit-entry | FileCheck %s --check-prefix=ENTRY
// The same without threads.
// RUN: gdr-opt %s --gdr-serialize-kernels="format=ptx split" > %t.threads
// RUN: gdr-opt %s --gdr-serialize-kernels="format=ptx split" --mlir-disable-threading > %t.alone
// RUN: diff %t.threads %t.alone

// CHECK:      gpu.binary @kernels [
// CHECK-SAME:   #gpu.object<#nvvm.target<{{[^>]*}}chip = "sm_80"
// CHECK-SAME:     kernels = <[#gpu.kernel_metadata<"first"
// CHECK-SAME:     .target sm_80
// CHECK-SAME:     helper
// CHECK-SAME:     .entry first(
// CHECK-SAME:   #gpu.object<#nvvm.target<{{[^>]*}}chip = "sm_80"
// CHECK-SAME:     kernels = <[#gpu.kernel_metadata<"unused"
// CHECK-SAME:   #gpu.object<#nvvm.target<{{[^>]*}}chip = "sm_80"
// CHECK-SAME:     kernels = <[#gpu.kernel_metadata<"second"
// CHECK-SAME:     .entry second(
// CHECK-SAME:   #gpu.object<#nvvm.target<{{[^>]*}}chip = "sm_90a"
// CHECK-SAME:     kernels = <[#gpu.kernel_metadata<"first"
// CHECK-SAME:     .target sm_90a
// CHECK-SAME:     .entry first(
// CHECK-NOT:      .entry second(
// CHECK-SAME:   #gpu.object<#nvvm.target<{{[^>]*}}chip = "sm_90a"
// CHECK-SAME:     kernels = <[#gpu.kernel_metadata<"unused"
// CHECK-SAME:   #gpu.object<#nvvm.target<{{[^>]*}}chip = "sm_90a"
// CHECK-SAME:     kernels = <[#gpu.kernel_metadata<"second"
// CHECK-SAME:     .entry second(

// The kind is PTX; `second` is number 0 of the host code, and `unused` has no
// image.
// ENTRY:         llvm.mlir.global internal constant @f.images()
// ENTRY-COUNT-4: llvm.mlir.addressof @f.image{{[0-9]}}
// ENTRY-NOT:     llvm.mlir.addressof @f.image{{[0-9]}}
// ENTRY:         llvm.return
gpu.module @kernels [#nvvm.target<chip = "sm_80", features = "+ptx78">, #nvvm.target<chip = "sm_90a", features = "+ptx80">] {
  llvm.mlir.global internal @exchange() {addr_space = 3 : i32} : !llvm.array<64 x f32>
  llvm.func @helper() attributes {no_inline} {
    llvm.return
  }
  llvm.func @first() attributes {gpu.kernel, nvvm.kernel} {
    llvm.call @helper() : () -> ()
    llvm.return
  }
  llvm.func @unused() attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
  llvm.func @second(%p: !llvm.ptr<1>, %i: i32) attributes {gpu.kernel, nvvm.kernel} {
    %base = llvm.mlir.addressof @exchange : !llvm.ptr<3>
    %place = llvm.getelementptr %base[0, %i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, !llvm.array<64 x f32>
    %0 = llvm.load volatile %place : !llvm.ptr<3> -> f32
    llvm.store %0, %p : f32, !llvm.ptr<1>
    llvm.return
  }
}
llvm.func internal @f.host(%call: !llvm.ptr) attributes {
    gdr.entry = {name = "f", device = "cuda", arguments = []}, gdr.kernel_module = @kernels, gdr.kernels = ["second", "first"]} {
  llvm.return
}
