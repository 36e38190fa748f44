// REQUIRES: ptxas
// RUN: gdr-opt %s --gdr-serialize-kernels --split-input-file --verify-diagnostics | FileCheck %s
// RUN: not gdr-opt %s --gdr-serialize-kernels=ptxas=/nonexistent 2>&1 | FileCheck %s --check-prefix=MISSING

// MISSING: error: expected an executable ptxas, got '/nonexistent'

// What ptxas says of each kernel is kept.
// CHECK:       gpu.binary @kernels
// CHECK-SAME:    properties = {first = {registers = {{[0-9]+}} : i64, shared_bytes = 0 : i64, spill_bytes = 0 : i64},
// CHECK-SAME:                  second = {registers = {{[0-9]+}} : i64, shared_bytes = 256 : i64, spill_bytes = 0 : i64}}
// CHECK-SAME:    bin = "\7FELF
gpu.module @kernels [#nvvm.target<chip = "sm_90a", features = "+ptx80">] {
  llvm.mlir.global internal @exchange() {addr_space = 3 : i32} : !llvm.array<64 x f32>
  llvm.func @first() attributes {gpu.kernel, nvvm.kernel} {
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

// -----

// Its complaints are errors.
// expected-error @below {{ptxas failed: }}
gpu.module @nonsense [#nvvm.target<chip = "sm_90a", features = "+ptx80">] {
  llvm.func @kernel() attributes {gpu.kernel, nvvm.kernel} {
    llvm.inline_asm has_side_effects "not an instruction;", "" : () -> ()
    llvm.return
  }
}
