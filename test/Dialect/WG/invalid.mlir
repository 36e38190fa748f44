// RUN: gdr-opt %s --split-input-file --verify-diagnostics

// First what ODS states, then one case or more for each constraint of
// lib/Dialect/WG/IR/WGPlaces.cpp, WGSharedOps.cpp and WGOps.cpp, under its tag.
// Types are in invalid-types.mlir, copies, rings and barriers in
// invalid-async.mlir.

// ODS: a tensor without an encoding
func.func @ods_register_tile(%x: tensor<64xf32>) {
  // expected-error @below {{operand #0 must be register tile (a tensor with a wg encoding), but got 'tensor<64xf32>'}}
  %0 = wg.cumsum %x : tensor<64xf32>
  return
}

// -----

// ODS: a vector where a fragment is needed
func.func @ods_fragment(%x: tensor<64xf32, #wg.rows>) {
  // expected-error @below {{result #0 must be register tile with encoding #wg.fragment, but got 'tensor<64xf32, #wg.rows>'}}
  %0 = wg.broadcast %x : tensor<64xf32, #wg.rows> -> tensor<64xf32, #wg.rows>
  return
}

// -----

// ODS: the place of what is not in shared memory
func.func @ods_over(%x: memref<64xf32>) {
  // expected-error @below {{must be a tile in shared memory or slots in shared memory between a producer and consumers, but got 'memref<64xf32>'}}
  %0 = "wg.alloc"(%x) : (memref<64xf32>) -> !wg.shared<64xf32>
  return
}

// -----

// ODS: an element that ld.shared does not give
func.func @ods_extract(%x: !wg.shared<64xbf16>, %i: index) {
  // expected-error @below {{result #0 must be 32-bit float, but got 'bf16'}}
  %0 = wg.extract %x[%i] : !wg.shared<64xbf16> -> bf16
  return
}

// -----

// Upstream: the encodings of operands and results of arith are the same
func.func @arith_encoding(%x: tensor<64xf32, #wg.rows>) {
  // expected-error @below {{are cast incompatible}}
  %0 = arith.truncf %x : tensor<64xf32, #wg.rows> to tensor<64xbf16, #wg.lanes>
  return
}

// -----

// collective_place
func.func @collective_place() {
  wg.one_thread {
    // expected-error @below {{'wg.sync' op expected all threads of a warpgroup, got one: the op is inside of a wg.one_thread}}
    wg.sync
  }
  return
}

// -----

// collective_place: in a region of the region
func.func @collective_nested(%condition: i1, %x: tensor<64xf32, #wg.lanes>, %m: memref<64xf32>) {
  wg.one_thread {
    scf.if %condition {
      // expected-error @below {{'wg.store' op expected all threads of a warpgroup, got one}}
      wg.store %x, %m : tensor<64xf32, #wg.lanes>, memref<64xf32>
    }
  }
  return
}

// -----

// collective_place: a shuffle
func.func @collective_index() {
  wg.one_thread {
    // expected-error @below {{'wg.warpgroup_index' op expected all threads of a warpgroup, got one}}
    %0 = wg.warpgroup_index
  }
  return
}

// -----

// one_thread_place; more in invalid-async.mlir
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @one_thread_place(%tile: !tile, %m: memref<64x64xbf16>) {
  // expected-error @below {{'wg.copy_out' op expected one thread, got all of a warpgroup; put the op into a wg.one_thread}}
  wg.copy_out %tile, %m[] : !tile, memref<64x64xbf16>
  return
}

// -----

// kernel_body_place
func.func @kernel_body_place() {
  wg.roles {
    wg.role "all" warpgroups(1) registers(128) {
      // expected-error @below {{'wg.mbarrier_alloc' op expected the body of a kernel, where the whole CTA runs the op once, got the body of wg.role}}
      %0 = wg.mbarrier_alloc count(1) arrivals(1)
    }
  }
  return
}

// -----

// kernel_body_place: of a loop
func.func @kernel_body_loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @below {{'wg.ring' op expected the body of a kernel, where the whole CTA runs the op once, got the body of scf.for}}
    %0 = wg.ring consumers(1) : !wg.ring<1, !wg.shared<64xf32>>
  }
  return
}

// -----

// roles_body
func.func @roles_body() {
  // expected-error @below {{expected only wg.role in the body, got wg.sync}}
  wg.roles {
    wg.sync
  }
  return
}

// -----

// roles_empty
func.func @roles_empty() {
  // expected-error @below {{expected a role}}
  wg.roles {
  }
  return
}

// -----

// roles_threads
func.func @roles_threads() {
  // expected-error @below {{expected roles of at most 8 warpgroups, the 1024 threads of a CTA, got 9}}
  wg.roles {
    wg.role "all" warpgroups(9) registers(24) {
    }
  }
  return
}

// -----

// roles_nested
func.func @roles_nested() {
  wg.roles {
    wg.role "outer" warpgroups(2) registers(24) {
      // expected-error @below {{expected no roles in a role}}
      wg.roles {
        wg.role "inner" warpgroups(2) registers(24) {
        }
      }
    }
  }
  return
}

// -----

// roles_registers: more than an SM has
func.func @roles_registers() {
  // expected-error @below {{expected roles of at most 64512 registers together, got 70656; the CTA would wait for ever}}
  wg.roles {
    wg.role "load" warpgroups(1) registers(40) {
    }
    wg.role "math" warpgroups(2) registers(256) {
    }
  }
  return
}

// -----

// roles_registers: what an SM has, but not 168 for each of 384 threads
func.func @roles_registers_rounded() {
  // expected-error @below {{expected roles of at most 64512 registers together, got 65536; the CTA would wait for ever}}
  wg.roles {
    wg.role "load" warpgroups(1) registers(32) {
    }
    wg.role "math" warpgroups(2) registers(240) {
    }
  }
  return
}

// -----

// roles_barrier_visits: one of them in a loop
func.func @roles_barrier_visits(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{the barrier}}
  %ready = wg.barrier participants(2)
  // expected-error @below {{'wg.roles' op expected role 'load' to come to a barrier in the same loops and branches as role 'store'; one would wait for ever}}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      scf.for %i = %c0 to %n step %c1 {
        wg.meet %ready
      }
    }
    wg.role "load" warpgroups(1) registers(96) {
      wg.meet %ready
    }
  }
  return
}

// -----

// roles_barrier_visits: in loops of other lengths
func.func @roles_barrier_lengths(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{the barrier}}
  %ready = wg.barrier participants(2)
  // expected-error @below {{expected role 'load' to come to a barrier in the same loops and branches as role 'store'}}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      scf.for %i = %c0 to %n step %c1 {
        wg.meet %ready
      }
    }
    wg.role "load" warpgroups(1) registers(96) {
      scf.for %i = %c1 to %n step %c1 {
        wg.meet %ready
      }
    }
  }
  return
}

// -----

// roles_barrier_visits: in other branches
func.func @roles_barrier_branches(%n: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{the barrier}}
  %ready = wg.barrier participants(2)
  // expected-error @below {{expected role 'load' to come to a barrier in the same loops and branches as role 'store'}}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      scf.if %n {
        wg.meet %ready
      }
    }
    wg.role "load" warpgroups(1) registers(96) {
      scf.if %n {
      } else {
        wg.meet %ready
      }
    }
  }
  return
}

// -----

// roles_barrier_visits: not as often
func.func @roles_barrier_count(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{the barrier}}
  %ready = wg.barrier participants(2)
  // expected-error @below {{expected role 'load' to come to a barrier in the same loops and branches as role 'store'}}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      wg.meet %ready
      wg.meet %ready
    }
    wg.role "load" warpgroups(1) registers(96) {
      wg.meet %ready
    }
  }
  return
}

// -----

// roles_barrier_participants: more warpgroups
func.func @roles_barrier_participants(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{the barrier}}
  %ready = wg.barrier participants(2)
  // expected-error @below {{'wg.roles' op expected 2 warpgroups to come to a barrier, got 3}}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      wg.meet %ready
    }
    wg.role "load" warpgroups(2) registers(96) {
      wg.meet %ready
    }
  }
  return
}

// -----

// roles_barrier_participants: nobody waits
func.func @roles_barrier_one(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note @below {{the barrier}}
  %ready = wg.barrier participants(2)
  // expected-error @below {{'wg.roles' op expected 2 warpgroups to come to a barrier, got 1}}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      wg.meet %ready
    }
    wg.role "load" warpgroups(1) registers(96) {
      wg.sync
    }
  }
  return
}

// -----

// role_warpgroups
func.func @role_warpgroups() {
  wg.roles {
    // expected-error @below {{expected at least one warpgroup, got 0}}
    wg.role "none" warpgroups(0) registers(40) {
    }
  }
  return
}

// -----

// role_registers
func.func @role_registers() {
  wg.roles {
    // expected-error @below {{expected registers to be a multiple of 8 from 24 to 256, got 36}}
    wg.role "load" warpgroups(1) registers(36) {
    }
  }
  return
}

// -----

// no_cta_barrier: in a role
func.func @no_cta_barrier() {
  wg.roles {
    // expected-error @below {{expected no gpu.barrier in the body, for which the other threads of the CTA do not come}}
    wg.role "load" warpgroups(1) registers(40) {
      // expected-note @below {{the barrier is here}}
      gpu.barrier
    }
    wg.role "math" warpgroups(1) registers(40) {
    }
  }
  return
}

// -----

// no_cta_barrier: in one thread
func.func @no_cta_barrier_one_thread() {
  // expected-error @below {{expected no gpu.barrier in the body}}
  wg.one_thread {
    // expected-note @below {{the barrier is here}}
    gpu.barrier
  }
  return
}

// -----

// alloc_aligned: within another tile
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @alloc_aligned_over() {
  %0 = wg.alloc : !wg.shared<128x64xbf16, swizzle = 128>
  // expected-error @below {{expected over_offset to be a multiple of 1024, got 512}}
  %1 = wg.alloc over %0 : !wg.shared<128x64xbf16, swizzle = 128> {over_offset = 512} : !tile
  return
}

// -----

// alloc_aligned
func.func @alloc_aligned() {
  // expected-error @below {{expected offset to be a multiple of 512, got 256}}
  %0 = wg.alloc {offset = 256} : !wg.shared<64x32xbf16, swizzle = 64>
  return
}

// -----

// alloc_aligned: dense
func.func @alloc_aligned_dense() {
  // expected-error @below {{expected offset to be a multiple of 128, got 64}}
  %0 = wg.alloc {offset = 64} : !wg.shared<64xf32>
  return
}

// -----

// alloc_over_offset
func.func @alloc_over_offset() {
  // expected-error @below {{expected no over_offset without over}}
  %0 = wg.alloc {over_offset = 1024} : !wg.shared<64xf32>
  return
}

// -----

// alloc_over
func.func @alloc_over(%x: !wg.shared<64xf32>) {
  // expected-error @below {{expected over to be the result of wg.alloc or wg.ring}}
  %0 = wg.alloc over %x : !wg.shared<64xf32> : !wg.shared<64xf32>
  return
}

// -----

// alloc_fits
func.func @alloc_fits() {
  %0 = wg.alloc : !wg.shared<64xf32>
  // expected-error @below {{expected a tile within the 256 bytes of the one it takes the place of, got bytes 128 to 384}}
  %1 = wg.alloc over %0 : !wg.shared<64xf32> {over_offset = 128} : !wg.shared<64xf32>
  return
}

// -----

// slice_part: half a panel of each row
!tile = !wg.shared<64x128xbf16, swizzle = 128>
func.func @slice_part(%x: !tile, %i: index) {
  // expected-error @below {{expected a part that is whole rows or whole panels of '!wg.shared<64x128xbf16, swizzle = 128>', got '!wg.shared<32x64xbf16, swizzle = 128>'}}
  %0 = wg.slice %x[%i] : !tile -> !wg.shared<32x64xbf16, swizzle = 128>
  return
}

// -----

// slice_part: another swizzle
!tile = !wg.shared<64x128xbf16, swizzle = 128>
func.func @slice_swizzle(%x: !tile, %i: index) {
  // expected-error @below {{expected a part that is whole rows or whole panels}}
  %0 = wg.slice %x[%i] : !tile -> !wg.shared<64x32xbf16, swizzle = 64>
  return
}

// -----

// slice_part: parts of rows
func.func @slice_columns(%x: !wg.shared<4x64xf32>, %i: index) {
  // expected-error @below {{expected a part that is whole rows or whole panels}}
  %0 = wg.slice %x[%i] : !wg.shared<4x64xf32> -> !wg.shared<4x32xf32>
  return
}

// -----

// slice_part: another element type
func.func @slice_element(%x: !wg.shared<4x64xf32>, %i: index) {
  // expected-error @below {{expected a part that is whole rows or whole panels}}
  %0 = wg.slice %x[%i] : !wg.shared<4x64xf32> -> !wg.shared<64xi32>
  return
}

// -----

// slice_position
func.func @slice_position(%x: !wg.shared<4x64xf32>) {
  %c4 = arith.constant 4 : index
  // expected-error @below {{expected a position below 4, got 4}}
  %0 = wg.slice %x[%c4] : !wg.shared<4x64xf32> -> !wg.shared<64xf32>
  return
}

// -----

// extract_source
func.func @extract_source(%x: !wg.shared<4x64xf32>, %i: index) {
  // expected-error @below {{expected a source of one dimension and elements of f32, got '!wg.shared<4x64xf32>'}}
  %0 = wg.extract %x[%i] : !wg.shared<4x64xf32> -> f32
  return
}

// -----

// extract_position
func.func @extract_position(%x: !wg.shared<64xf32>) {
  %c-1 = arith.constant -1 : index
  // expected-error @below {{expected a position below 64, got -1}}
  %0 = wg.extract %x[%c-1] : !wg.shared<64xf32> -> f32
  return
}

// -----

// iota_type
func.func @iota_type() {
  // expected-error @below {{expected a vector of i32, got 'tensor<64xf32, #wg.rows>'}}
  %0 = wg.iota : tensor<64xf32, #wg.rows>
  return
}

// -----

// broadcast_source
func.func @broadcast_source(%x: tensor<64xf32, #wg.lanes>) {
  // expected-error @below {{expected a source with encoding #wg.rows or #wg.columns, got 'tensor<64xf32, #wg.lanes>'}}
  %0 = wg.broadcast %x : tensor<64xf32, #wg.lanes> -> tensor<64x64xf32, #wg.fragment>
  return
}

// -----

// broadcast_shape
func.func @broadcast_shape(%x: tensor<32xf32, #wg.columns>) {
  // expected-error @below {{expected a source of 64 elements of 'f32', got 'tensor<32xf32, #wg.columns>'}}
  %0 = wg.broadcast %x : tensor<32xf32, #wg.columns> -> tensor<64x64xf32, #wg.fragment>
  return
}

// -----

// move_shape
!tile = !wg.shared<64x128xbf16, swizzle = 128>
func.func @move_shape(%x: !tile) {
  // expected-error @below {{expected memory of shape [128, 64] and elements of 'bf16', got '!wg.shared<64x128xbf16, swizzle = 128>'}}
  %0 = wg.load %x transpose : !tile -> tensor<64x128xbf16, #wg.fragment>
  return
}

// -----

// move_shape: element type
func.func @move_element(%x: tensor<64xf32, #wg.lanes>, %m: memref<64xbf16>) {
  // expected-error @below {{expected memory of shape [64] and elements of 'f32', got 'memref<64xbf16>'}}
  wg.store %x, %m : tensor<64xf32, #wg.lanes>, memref<64xbf16>
  return
}

// -----

// move_space
func.func @move_space(%x: tensor<64xf32, #wg.lanes>, %m: memref<64xf32, #gpu.address_space<workgroup>>) {
  // expected-error @below {{expected a memref in global memory, got 'memref<64xf32, #gpu.address_space<workgroup>>'}}
  wg.store %x, %m : tensor<64xf32, #wg.lanes>, memref<64xf32, #gpu.address_space<workgroup>>
  return
}

// -----

// move_element
func.func @move_bits(%x: tensor<64xi1, #wg.rows>, %m: memref<64xi1>) {
  // expected-error @below {{expected elements of whole bytes, got 'i1'}}
  wg.store %x, %m : tensor<64xi1, #wg.rows>, memref<64xi1>
  return
}

// -----

// move_transpose
func.func @move_transpose(%x: !wg.shared<64xf32>) {
  // expected-error @below {{expected no transpose of a vector}}
  %0 = wg.load %x transpose : !wg.shared<64xf32> -> tensor<64xf32, #wg.rows>
  return
}

// -----

// move_fragment: elements
!tile = !wg.shared<64x64xf32, swizzle = 128>
func.func @move_fragment(%x: !tile) {
  // expected-error @below {{expected a fragment of 16-bit elements and a multiple of 16 columns, got 'tensor<64x64xf32, #wg.fragment>'}}
  %0 = wg.load %x : !tile -> tensor<64x64xf32, #wg.fragment>
  return
}

// -----

// move_fragment: columns
!tile = !wg.shared<8x64xbf16, swizzle = 128>
func.func @move_columns(%x: tensor<64x8xbf16, #wg.fragment>, %tile: !tile) {
  // expected-error @below {{expected a fragment of 16-bit elements and a multiple of 16 columns, got 'tensor<64x8xbf16, #wg.fragment>'}}
  wg.store %x, %tile transpose : tensor<64x8xbf16, #wg.fragment>, !tile
  return
}

// -----

// move_swizzle
func.func @move_swizzle(%x: !wg.shared<64x64xbf16>) {
  // expected-error @below {{expected a swizzled tile for a fragment, got '!wg.shared<64x64xbf16>'}}
  %0 = wg.load %x : !wg.shared<64x64xbf16> -> tensor<64x64xbf16, #wg.fragment>
  return
}

// -----

// move_vector
func.func @move_vector(%x: !wg.shared<64xbf16>) {
  // expected-error @below {{expected a vector of f32 in shared memory, got 'tensor<64xbf16, #wg.columns>'}}
  %0 = wg.load %x : !wg.shared<64xbf16> -> tensor<64xbf16, #wg.columns>
  return
}

// -----

// move_lanes
func.func @move_lanes(%x: !wg.shared<256xf32>) {
  // expected-error @below {{expected 32, 64 or 128 elements of #wg.lanes in shared memory, got 'tensor<256xf32, #wg.lanes>'}}
  %0 = wg.load %x : !wg.shared<256xf32> -> tensor<256xf32, #wg.lanes>
  return
}

// -----

// store_vector
func.func @store_vector(%x: tensor<64xf32, #wg.columns>, %tile: !wg.shared<64xf32>) {
  // expected-error @below {{expected a vector with encoding #wg.lanes or #wg.rows to go to shared memory, got 'tensor<64xf32, #wg.columns>'}}
  wg.store %x, %tile : tensor<64xf32, #wg.columns>, !wg.shared<64xf32>
  return
}

// -----

// cumsum_type
func.func @cumsum_type(%x: tensor<64xf32, #wg.rows>) {
  // expected-error @below {{expected a source of f32 with encoding #wg.lanes, got 'tensor<64xf32, #wg.rows>'}}
  %0 = wg.cumsum %x : tensor<64xf32, #wg.rows>
  return
}

// -----

// sum_columns_type: elements
func.func @sum_columns_element(%x: tensor<64x64xbf16, #wg.fragment>) {
  // expected-error @below {{'wg.sum_columns' op expected a source of f32 and sums of f32 with encoding #wg.rows, got 'tensor<64x64xbf16, #wg.fragment>' and 'tensor<64xbf16, #wg.rows>'}}
  %0 = wg.sum_columns %x : tensor<64x64xbf16, #wg.fragment> -> tensor<64xbf16, #wg.rows>
  return
}

// -----

// sum_columns_type: a sum of each column
func.func @sum_columns_encoding(%x: tensor<64x64xf32, #wg.fragment>) {
  // expected-error @below {{expected a source of f32 and sums of f32 with encoding #wg.rows, got 'tensor<64x64xf32, #wg.fragment>' and 'tensor<64xf32, #wg.columns>'}}
  %0 = wg.sum_columns %x : tensor<64x64xf32, #wg.fragment> -> tensor<64xf32, #wg.columns>
  return
}

// -----

// invert_count
func.func @invert_count(%x: tensor<64x64xf32, #wg.fragment>, %scratch: !wg.shared<12x336xf32>) {
  // expected-error @below {{expected one or two sources, got 3}}
  %0:3 = wg.invert_blocks %x, %x, %x scratch(%scratch : !wg.shared<12x336xf32>)
       : tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  return
}

// -----

// invert_source
func.func @invert_source(%x: tensor<64x128xf32, #wg.fragment>, %scratch: !wg.shared<4x336xf32>) {
  // expected-error @below {{expected a source of shape [64, 64] and elements of f32, got 'tensor<64x128xf32, #wg.fragment>'}}
  %0 = wg.invert_blocks %x scratch(%scratch : !wg.shared<4x336xf32>) : tensor<64x128xf32, #wg.fragment>
  return
}

// -----

// invert_scratch
func.func @invert_scratch(%x: tensor<64x64xf32, #wg.fragment>, %scratch: !wg.shared<4x336xf32>) {
  // expected-error @below {{expected scratch to be '!wg.shared<8x336xf32>', got '!wg.shared<4x336xf32>'}}
  %0:2 = wg.invert_blocks %x, %x scratch(%scratch : !wg.shared<4x336xf32>) : tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  return
}

// -----

// mma_element
!tile = !wg.shared<64x32xf32, swizzle = 128>
func.func @mma_element(%a: tensor<64x64xf32, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected b of bf16 or f16, got 'f32'}}
  %0 = wg.mma %a, %b : tensor<64x64xf32, #wg.fragment>, !tile -> !wg.pending<tensor<64x32xf32, #wg.fragment>>
  return
}

// -----

// mma_rank
func.func @mma_rank(%a: tensor<64x64xbf16, #wg.fragment>, %b: !wg.shared<64xbf16>) {
  // expected-error @below {{expected b with two dimensions, got '!wg.shared<64xbf16>'}}
  %0 = wg.mma %a, %b : tensor<64x64xbf16, #wg.fragment>, !wg.shared<64xbf16> -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_transpose_a
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @mma_transpose_a(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected no transpose_a of a register tile}}
  %0 = wg.mma %a transpose_a, %b : tensor<64x64xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_a: depth
!tile = !wg.shared<64x128xbf16, swizzle = 128>
func.func @mma_a(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected a of shape [64, 128] and elements of 'bf16', got 'tensor<64x64xbf16, #wg.fragment>'}}
  %0 = wg.mma %a, %b transpose_b : tensor<64x64xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_a: element type
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @mma_a_element(%a: tensor<64x64xf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected a of shape [64, 64] and elements of 'bf16', got 'tensor<64x64xf16, #wg.fragment>'}}
  %0 = wg.mma %a, %b : tensor<64x64xf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_a: rows
!key = !wg.shared<128x64xbf16, swizzle = 128>
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @mma_a_rows(%a: !key, %b: !tile) {
  // expected-error @below {{expected a of shape [64, 64] and elements of 'bf16', got '!wg.shared<128x64xbf16, swizzle = 128>'}}
  %0 = wg.mma %a, %b : !key, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_swizzle
func.func @mma_swizzle(%a: tensor<64x64xbf16, #wg.fragment>, %b: !wg.shared<64x64xbf16>) {
  // expected-error @below {{expected b with a swizzle of }}
  %0 = wg.mma %a, %b : tensor<64x64xbf16, #wg.fragment>, !wg.shared<64x64xbf16> -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_depth
!tile = !wg.shared<8x64xbf16, swizzle = 128>
func.func @mma_depth(%a: tensor<64x8xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected the products to be over a multiple of 16, got 8}}
  %0 = wg.mma %a, %b : tensor<64x8xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_columns
!tile = !wg.shared<512x64xbf16, swizzle = 128>
func.func @mma_columns(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected a result of a multiple of 8 and at most 256 columns, got 512}}
  %0 = wg.mma %a, %b transpose_b : tensor<64x64xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x512xf32, #wg.fragment>>
  return
}

// -----

// mma_result
!tile = !wg.shared<64x128xbf16, swizzle = 128>
func.func @mma_result(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected the result to be a tensor<64x128xf32, #wg.fragment>, got 'tensor<64x64xf32, #wg.fragment>'}}
  %0 = wg.mma %a, %b : tensor<64x64xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_accumulator
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @mma_accumulator(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected the accumulator to be 'tensor<64x64xf32, #wg.fragment>', got 'tensor<64x64xbf16, #wg.fragment>'}}
  %0 = wg.mma %a, %b onto %a : tensor<64x64xbf16, #wg.fragment> : tensor<64x64xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// mma_waited
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @mma_waited(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  // expected-error @below {{expected the product to be waited for by wg.wait}}
  %0 = wg.mma %a, %b : tensor<64x64xbf16, #wg.fragment>, !tile -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  return
}

// -----

// wait_tiles: count
!pending = !wg.pending<tensor<64x64xf32, #wg.fragment>>
func.func @wait_tiles(%x: !pending) {
  // expected-error @below {{expected a tile for each product, got 0 for 1}}
  "wg.wait"(%x) : (!pending) -> ()
  return
}

// -----

// wait_tiles: type
!pending = !wg.pending<tensor<64x64xf32, #wg.fragment>>
func.func @wait_type(%x: !pending) {
  // expected-error @below {{expected a tile of type 'tensor<64x64xf32, #wg.fragment>', got 'tensor<64x32xf32, #wg.fragment>'}}
  %0 = wg.wait %x : !pending -> tensor<64x32xf32, #wg.fragment>
  return
}

// -----

// wait_newer
!pending = !wg.pending<tensor<64x64xf32, #wg.fragment>>
func.func @wait_newer(%x: !pending) {
  // expected-error @below {{expected newer to be from 0 to 7, got 8}}
  %0 = wg.wait %x newer(8) : !pending -> tensor<64x64xf32, #wg.fragment>
  return
}

// -----

// wait_named: the second product may still be under way
!pending = !wg.pending<tensor<64x64xf32, #wg.fragment>>
!tile = !wg.shared<64x64xbf16, swizzle = 128>
func.func @wait_named(%a: tensor<64x64xbf16, #wg.fragment>, %b: !tile) {
  %0 = wg.mma %a, %b : tensor<64x64xbf16, #wg.fragment>, !tile -> !pending
  // expected-note @below {{the product is here}}
  %1 = wg.mma %a, %b : tensor<64x64xbf16, #wg.fragment>, !tile -> !pending
  // expected-error @below {{expected newer to be at most 0, the products started after one that is named, got 1}}
  %2:2 = wg.wait %0, %1 newer(1) : !pending, !pending -> tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  return
}
