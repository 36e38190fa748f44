// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(llvm.func(gdr-streaming-to-nvvm)))' | FileCheck %s

gpu.module @kernels {

// CHECK-LABEL: llvm.func @bytes16(
// CHECK-SAME:    %[[P:[^:]*]]: !llvm.ptr
// CHECK:         %[[GLOBAL:.*]] = llvm.addrspacecast %[[P]] : !llvm.ptr to !llvm.ptr<1>
// CHECK:         %[[WORDS:.*]] = llvm.inline_asm has_side_effects
// CHECK-SAME:      "ld.global.L1::no_allocate.v4.b32 {$0, $1, $2, $3}, [$4];", "=r,=r,=r,=r,l" %[[GLOBAL]]
// CHECK-COUNT-4: llvm.extractvalue %[[WORDS]]
// CHECK:         %[[X:.*]] = llvm.bitcast %{{.*}} : vector<4xi32> to vector<4xf32>
// CHECK:         llvm.bitcast %[[X]] : vector<4xf32> to vector<4xi32>
// CHECK:         llvm.inline_asm has_side_effects
// CHECK-SAME:      "st.global.L1::no_allocate.v4.b32 [$0], {$1, $2, $3, $4};", "l,r,r,r,r"
llvm.func @bytes16(%p: !llvm.ptr) {
  %0 = llvm.load %p {alignment = 16 : i64, nontemporal} : !llvm.ptr -> vector<4xf32>
  llvm.store %0, %p {alignment = 16 : i64, nontemporal} : vector<4xf32>, !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @bytes8(
// CHECK:         "ld.global.L1::no_allocate.v2.b32 {$0, $1}, [$2];", "=r,=r,l"
// CHECK:         llvm.bitcast %{{.*}} : vector<2xi32> to vector<4xbf16>
// CHECK:         "st.global.L1::no_allocate.v2.b32 [$0], {$1, $2};", "l,r,r"
llvm.func @bytes8(%p: !llvm.ptr) {
  %0 = llvm.load %p {alignment = 8 : i64, nontemporal} : !llvm.ptr -> vector<4xbf16>
  llvm.store %0, %p {alignment = 8 : i64, nontemporal} : vector<4xbf16>, !llvm.ptr
  llvm.return
}

// A pointer to global memory is taken as it is.
// CHECK-LABEL: llvm.func @bytes4(
// CHECK-NOT:     llvm.addrspacecast
// CHECK:         "ld.global.L1::no_allocate.b32 $0, [$1];", "=r,l"
// CHECK:         llvm.bitcast %{{.*}} : i32 to f32
// CHECK:         "st.global.L1::no_allocate.b32 [$0], $1;", "l,r"
llvm.func @bytes4(%p: !llvm.ptr<1>) {
  %0 = llvm.load %p {alignment = 4 : i64, nontemporal} : !llvm.ptr<1> -> f32
  llvm.store %0, %p {alignment = 4 : i64, nontemporal} : f32, !llvm.ptr<1>
  llvm.return
}

// CHECK-LABEL: llvm.func @bytes2(
// CHECK:         "ld.global.L1::no_allocate.b16 $0, [$1];", "=h,l"
// CHECK:         llvm.bitcast %{{.*}} : i16 to bf16
// CHECK:         "st.global.L1::no_allocate.b16 [$0], $1;", "l,h"
llvm.func @bytes2(%p: !llvm.ptr) {
  %0 = llvm.load %p {alignment = 2 : i64, nontemporal} : !llvm.ptr -> bf16
  llvm.store %0, %p {alignment = 2 : i64, nontemporal} : bf16, !llvm.ptr
  llvm.return
}

// Accesses keep their order.
// CHECK-LABEL: llvm.func @order(
// CHECK:         llvm.inline_asm {{.*}} "st.global
// CHECK:         llvm.load
// CHECK:         llvm.inline_asm {{.*}} "ld.global
// CHECK:         llvm.store
llvm.func @order(%p: !llvm.ptr, %x: f32) {
  llvm.store %x, %p {alignment = 4 : i64, nontemporal} : f32, !llvm.ptr
  %0 = llvm.load %p : !llvm.ptr -> f32
  %1 = llvm.load %p {alignment = 4 : i64, nontemporal} : !llvm.ptr -> f32
  llvm.store %1, %p : f32, !llvm.ptr
  llvm.return
}

// Left as they are: accesses that are not nontemporal, and sizes that no
// instruction moves.
// CHECK-LABEL: llvm.func @others(
// CHECK-NOT:     llvm.inline_asm
// CHECK:         llvm.load %{{.*}} : !llvm.ptr -> vector<4xf32>
// CHECK:         llvm.load %{{.*}} {nontemporal} : !llvm.ptr -> vector<3xf32>
// CHECK:         llvm.load %{{.*}} {nontemporal} : !llvm.ptr -> i8
// CHECK-NOT:     llvm.inline_asm
// CHECK:         llvm.return
llvm.func @others(%p: !llvm.ptr) {
  %0 = llvm.load %p : !llvm.ptr -> vector<4xf32>
  %1 = llvm.load %p {nontemporal} : !llvm.ptr -> vector<3xf32>
  %2 = llvm.load %p {nontemporal} : !llvm.ptr -> i8
  llvm.store %0, %p : vector<4xf32>, !llvm.ptr
  llvm.store %1, %p {nontemporal} : vector<3xf32>, !llvm.ptr
  llvm.store %2, %p {nontemporal} : i8, !llvm.ptr
  llvm.return
}

}
