// RUN: gdr-opt %s --split-input-file --verify-diagnostics

// First what ODS states of copies, rings and barriers, then the constraints of
// lib/Dialect/WG/IR/WGAsyncOps.cpp, each under its tag.

// ODS: consumers
func.func @ods_consumers() {
  // expected-error @below {{attribute 'consumers' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = wg.ring consumers(0) : !wg.ring<1, !wg.shared<64xf32>>
  return
}

// -----

// ODS: count
func.func @ods_count() {
  // expected-error @below {{attribute 'count' failed to satisfy constraint}}
  %0 = wg.mbarrier_alloc count(0) arrivals(1)
  return
}

// -----

// ODS: arrivals
func.func @ods_arrivals() {
  // expected-error @below {{attribute 'arrivals' failed to satisfy constraint}}
  %0 = wg.mbarrier_alloc count(1) arrivals(1048576)
  return
}

// -----

// ODS: bytes
func.func @ods_bytes(%barrier: !wg.mbarrier) {
  wg.one_thread {
    // expected-error @below {{attribute 'bytes' failed to satisfy constraint}}
    wg.mbarrier_expect %barrier bytes(-16)
  }
  return
}

// -----

// ODS: participants
func.func @ods_participants() {
  // expected-error @below {{attribute 'participants' failed to satisfy constraint}}
  %0 = wg.barrier participants(1)
  return
}

// -----

// one_thread_place: copy
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_place(%map: !wg.tensor_map, %i: index, %tile: !tile, %barrier: !wg.mbarrier) {
  // expected-error @below {{'wg.copy' op expected one thread, got all of a warpgroup; put the op into a wg.one_thread}}
  wg.copy %map[%i, %i], %tile, %barrier : !wg.tensor_map, !tile
  return
}

// -----

// one_thread_place: acquire
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @acquire_place() {
  %c0 = arith.constant 0 : index
  %ring = wg.ring consumers(1) : !ring
  // expected-error @below {{'wg.acquire' op expected one thread, got all of a warpgroup}}
  %full, %tile = wg.acquire %ring[%c0] : !ring -> !wg.shared<64xf32>
  return
}

// -----

// one_thread_place: mbarrier_expect
func.func @expect_place(%barrier: !wg.mbarrier) {
  // expected-error @below {{'wg.mbarrier_expect' op expected one thread, got all of a warpgroup}}
  wg.mbarrier_expect %barrier bytes(1024)
  return
}

// -----

// collective_place: release
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @release_place(%ring: !ring, %i: index) {
  wg.one_thread {
    // expected-error @below {{'wg.release' op expected all threads of a warpgroup, got one}}
    wg.release %ring[%i] : !ring
  }
  return
}

// -----

// copy_indices
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_indices(%map: !wg.tensor_map, %i: index, %tile: !tile, %barrier: !wg.mbarrier) {
  wg.one_thread {
    // expected-error @below {{expected from 2 to 5 indices for a box, got 1}}
    wg.copy %map[%i], %tile, %barrier : !wg.tensor_map, !tile
  }
  return
}

// -----

// copy_indices: too many
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_out_indices(%map: !wg.tensor_map, %i: index, %tile: !tile) {
  wg.one_thread {
    // expected-error @below {{expected from 2 to 5 indices for a box, got 6}}
    wg.copy_out %tile, %map[%i, %i, %i, %i, %i, %i] : !tile, !wg.tensor_map
  }
  return
}

// -----

// copy_slice
func.func @copy_slice(%map: !wg.tensor_map, %i: index, %tile: !wg.shared<4x16xf32>) {
  %row = wg.slice %tile[%i] : !wg.shared<4x16xf32> -> !wg.shared<16xf32>
  wg.one_thread {
    // expected-error @below {{expected parts of a multiple of 128 bytes for boxes, got '!wg.shared<16xf32>'}}
    wg.copy_out %row, %map[%i, %i] : !wg.shared<16xf32>, !wg.tensor_map
  }
  return
}

// -----

// copy_box: rows
!tile = !wg.shared<512x64xbf16, swizzle = 128>
func.func @copy_box_rows(%map: !wg.tensor_map, %i: index, %tile: !tile) {
  wg.one_thread {
    // expected-error @below {{expected boxes of at most 256 rows of at most 256 elements and of a multiple of 16 bytes, got '!wg.shared<512x64xbf16, swizzle = 128>'}}
    wg.copy_out %tile, %map[%i, %i] : !tile, !wg.tensor_map
  }
  return
}

// -----

// copy_box: bytes of a row
func.func @copy_box_bytes(%map: !wg.tensor_map, %i: index, %tile: !wg.shared<64x6xf32>) {
  wg.one_thread {
    // expected-error @below {{expected boxes of at most 256 rows of at most 256 elements and of a multiple of 16 bytes, got '!wg.shared<64x6xf32>'}}
    wg.copy_out %tile, %map[%i, %i] : !wg.shared<64x6xf32>, !wg.tensor_map
  }
  return
}

// -----

// copy_no_indices
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_no_indices(%m: memref<64x64xbf16>, %i: index, %tile: !tile) {
  wg.one_thread {
    // expected-error @below {{expected no indices for a memref, got 2}}
    wg.copy_out %tile, %m[%i, %i] : !tile, memref<64x64xbf16>
  }
  return
}

// -----

// copy_space
func.func @copy_space(%m: memref<64xf32, 3>, %tile: !wg.shared<64xf32>) {
  wg.one_thread {
    // expected-error @below {{expected a memref in global memory, got 'memref<64xf32, 3>'}}
    wg.copy_out %tile, %m[] : !wg.shared<64xf32>, memref<64xf32, 3>
  }
  return
}

// -----

// copy_shape
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_shape(%m: memref<32x64xbf16>, %tile: !tile) {
  wg.one_thread {
    // expected-error @below {{expected a memref of shape [64, 64] and elements of 'bf16', got 'memref<32x64xbf16>'}}
    wg.copy_out %tile, %m[] : !tile, memref<32x64xbf16>
  }
  return
}

// -----

// copy_shape: element type
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_element(%m: memref<64x64xf16>, %tile: !tile) {
  wg.one_thread {
    // expected-error @below {{expected a memref of shape [64, 64] and elements of 'bf16', got 'memref<64x64xf16>'}}
    wg.copy_out %tile, %m[] : !tile, memref<64x64xf16>
  }
  return
}

// -----

// copy_contiguous
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @copy_contiguous(%m: memref<64x64xbf16, strided<[128, 1], offset: ?>>, %tile: !tile, %barrier: !wg.mbarrier) {
  wg.one_thread {
    // expected-error @below {{expected a memref of consecutive elements, got 'memref<64x64xbf16, strided<[128, 1], offset: ?>>'}}
    wg.copy %m[], %tile, %barrier : memref<64x64xbf16, strided<[128, 1], offset: ?>>, !tile
  }
  return
}

// -----

// copy_bytes
func.func @copy_bytes(%m: memref<6xf32>, %tile: !wg.shared<6xf32>) {
  wg.one_thread {
    // expected-error @below {{expected a tile of a multiple of 16 bytes, got '!wg.shared<6xf32>'}}
    wg.copy_out %tile, %m[] : !wg.shared<6xf32>, memref<6xf32>
  }
  return
}

// -----

// copy_aligned
func.func @copy_aligned(%m: memref<64xf32, strided<[1], offset: 2>>, %tile: !wg.shared<64xf32>) {
  wg.one_thread {
    // expected-error @below {{expected a memref at a multiple of 16 bytes, got 'memref<64xf32, strided<[1], offset: 2>>'}}
    wg.copy_out %tile, %m[] : !wg.shared<64xf32>, memref<64xf32, strided<[1], offset: 2>>
  }
  return
}

// -----

// ring_uses
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @ring_uses(%condition: i1, %other: !ring) {
  // expected-error @below {{expected uses by wg.acquire, wg.take, wg.release and wg.alloc, got arith.select}}
  %ring = wg.ring consumers(1) : !ring
  %0 = arith.select %condition, %ring, %other : !ring
  return
}

// -----

// ring_filled
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @ring_filled(%i: index) {
  // expected-error @below {{expected a wg.acquire that fills the ring, which wg.take waits for}}
  %ring = wg.ring consumers(1) : !ring
  %0 = wg.take %ring[%i] : !ring -> !wg.shared<64xf32>
  return
}

// -----

// ring_producer: two roles
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @ring_producer(%m: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @below {{expected one role to fill the ring, got 2}}
  %ring = wg.ring consumers(1) : !ring
  wg.roles {
    wg.role "load" warpgroups(1) registers(40) {
      wg.one_thread {
        %full, %tile = wg.acquire %ring[%c0] : !ring -> !wg.shared<64xf32>
        wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
      }
    }
    wg.role "also" warpgroups(1) registers(40) {
      wg.one_thread {
        %full, %tile = wg.acquire %ring[%c0] : !ring -> !wg.shared<64xf32>
        wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
      }
    }
  }
  return
}

// -----

// ring_producer: one thread of each of two warpgroups
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @ring_producer_warpgroups(%m: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @below {{expected one warpgroup to fill the ring, got 2}}
  %ring = wg.ring consumers(1) : !ring
  wg.roles {
    wg.role "load" warpgroups(2) registers(40) {
      wg.one_thread {
        %full, %tile = wg.acquire %ring[%c0] : !ring -> !wg.shared<64xf32>
        wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
      }
    }
  }
  return
}

// -----

// ring_producer: the warpgroups of a kernel without roles
!ring = !wg.ring<1, !wg.shared<64xf32>>
gpu.module @kernels {
  gpu.func @ring_producer_kernel(%m: memref<64xf32>) kernel attributes {known_block_size = array<i32: 256, 1, 1>} {
    %c0 = arith.constant 0 : index
    // expected-error @below {{expected one warpgroup to fill the ring, got 2}}
    %ring = wg.ring consumers(1) : !ring
    wg.one_thread {
      %full, %tile = wg.acquire %ring[%c0] : !ring -> !wg.shared<64xf32>
      wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
    }
    gpu.return
  }
}

// -----

// ring_released: a loop
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @ring_released(%m: memref<64xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected a wg.release, because more than 2 uses may be acquired}}
  %ring = wg.ring consumers(1) : !ring
  wg.one_thread {
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @below {{one use is here}}
      %full, %tile = wg.acquire %ring[%i] : !ring -> !wg.shared<64xf32>
      wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
    }
  }
  return
}

// -----

// ring_released: constants
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @ring_released_constants(%m: memref<64xf32>) {
  %c2 = arith.constant 2 : index
  // expected-error @below {{expected a wg.release, because more than 2 uses may be acquired}}
  %ring = wg.ring consumers(1) : !ring
  wg.one_thread {
    // expected-note @below {{one use is here}}
    %full, %tile = wg.acquire %ring[%c2] : !ring -> !wg.shared<64xf32>
    wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
  }
  return
}

// -----

// ring_consumers
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @ring_consumers(%m: memref<64xf32>, %i: index) {
  // expected-error @below {{expected as many consumers as warpgroups release the ring, 2, got 1}}
  %ring = wg.ring consumers(1) : !ring
  wg.roles {
    wg.role "load" warpgroups(1) registers(40) {
      wg.one_thread {
        %full, %tile = wg.acquire %ring[%i] : !ring -> !wg.shared<64xf32>
        wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
      }
    }
    wg.role "math" warpgroups(2) registers(40) {
      %0 = wg.take %ring[%i] : !ring -> !wg.shared<64xf32>
      wg.release %ring[%i] : !ring
    }
  }
  return
}

// -----

// ring_taken
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @ring_taken(%m: memref<64xf32>, %i: index) {
  // expected-error @below {{expected every role that takes from the ring to release what it took}}
  %ring = wg.ring consumers(1) : !ring
  wg.roles {
    wg.role "load" warpgroups(1) registers(40) {
      wg.one_thread {
        %full, %tile = wg.acquire %ring[%i] : !ring -> !wg.shared<64xf32>
        wg.copy %m[], %tile, %full : memref<64xf32>, !wg.shared<64xf32>
      }
    }
    wg.role "math" warpgroups(1) registers(40) {
      %0 = wg.take %ring[%i] : !ring -> !wg.shared<64xf32>
      wg.release %ring[%i] : !ring
    }
    wg.role "store" warpgroups(1) registers(40) {
      // expected-note @below {{a role takes here}}
      %0 = wg.take %ring[%i] : !ring -> !wg.shared<64xf32>
    }
  }
  return
}

// -----

// copy_by_threads: more rows than the tile
func.func @fill_rows(%m: memref<65x64xbf16>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  // expected-error @below {{'wg.fill' op expected a memref of at most the rows and columns of '!wg.shared<64x64xbf16, swizzle = 128>', with rows of whole 16-byte units, got 'memref<65x64xbf16>'}}
  wg.fill %m, %tile : memref<65x64xbf16>, !wg.shared<64x64xbf16, swizzle = 128>
  return
}

// -----

// copy_by_threads: other elements
func.func @fill_element(%m: memref<64x64xf16>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  // expected-error @below {{'wg.fill' op expected a memref of at most the rows and columns of '!wg.shared<64x64xbf16, swizzle = 128>', with rows of whole 16-byte units, got 'memref<64x64xf16>'}}
  wg.fill %m, %tile : memref<64x64xf16>, !wg.shared<64x64xbf16, swizzle = 128>
  return
}

// -----

// copy_by_threads: elements apart
func.func @fill_strided(%m: memref<64x64xbf16, strided<[128, 2]>>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  // expected-error @below {{'wg.fill' op expected a memref of at most the rows and columns of '!wg.shared<64x64xbf16, swizzle = 128>', with rows of whole 16-byte units, got 'memref<64x64xbf16, strided<[128, 2]>>'}}
  wg.fill %m, %tile : memref<64x64xbf16, strided<[128, 2]>>, !wg.shared<64x64xbf16, swizzle = 128>
  return
}

// -----

// copy_by_threads: part of a unit
func.func @fill_units(%m: memref<?x60xbf16>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  // expected-error @below {{'wg.fill' op expected a memref of at most the rows and columns of '!wg.shared<64x64xbf16, swizzle = 128>', with rows of whole 16-byte units, got 'memref<?x60xbf16>'}}
  wg.fill %m, %tile : memref<?x60xbf16>, !wg.shared<64x64xbf16, swizzle = 128>
  return
}

// -----

// copy_by_threads: no rows
func.func @fill_vector(%m: memref<64xf32>, %tile: !wg.shared<64xf32>) {
  // expected-error @below {{'wg.fill' op expected a memref of at most the rows and columns of '!wg.shared<64xf32>', with rows of whole 16-byte units, got 'memref<64xf32>'}}
  wg.fill %m, %tile : memref<64xf32>, !wg.shared<64xf32>
  return
}

// -----

// copy_by_threads: more columns than the tile
func.func @drain_columns(%m: memref<64x128xbf16>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  // expected-error @below {{'wg.drain' op expected a memref of at most the rows and columns of '!wg.shared<64x64xbf16, swizzle = 128>', with rows of whole 16-byte units, got 'memref<64x128xbf16>'}}
  wg.drain %tile, %m : !wg.shared<64x64xbf16, swizzle = 128>, memref<64x128xbf16>
  return
}

// -----

// ring_results
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @ring_results(%ring: !ring, %i: index) {
  // expected-error @below {{expected the tiles of '!wg.ring<2, <64xf32>>'}}
  %0:2 = wg.take %ring[%i] : !ring -> !wg.shared<64xf32>, !wg.shared<64xf32>
  return
}

// -----

// acquire_filled
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @acquire_filled(%ring: !ring, %i: index) {
  wg.one_thread {
    // expected-error @below {{'wg.acquire' op expected filled to be numbers of tiles, less than 1, got 1}}
    %full, %tile = wg.acquire %ring[%i] {filled = array<i64: 1>} : !ring -> !wg.shared<64xf32>
  }
  return
}

// -----

// ring_results: claim
!ring = !wg.ring<1, !wg.shared<64xf32>>
func.func @claim_results(%ring: !ring, %i: index) {
  // expected-error @below {{'wg.claim' op expected the tiles of}}
  %tile = wg.claim %ring[%i] : !ring -> !wg.shared<32xf32>
  return
}

// -----

// acquire_copied: a tile is not copied
!ring = !wg.ring<2, !wg.shared<64xf32>, !wg.shared<32xf32>>
func.func @acquire_copied(%m: memref<64xf32>, %ring: !ring, %i: index) {
  wg.one_thread {
    // expected-error @below {{expected one wg.copy to fill tile 1 with the barrier of the slot, got 0}}
    %full, %tiles:2 = wg.acquire %ring[%i] : !ring -> !wg.shared<64xf32>, !wg.shared<32xf32>
    wg.copy %m[], %tiles#0, %full : memref<64xf32>, !wg.shared<64xf32>
  }
  return
}

// -----

// acquire_copied: a tile is copied with another barrier
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @acquire_copied_elsewhere(%m: memref<64xf32>, %ring: !ring, %i: index, %other: !wg.mbarrier) {
  wg.one_thread {
    // expected-error @below {{expected one wg.copy to fill tile 0 with the barrier of the slot, got 0}}
    %full, %tile = wg.acquire %ring[%i] : !ring -> !wg.shared<64xf32>
    wg.copy %m[], %tile, %other : memref<64xf32>, !wg.shared<64xf32>
  }
  return
}

// -----

// slot_tile
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @slot_tile(%ring: !ring, %i: index) {
  // expected-error @below {{expected tile to be below 1, got 1}}
  %0 = wg.slot %ring[%i] tile(1) : !ring -> !wg.shared<64xf32>
  return
}

// -----

// slot_result
!ring = !wg.ring<2, !wg.shared<64xf32>>
func.func @slot_result(%ring: !ring, %i: index) {
  // expected-error @below {{expected a result of type '!wg.shared<64xf32>', got '!wg.shared<32xf32>'}}
  %0 = wg.slot %ring[%i] tile(0) : !ring -> !wg.shared<32xf32>
  return
}

// -----

// mbarrier_aligned
func.func @mbarrier_aligned() {
  // expected-error @below {{expected offset to be a multiple of 8, got 4}}
  %0 = wg.mbarrier_alloc count(1) arrivals(1) {offset = 4}
  return
}

// -----

// wait_parity
func.func @wait_parity(%barrier: !wg.mbarrier) {
  %c2 = arith.constant 2 : index
  // expected-error @below {{expected parity to be 0 or 1, got 2}}
  wg.mbarrier_wait %barrier parity(%c2)
  return
}
