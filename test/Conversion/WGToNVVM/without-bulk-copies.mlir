// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm{tensor-cores=mma bulk-copies=false},canonicalize,cse)))' | FileCheck %s --implicit-check-not=stmatrix --implicit-check-not=fence. --implicit-check-not=try_wait
// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s --check-prefix=BULK

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!fragment = tensor<64x64xbf16, #wg.fragment>

gpu.module @kernels {
  llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

  // Two rows of words for each 8 columns, in the permuted chunk of 16 bytes.
  // CHECK-LABEL: gpu.func @store(
  // CHECK:         "st.shared.b32 [$0+0], $1;", "r,r"
  // CHECK:         "st.shared.b32 [$0+1024], $1;", "r,r"
  // CHECK-COUNT-14: "st.shared.b32
  // CHECK-NOT:     st.shared
  // BULK-LABEL: gpu.func @store(
  // BULK-COUNT-4: stmatrix.sync.aligned.m8n8.x4.shared.b16
  gpu.func @store(%t: !fragment) kernel {
    %tile = wg.alloc {offset = 0} : !tile
    wg.store %t, %tile : !fragment, !tile
    gpu.return
  }

  // Each 8x8 matrix is transposed in registers; 8 columns are 8 rows of 128
  // bytes.
  // CHECK-LABEL: gpu.func @store_transposed(
  // CHECK:         %[[T:.*]] = llvm.inline_asm has_side_effects "movmatrix.sync.aligned.m8n8.trans.b16 $0, $1;", "=r,r" %{{.*}} : (i32) -> i32
  // CHECK:         "st.shared.b32 [$0+0], $1;", "r,r" %{{.*}}, %[[T]]
  // CHECK:         "st.shared.b32 [$0+0], $1;"
  // CHECK:         "st.shared.b32 [$0+1024], $1;"
  // CHECK-COUNT-13: "st.shared.b32
  // BULK-LABEL: gpu.func @store_transposed(
  // BULK-COUNT-4: stmatrix.sync.aligned.m8n8.x4.trans.shared.b16
  gpu.func @store_transposed(%t: !fragment) kernel {
    %tile = wg.alloc {offset = 0} : !tile
    wg.store %t, %tile transpose : !fragment, !tile
    gpu.return
  }

  // CHECK-LABEL: gpu.func @barriers(
  // CHECK:         "mbarrier.init.shared::cta.b64 [$0], 128;"
  // CHECK:         mbarrier.test_wait.parity.shared::cta.b64 done, [$0], $1;
  // BULK-LABEL: gpu.func @barriers(
  // BULK:         fence.mbarrier_init.release.cluster;
  // BULK:         mbarrier.try_wait.parity.shared::cta.b64 done, [$0], $1;
  gpu.func @barriers(%parity: index) kernel {
    %c0 = arith.constant 0 : index
    %barriers = wg.mbarrier_alloc count(1) arrivals(128) {offset = 0}
    %full = wg.mbarrier_at %barriers[%c0]
    wg.mbarrier_wait %full parity(%parity)
    gpu.return
  }
}
