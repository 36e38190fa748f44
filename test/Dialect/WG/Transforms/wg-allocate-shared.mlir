// RUN: gdr-opt %s --wg-allocate-shared | FileCheck %s
// RUN: not gdr-opt %s --wg-allocate-shared=limit=59479 2>&1 | FileCheck %s --check-prefix=LIMIT
// RUN: gdr-opt %s --wg-allocate-shared=limit=59480 | FileCheck %s

// LIMIT: 'gpu.func' op expected at most 59479 bytes of shared memory, got 59480; use fewer slots or smaller tiles

!square = !wg.shared<64x64xbf16, swizzle = 128>
!row = !wg.shared<64xf32>
!ring = !wg.ring<3, !square, !square, !row>

module attributes {gpu.container_module} {

// The dynamic shared memory of all kernels of a module.
// CHECK-LABEL: gpu.module @first {
// CHECK-NEXT:    llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
// CHECK-NEXT:    gpu.func @kernel(
gpu.module @first {

// Tiles at multiples of 1024 bytes, in their order; a slot is 17 KiB. Barriers
// behind all of them.
// CHECK-NEXT:    wg.alloc {offset = 0 : i64} : !wg.shared<64xf32>
// CHECK-NEXT:    wg.mbarrier_alloc count(3) arrivals(1) {offset = 59392 : i64}
// CHECK-NEXT:    wg.alloc {offset = 1024 : i64} : !wg.ring<3
// CHECK-NEXT:    wg.alloc {offset = 53248 : i64} : !wg.shared<12x128xf32>
// CHECK-NEXT:    wg.mbarrier_alloc count(8) arrivals(4) {offset = 59416 : i64}
gpu.func @kernel() kernel {
  %row = wg.alloc : !row
  %full = wg.mbarrier_alloc count(3) arrivals(1)
  %ring = wg.alloc : !ring
  %other = wg.alloc : !wg.shared<12x128xf32>
  %empty = wg.mbarrier_alloc count(8) arrivals(4)
  gpu.return
}

}

gpu.module @second {

// A kernel of the same name. What takes the place of another takes no memory of
// its own.
// CHECK-LABEL: gpu.module @second
// CHECK-NEXT:    llvm.mlir.global external @wg_shared()
// CHECK-NEXT:    gpu.func @kernel(
// CHECK-NEXT:    wg.alloc {offset = 0 : i64}
// CHECK-NEXT:    %[[UNDER:.*]] = wg.alloc {offset = 1024 : i64} : !wg.shared<64x128xbf16, swizzle = 128>
// CHECK-NEXT:    %[[OVER:.*]] = wg.alloc over %[[UNDER]] : {{.*}} {offset = 9216 : i64, over_offset = 8192 : i64} : !wg.shared<64x64xbf16, swizzle = 128>
// CHECK-NEXT:    wg.alloc over %[[OVER]] : {{.*}} {offset = 9216 : i64} : !wg.shared<64xf32>
// CHECK-NEXT:    wg.alloc {offset = 17408 : i64}
gpu.func @kernel() kernel {
  %row = wg.alloc : !row
  %under = wg.alloc : !wg.shared<64x128xbf16, swizzle = 128>
  %over = wg.alloc over %under : !wg.shared<64x128xbf16, swizzle = 128> {over_offset = 8192} : !square
  %again = wg.alloc over %over : !square : !row
  %behind = wg.alloc : !row
  gpu.return
}

// Barriers after that of the CTA and those of its warpgroups.
// CHECK-LABEL: gpu.func @barriers(
// CHECK-NEXT:    wg.barrier participants(2) {number = 4 : i64}
// CHECK-NEXT:    wg.barrier participants(3) {number = 5 : i64}
gpu.func @barriers() kernel attributes {known_block_size = array<i32: 384, 1, 1>} {
  %0 = wg.barrier participants(2)
  %1 = wg.barrier participants(3)
  gpu.return
}

// Where no warpgroup has one.
// CHECK-LABEL: gpu.func @any_size(
// CHECK-NEXT:    wg.barrier participants(2) {number = 1 : i64}
gpu.func @any_size() kernel {
  %0 = wg.barrier participants(2)
  gpu.return
}

// Nothing in shared memory.
// CHECK-LABEL: gpu.func @none(
// CHECK-NEXT:    gpu.return
gpu.func @none() kernel {
  gpu.return
}

}

// A module that uses none.
// CHECK-LABEL: gpu.module @third {
// CHECK-NEXT:    gpu.func @none(
gpu.module @third {

gpu.func @none() kernel {
  gpu.return
}

}

// Each launch gets the size of its kernel.
// CHECK-LABEL: func.func @launches(
// CHECK:         %[[SIZE:.*]] = arith.constant 59480 : i32
// CHECK-NEXT:    gpu.launch_func @first::@kernel {{.*}} dynamic_shared_memory_size %[[SIZE]]
// CHECK:         %[[SIZE:.*]] = arith.constant 17664 : i32
// CHECK-NEXT:    gpu.launch_func @second::@kernel {{.*}} dynamic_shared_memory_size %[[SIZE]]
// CHECK-NEXT:    gpu.launch_func @second::@none
// CHECK-NOT:     dynamic_shared_memory_size
// CHECK:         return
func.func @launches(%n: index) {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @first::@kernel blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
  gpu.launch_func @second::@kernel blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
  gpu.launch_func @second::@none blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
  return
}

}
