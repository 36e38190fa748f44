// RUN: gdr-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-copies-to-threads)))'

!tile = !wg.shared<64x64xbf16, swizzle = 128>

gpu.module @kernels {
  gpu.func @encoded_by_the_host(%map: !wg.tensor_map) kernel {
    %c0 = arith.constant 0 : index
    %tile = wg.alloc : !tile
    wg.one_thread {
      // expected-error @below {{expected the result of a wg.tensor_box, got a tensor map that the host encodes; run gdr-chunk-to-wg with tensor-maps=false before wg-copies-to-threads}}
      wg.copy_out %tile, %map[%c0, %c0, %c0, %c0] : !tile, !wg.tensor_map
    }
    gpu.return
  }
}

// -----

!tile = !wg.shared<64x64xbf16, swizzle = 128>

gpu.module @kernels {
  gpu.func @elsewhere(%m: memref<64x64xbf16>, %is_there: i1) kernel {
    %full = wg.mbarrier_alloc count(1) arrivals(1)
    %tile = wg.alloc : !tile
    wg.one_thread {
      wg.mbarrier_expect %full bytes(8192)
      scf.if %is_there {
        // expected-error @below {{expected the copy in the block of its barrier's wg.mbarrier_expect}}
        wg.copy %m[], %tile, %full : memref<64x64xbf16>, !tile
      }
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @barrier_of_another(%full: !wg.mbarrier) kernel {
    wg.one_thread {
      // expected-error @below {{expected a barrier of a wg.mbarrier_alloc}}
      wg.mbarrier_expect %full bytes(8192)
    }
    gpu.return
  }
}

// -----

!tile = !wg.shared<64x64xbf16, swizzle = 128>

gpu.module @kernels {
  gpu.func @no_rows(%o: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %tile = wg.alloc : !tile
    // expected-error @below {{expected a box of more than one row}}
    %map = wg.tensor_box %o box [1, 64] : memref<64x64xbf16>
    wg.one_thread {
      wg.copy_out %tile, %map[%c0, %c0] : !tile, !wg.tensor_map
    }
    gpu.return
  }
}
