// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90A
// RUN: gdr-opt %s --gdr-compile=chip=sm_90 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90 --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_100a --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90 --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_120a --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90 --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_80 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM80 --implicit-check-not=wgmma --implicit-check-not=.bulk
// RUN: gdr-opt %s --gdr-compile=chip=sm_89 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM80 --implicit-check-not=wgmma --implicit-check-not=.bulk

// RUN: gdr-opt %s --gdr-chunk-to-wg=tensor-maps=false --gdr-describe-entry --gdr-attach-targets=chips=sm_80 --gdr-lower-to-gpu=chip=sm_80 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM80 --implicit-check-not=wgmma --implicit-check-not=.bulk

// The same tile program with the instructions of each chip. For several chips
// there is a variant for each group of chips that have the same instructions and
// memory, which is what it is for such a chip alone.

// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90a,sm_86,sm_89 --gdr-serialize-kernels=format=ptx -o %t.all.mlir
// RUN: FileCheck %s --check-prefix=ALL --input-file=%t.all.mlir
// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90a,sm_86,sm_89 --emit=header | FileCheck %s --check-prefix=HEADER
// RUN: gdr-opt %s --gdr-tile-programs=chip=sm_80,sm_90a | FileCheck %s --check-prefix=TILES

// CHECK:      .entry prepare_prepare(
// SM90A-DAG:    cp.async.bulk.tensor
// SM90A-DAG:    wgmma.mma_async
// SM90-DAG:     cp.async.bulk.tensor
// SM90-DAG:     mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
// SM80-DAG:     cp.async.cg.shared.global
// SM80-DAG:     mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
// CHECK:        ret;

// ALL-LABEL:  llvm.func internal @prepare.host.sm_80(
// ALL-SAME:     name = "prepare"
// ALL-SAME:     gdr.kernel_module = @prepare_kernels.sm_80
// ALL:          llvm.call @gdr_expect_boxes(
// ALL:        gpu.binary @prepare_kernels.sm_80
// ALL-NOT:      wgmma
// ALL-SAME:     chip = "sm_80"
// ALL-NOT:      wgmma
// ALL-SAME:     cp.async.cg.shared.global
// ALL-LABEL:  llvm.func internal @prepare.host.sm_90a(
// ALL:          llvm.call @gdr_encode_tensor_map(
// ALL:        gpu.binary @prepare_kernels.sm_90a
// ALL-SAME:     chip = "sm_90a"
// ALL-SAME:     cp.async.bulk.tensor
// ALL-SAME:     wgmma.mma_async
// ALL-LABEL:  llvm.func internal @prepare.host.sm_86(
// ALL:        gpu.binary @prepare_kernels.sm_86
// ALL-SAME:     chip = "sm_86"
// ALL-SAME:     chip = "sm_89"
// ALL-NOT:    gpu.binary

// HEADER:     struct prepare_args {
// HEADER-NOT: struct prepare_args {
// HEADER:     #endif

// TILES:      gpu.module @prepare_kernels.sm_80
// TILES:        wg.tensor_box
// TILES:      gpu.module @prepare_kernels.sm_90a
// TILES-NOT:    wg.tensor_box

!q = memref<?x?x1x64xbf16>
!t = memref<?x2x64x64xbf16>
!d = memref<?x2x4x64xf32>

func.func @prepare(%q: !q, %k: !q, %t: !t, %a: !t, %d: !d) {
  gdr.chunk_prepare ins(%q, %k : !q, !q) outs(%t, %a, %d : !t, !t, !d)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}
