// What the interpreter does not run is one sentence.
//
// RUN: not gdr-run %s --target=interpreter --function=decode 2>&1 | FileCheck %s --check-prefix=RECURRENT
// RUN: not gdr-run %s --target=interpreter --function=decode --bench 2>&1 | FileCheck %s --check-prefix=BENCH
// RUN: not gdr-run %s --target=interpreter --function=misaligned 2>&1 | FileCheck %s --check-prefix=MISALIGNED
// RUN: not gdr-run %s --target=interpreter --function=warps 2>&1 | FileCheck %s --check-prefix=WARPS
// RUN: not gdr-run %s --target=interpreter --function=unknown 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not gdr-run %s --target=interpreter --function=outside 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// RUN: not gdr-run %s --target=interpreter --function=zero 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not gdr-run %s --target=interpreter --function=box 2>&1 | FileCheck %s --check-prefix=BOX
// RUN: not gdr-run %s --target=interpreter --function=bytes 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: not gdr-run %s --target=interpreter --function=one_slot 2>&1 | FileCheck %s --check-prefix=ONE-SLOT
// BENCH: gdr-run: error: --bench measures cpu and cuda, got --target=interpreter

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!narrow = tensor<64x64xbf16, #wg.fragment>

module attributes {gpu.container_module} {

// RECURRENT: error: expected a tile program, got kernel @decode_kernels::@decode_recurrent; only the chunked form of an op becomes tile programs
// RECURRENT: gdr-run: error: cannot interpret function 'decode'
func.func @decode(%q: memref<1x1x1x64xbf16>, %o: memref<1x1x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<1x1x1x64xbf16>, memref<1x1x1x64xbf16>, memref<1x1x1x64xbf16>)
      outs(%o : memref<1x1x1x64xbf16>) {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 2, key_warps = 1>}
  return
}

// ONE-SLOT: error: 'gdr.gated_delta_rule' op expected an op that has a chunked form, as attribute schedule asks for; stages is 1, and the kernel with 32 columns needs two
func.func @one_slot(%q: memref<1x130x1x64xbf16>, %o: memref<1x130x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<1x130x1x64xbf16>, memref<1x130x1x64xbf16>, memref<1x130x1x64xbf16>)
      outs(%o : memref<1x130x1x64xbf16>) {schedule = #gdr.chunked<columns = 32, stages = 1>}
  return
}

// MISALIGNED: error: 'gdr.encode_tensor_map' op expected a tensor that has a tensor map; a stride is not a multiple of 16 bytes
func.func @misaligned(%x: memref<64x64xbf16, strided<[65, 1]>>) {
  %map = gdr.encode_tensor_map %x box [64, 64] swizzle 128 : memref<64x64xbf16, strided<[65, 1]>> -> !wg.tensor_map
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@box blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1) args(%map : !wg.tensor_map)
  return
}

// WARPS: error: expected blocks of whole warpgroups of 128 threads, got [96, 1, 1]
func.func @warps() {
  %c1 = arith.constant 1 : index
  %c96 = arith.constant 96 : index
  gpu.launch_func @kernels::@unknown blocks in (%c1, %c1, %c1) threads in (%c96, %c1, %c1)
  return
}

// UNKNOWN: error: 'gpu.printf' op is not known to the interpreter
// UNKNOWN: note: in warpgroup 0 of block [0, 0, 0] of kernel 'unknown'
func.func @unknown() {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@unknown blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
  return
}

// OUTSIDE: error: 'wg.load' op accesses element [4] of a memref of [64] elements, which is outside of its memory of 8 bytes
func.func @outside(%x: memref<4xbf16>) {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@outside blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1) args(%x : memref<4xbf16>)
  return
}

// ZERO: error: 'arith.divui' op divides by zero
func.func @zero(%n: index) {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %blocks = arith.divui %c1, %n : index
  gpu.launch_func @kernels::@unknown blocks in (%blocks, %c1, %c1) threads in (%c128, %c1, %c1)
  return
}

// BOX: error: 'wg.copy' op expected a tensor map whose box is a panel of '!wg.shared<64x64xbf16, swizzle = 128>', got a box of [64, 32] elements of 'bf16' with a swizzle of 128 bytes
func.func @box(%x: memref<64x64xbf16>) {
  %map = gdr.encode_tensor_map %x box [64, 32] swizzle 128 : memref<64x64xbf16> -> !wg.tensor_map
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@box blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1) args(%map : !wg.tensor_map)
  return
}

// BYTES: error: 'wg.copy' op expected 8192 consecutive bytes at a multiple of 16, got a memref of [64, 64] elements with strides [64, 1]
func.func @bytes(%x: memref<5000xbf16>) {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@bytes blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1) args(%x : memref<5000xbf16>)
  return
}

gpu.module @kernels {
  gpu.func @unknown() kernel {
    wg.sync
    gpu.printf "hello"
    gpu.return
  }
  gpu.func @outside(%x: memref<4xbf16>) kernel {
    %view = memref.reinterpret_cast %x to offset: [0], sizes: [64], strides: [1] : memref<4xbf16> to memref<64xbf16>
    %tile = wg.load %view : memref<64xbf16> -> tensor<64xbf16, #wg.lanes>
    wg.store %tile, %view : tensor<64xbf16, #wg.lanes>, memref<64xbf16>
    gpu.return
  }
  gpu.func @box(%map: !wg.tensor_map) kernel {
    %c0 = arith.constant 0 : index
    %ring = wg.ring consumers(1) : !wg.ring<1, !tile>
    wg.one_thread {
      %barrier, %tile = wg.acquire %ring[%c0] : !wg.ring<1, !tile> -> !tile
      wg.copy %map[%c0, %c0], %tile, %barrier : !wg.tensor_map, !tile
    }
    gpu.return
  }
  gpu.func @bytes(%x: memref<5000xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %block = gpu.block_id x
    %offset = arith.addi %block, %c4 : index
    %view = memref.reinterpret_cast %x to offset: [%offset], sizes: [64, 64], strides: [64, 1]
        : memref<5000xbf16> to memref<64x64xbf16, strided<[64, 1], offset: ?>>
    %ring = wg.ring consumers(1) : !wg.ring<1, !tile>
    wg.one_thread {
      %barrier, %tile = wg.acquire %ring[%c0] : !wg.ring<1, !tile> -> !tile
      wg.copy %view[], %tile, %barrier : memref<64x64xbf16, strided<[64, 1], offset: ?>>, !tile
    }
    gpu.return
  }
}

}
