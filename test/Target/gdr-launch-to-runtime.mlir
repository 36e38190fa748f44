// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-launch-to-runtime | FileCheck %s

// A kernel's parameters are on the stack, and an array of their addresses is
// passed. Sizes of the launch are 64-bit.
// CHECK:       llvm.func @gdr_launch(!llvm.ptr, i64, i64, i64, i64, i64, i64, i64, i64, i64, !llvm.ptr)
// CHECK-LABEL: func.func private @decode.host(
// CHECK-SAME:    %[[CALL:[^:]*]]: !llvm.ptr, %[[Q:[^:]*]]: memref<f32>, %[[N:[^:]*]]: index
// CHECK-SAME:    gdr.kernel_module = @decode_kernels
// CHECK-SAME:    gdr.kernels = ["first", "second"]
// CHECK-DAG:     %[[SLOT_Q:.*]] = llvm.alloca %{{.*}} x i64
// CHECK-DAG:     llvm.alloca %{{.*}} x i64
// CHECK:         scf.for
// CHECK-NOT:       llvm.alloca
// CHECK:           %[[INDEX:.*]] = memref.extract_aligned_pointer_as_index %[[Q]]
// CHECK:           %[[ADDRESS:.*]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK:           llvm.store %[[ADDRESS]], %[[SLOT0:.*]] : i64, !llvm.ptr
// CHECK:           llvm.store %[[SLOT0]],
// CHECK:           llvm.call @gdr_launch(%[[CALL]],
// CHECK:         %[[SECOND:.*]] = arith.constant 1 : i64
// CHECK:         llvm.call @gdr_launch(%[[CALL]], %[[SECOND]],
// The first kernel again has its old number.
// CHECK:         %[[FIRST:.*]] = arith.constant 0 : i64
// CHECK:         llvm.call @gdr_launch(%[[CALL]], %[[FIRST]],
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
module attributes {gpu.container_module} {
  func.func private @decode.host(%call: !llvm.ptr, %q: memref<f32>, %n: index)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "decode"}} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      gpu.launch_func @decode_kernels::@first blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
          args(%q : memref<f32>, %i : index)
    }
    gpu.launch_func @decode_kernels::@second blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    gpu.launch_func @decode_kernels::@first blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%q : memref<f32>, %n : index)
    return
  }
  gpu.module @decode_kernels {
    gpu.func @first(%q: memref<f32>, %i: index) kernel {
      gpu.return
    }
    gpu.func @second() kernel {
      gpu.return
    }
  }
}

// -----

// The kernel waits for the one before it: flag 1. Dynamic shared memory.
// CHECK-LABEL: func.func private @waits.host(
// CHECK-SAME:    %[[CALL:[^:]*]]: !llvm.ptr, %[[BYTES:[^:]*]]: i32
// CHECK-DAG:     %[[SHARED:.*]] = arith.extui %[[BYTES]] : i32 to i64
// CHECK-DAG:     %[[FLAGS:.*]] = arith.constant 1 : i64
// CHECK:         llvm.call @gdr_launch(%[[CALL]], %{{.*}}, %[[SHARED]], %{{[^,]*}}, %{{[^,]*}})
module attributes {gpu.container_module} {
  func.func private @waits.host(%call: !llvm.ptr, %bytes: i32)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "waits"}} {
    %c1 = arith.constant 1 : index
    gpu.launch_func @waits_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        dynamic_shared_memory_size %bytes {gdr.waits_for_dependency}
    return
  }
  gpu.module @waits_kernels {
    gpu.func @kernel() kernel {
      gpu.return
    }
  }
}

// -----

// The kernel waits for whatever is before it at its start: flag 4.
// CHECK-LABEL: func.func private @at_start.host(
// CHECK:         %[[FLAGS:.*]] = arith.constant 4 : i64
// CHECK:         llvm.call @gdr_launch({{.*}}, %[[FLAGS]], %{{[^,]*}})
module attributes {gpu.container_module} {
  func.func private @at_start.host(%call: !llvm.ptr)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "at_start"}} {
    %c1 = arith.constant 1 : index
    gpu.launch_func @at_start_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        {gdr.waits_at_start}
    return
  }
  gpu.module @at_start_kernels {
    gpu.func @kernel() kernel {
      gpu.return
    }
  }
}

// -----

// The kernel overlaps the previous launch of the call: flag 2. A pointer to what
// the kernel takes by value is the address of the parameter; another pointer is
// the parameter.
// CHECK-LABEL: func.func private @by_value.host(
// CHECK-SAME:    %[[CALL:[^:]*]]: !llvm.ptr, %[[MAP:[^:]*]]: !llvm.ptr
// CHECK:         arith.constant 2 : i64
// CHECK:         %[[FLAGS:.*]] = arith.constant 2 : i64
// CHECK-NEXT:    %[[FIRST:.*]] = llvm.getelementptr %[[ARRAY:.*]][0] :
// CHECK:         llvm.store %[[MAP]], %[[FIRST]] : !llvm.ptr, !llvm.ptr
// CHECK:         llvm.store %[[MAP]], %[[SLOT:.*]] : !llvm.ptr, !llvm.ptr
// CHECK:         %[[SECOND:.*]] = llvm.getelementptr %[[ARRAY]][1]
// CHECK:         llvm.store %[[SLOT]], %[[SECOND]]
// CHECK:         llvm.call @gdr_launch(%[[CALL]], %{{.*}}, %[[FLAGS]], %[[ARRAY]])
module attributes {gpu.container_module} {
  func.func private @by_value.host(%call: !llvm.ptr, %map: !llvm.ptr)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "by_value"}} {
    %c1 = arith.constant 1 : index
    gpu.launch_func @by_value_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%map : !llvm.ptr, %map : !llvm.ptr) {gdr.overlaps_previous_launch}
    return
  }
  gpu.module @by_value_kernels {
    llvm.func @kernel(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>}, %pointer: !llvm.ptr)
        attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}

// -----

// Nothing to do.
// CHECK-NOT:   @gdr_launch
// CHECK-LABEL: func.func private @nothing.host(
func.func private @nothing.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "nothing"}} {
  return
}

// -----

module attributes {gpu.container_module} {
  func.func @not_described() {
    %c1 = arith.constant 1 : index
    // expected-error @below {{expected the launch in host code of an entry point; run gdr-describe-entry before gdr-launch-to-runtime}}
    gpu.launch_func @kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
  gpu.module @kernels {
    gpu.func @kernel() kernel {
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  func.func private @two_modules.host(%call: !llvm.ptr)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "two_modules"}} {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    // expected-error @below {{expected all kernels of a function in one GPU module, @kernels, got @others}}
    gpu.launch_func @others::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
  gpu.module @kernels {
    gpu.func @kernel() kernel {
      gpu.return
    }
  }
  gpu.module @others {
    gpu.func @kernel() kernel {
      gpu.return
    }
  }
}
