// RUN: gdr-opt %s --gdr-wait-at-start | FileCheck %s

// A kernel that knows nothing of other kernels gets a wait before all else.
module attributes {gpu.container_module} {
  // CHECK-LABEL: func.func @step
  // CHECK:         gpu.launch_func @kernels::@plain {{.*}} args(%{{.*}} : memref<4xf32>) {gdr.waits_at_start}
  // CHECK:         gpu.launch_func @kernels::@plain {{.*}} args(%{{.*}} : memref<4xf32>) {gdr.waits_at_start}
  // CHECK:         gpu.launch_func @kernels::@lets_next_start {{.*}} {gdr.waits_at_start}
  // CHECK:         gpu.launch_func @kernels::@waits_later {{.*}} args(%{{.*}} : memref<4xf32>) {gdr.overlaps_previous_launch}
  // CHECK-LABEL: gpu.module @kernels
  func.func @step(%x: memref<4xf32>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@plain blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
    gpu.launch_func @kernels::@plain blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
    gpu.launch_func @kernels::@lets_next_start blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
    gpu.launch_func @kernels::@waits_later blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
      {gdr.overlaps_previous_launch}
    return
  }
  gpu.module @kernels {
    // CHECK:       gpu.func @plain
    // CHECK-NEXT:    nvvm.griddepcontrol wait
    // CHECK-NEXT:    arith.constant
    gpu.func @plain(%x: memref<4xf32>) kernel {
      %c0 = arith.constant 0 : index
      %value = memref.load %x[%c0] : memref<4xf32>
      memref.store %value, %x[%c0] : memref<4xf32>
      gpu.return
    }
    // The next kernel starts when all of this one's blocks have passed both.
    // CHECK:       gpu.func @lets_next_start
    // CHECK-NEXT:    nvvm.griddepcontrol wait
    // CHECK-NEXT:    nvvm.griddepcontrol launch_dependents
    gpu.func @lets_next_start(%x: memref<4xf32>) kernel {
      nvvm.griddepcontrol launch_dependents
      gpu.return
    }
    // Whoever waits already knows what for.
    // CHECK:       gpu.func @waits_later
    // CHECK-NEXT:    gpu.thread_id
    // CHECK:         nvvm.griddepcontrol wait
    // CHECK-NOT:     nvvm.griddepcontrol
    gpu.func @waits_later(%x: memref<4xf32>) kernel {
      %thread = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %isFirst = arith.cmpi eq, %thread, %c0 : index
      scf.if %isFirst {
        nvvm.griddepcontrol wait
      }
      gpu.return
    }
    // Not a kernel.
    // CHECK:       gpu.func @helper
    // CHECK-NEXT:    gpu.return
    gpu.func @helper() {
      gpu.return
    }
  }
}
