// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90A
// RUN: gdr-opt %s --gdr-compile=chip=sm_90 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90 --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_100a --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90 --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_120a --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM90 --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_80 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM80 --implicit-check-not=wgmma --implicit-check-not=.bulk
// RUN: gdr-opt %s --gdr-compile=chip=sm_89 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM80 --implicit-check-not=wgmma --implicit-check-not=.bulk

// RUN: gdr-opt %s --gdr-chunk-to-wg=tensor-maps=false --gdr-describe-entry --gdr-attach-targets=chips=sm_80 --gdr-lower-to-gpu=chip=sm_80 --emit=ptx | FileCheck %s --check-prefixes=CHECK,SM80 --implicit-check-not=wgmma --implicit-check-not=.bulk

// The same tile program with the instructions of each chip. Kernels for several
// chips have those that all of them have, and a remark says so.

// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90a --gdr-serialize-kernels=format=ptx | FileCheck %s --check-prefix=BOTH --implicit-check-not=wgmma
// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90a --remarks-filter-missed=gdr-wg-to-nvvm -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: gdr-opt %s --gdr-compile=chip=sm_90a,sm_120a --remarks-filter-missed=gdr-wg-to-nvvm -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK-BULK
// RUN: gdr-opt %s --gdr-compile=chip=sm_80,sm_90 --remarks-filter-missed=gdr-wg-to-nvvm -o /dev/null 2>&1 | count 0

// CHECK:      .entry prepare_prepare(
// SM90A-DAG:    cp.async.bulk.tensor
// SM90A-DAG:    wgmma.mma_async
// SM90-DAG:     cp.async.bulk.tensor
// SM90-DAG:     mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
// SM80-DAG:     cp.async.cg.shared.global
// SM80-DAG:     mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
// CHECK:        ret;

// BOTH:      gpu.binary @prepare_kernels
// BOTH-SAME:   chip = "sm_80"
// BOTH-SAME:   cp.async.cg.shared.global
// BOTH-SAME:   chip = "sm_90a"
// BOTH-SAME:   cp.async.cg.shared.global

// REMARK: remark: [Missed] wgmma | Category:gdr-wg-to-nvvm | Reason="the kernels are compiled once for all chips, and sm_80 has no wgmma or bulk copies; compile for sm_90a apart"
// REMARK-BULK: remark: [Missed] wgmma | Category:gdr-wg-to-nvvm | Reason="the kernels are compiled once for all chips, and sm_120a has no wgmma; compile for sm_90a apart"

!q = memref<?x?x1x64xbf16>
!t = memref<?x2x64x64xbf16>
!d = memref<?x2x4x64xf32>

func.func @prepare(%q: !q, %k: !q, %t: !t, %a: !t, %d: !d) {
  gdr.chunk_prepare ins(%q, %k : !q, !q) outs(%t, %a, %d : !t, !t, !d)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}
