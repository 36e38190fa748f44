// RUN: gdr-opt %s --gdr-chunk-to-wg -canonicalize -cse | FileCheck %s

!q = memref<?x?x2x128xbf16>
!v = memref<?x?x4x256xbf16>
!g = memref<?x?x4xf32>
!matrix = memref<?x4x64x64xbf16>
!rows = memref<?x4x4x64xf32>

// A CTA for each slot and key head.
// CHECK:       module attributes {gpu.container_module}
// CHECK-LABEL: func.func @prepare(
// CHECK-SAME:    %[[Q:.*]]: memref<?x?x2x128xbf16>, %[[K:.*]]: memref<?x?x2x128xbf16>, %{{.*}}, %{{.*}}, %[[INVERSE:.*]]: memref<?x4x64x64xbf16>, %{{.*}}, %{{.*}})
// CHECK-DAG:     %[[SLOTS:.*]] = memref.dim %[[INVERSE]], %c0
// CHECK-DAG:     %[[MAP_Q:.*]] = gdr.encode_tensor_map %[[Q]] box [1, 64, 1, 64] swizzle 128
// CHECK-DAG:     %[[MAP_K:.*]] = gdr.encode_tensor_map %[[K]] box [1, 64, 1, 64] swizzle 128
// CHECK-DAG:     %[[BLOCKS:.*]] = arith.muli %[[SLOTS]], %c2
// CHECK:         gpu.launch_func @prepare_kernels::@prepare_prepare blocks in (%[[BLOCKS]], %c1, %c1) threads in (%c128, %c1, %c1)
// CHECK-SAME:      args(%[[MAP_Q]] : !wg.tensor_map, %[[MAP_K]] : !wg.tensor_map,
// CHECK-NEXT:    return
func.func @prepare(%q: !q, %k: !q, %g: !g, %beta: !g, %inverse: !matrix, %attention: !matrix, %decay: !rows) {
  gdr.chunk_prepare ins(%q, %k : !q, !q) gate(%g : !g) beta(%beta : !g)
      outs(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// K and Q are loaded while the gates are summed; then K K^T and Q K^T, and for
// each value head the inverse by three products.
// CHECK-LABEL: gpu.func @prepare_prepare(
// CHECK-SAME:    %[[MAP_Q:.*]]: !wg.tensor_map, %[[MAP_K:.*]]: !wg.tensor_map
// CHECK-SAME:    kernel attributes {known_block_size = array<i32: 128, 1, 1>
// CHECK:         %[[RING:.*]] = wg.ring consumers(1) : <1, <64x128xbf16, swizzle = 128>, <64x128xbf16, swizzle = 128>>
// What is computed from K and Q takes their place.
// CHECK:         wg.alloc over %[[RING]]
// CHECK:         wg.one_thread {
// CHECK-NEXT:      %[[FULL:.*]], %[[TILES:.*]]:2 = wg.acquire %[[RING]][%c0]
// CHECK-NEXT:      wg.copy %[[MAP_K]][%{{.*}}], %[[TILES]]#0, %[[FULL]]
// CHECK-NEXT:      wg.copy %[[MAP_Q]][%{{.*}}], %[[TILES]]#1, %[[FULL]]
// CHECK-NEXT:    }
// CHECK:         wg.cumsum
// CHECK:         %[[TILES:.*]]:2 = wg.take %[[RING]][%c0]
// CHECK-NEXT:    wg.mma %[[TILES]]#0, %[[TILES]]#0 transpose_b
// CHECK-NEXT:    wg.mma %[[TILES]]#1, %[[TILES]]#0 transpose_b
// Two heads at once; there are no more.
// CHECK-NOT:     scf.for
// CHECK:         wg.invert_blocks %{{.*}}, %{{.*}} scratch
// CHECK-COUNT-8: wg.mma
// CHECK-NOT:     wg.mma
// CHECK-COUNT-6: wg.copy_out
// CHECK-NOT:     wg.copy_out
// CHECK:         wg.one_thread {
// CHECK-NEXT:      wg.wait_copies_out done
// CHECK-NEXT:    }
// CHECK-NEXT:    gpu.return

// The chosen number of columns, 128 of 256: two CTAs for each value head of each
// sequence, and two warpgroups of columns beside the one that loads.
// CHECK-LABEL: func.func @scan(
// CHECK-SAME:    %[[Q:[^:]*]]: memref<?x?x2x128xbf16>,
// CHECK-DAG:     %[[N:.*]] = memref.dim %[[Q]], %c0
// CHECK-DAG:     gdr.encode_tensor_map
// CHECK-DAG:     gdr.encode_tensor_map
// CHECK-DAG:     gdr.encode_tensor_map
// CHECK-DAG:     gdr.encode_tensor_map
// CHECK-DAG:     %[[BLOCKS:.*]] = arith.muli %[[N]], %c8
// CHECK:         gpu.launch_func @scan_kernels::@scan_scan blocks in (%[[BLOCKS]], %c1, %c1) threads in (%c384, %c1, %c1)
// CHECK-NEXT:    return
func.func @scan(%q: !q, %k: !q, %v: !v, %inverse: !matrix, %attention: !matrix, %decay: !rows,
                %state: memref<?x4x128x256xf32>, %o: !v) {
  gdr.chunk_scan ins(%q, %k, %v : !q, !q, !v)
      chunks(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      initial_state(%state : memref<?x4x128x256xf32>)
      outs(%o : !v) final_state(%state : memref<?x4x128x256xf32>)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 128, stages = 2>}
  return
}

// The state goes from chunk to chunk in registers.
// CHECK-LABEL: gpu.func @scan_scan(
// CHECK-SAME:    kernel attributes {known_block_size = array<i32: 384, 1, 1>
// CHECK:         %[[RING:.*]] = wg.ring consumers(2) : <2, <64x128xbf16, swizzle = 128>, <64x128xbf16, swizzle = 128>, <4x64xf32>, <64x128xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>>
// CHECK:         wg.role "load" warpgroups(1)
// CHECK-NEXT:      wg.one_thread {
// CHECK-NEXT:        scf.for
// CHECK:               wg.acquire %[[RING]]
// CHECK-COUNT-6:       wg.copy
// CHECK:         wg.role "math" warpgroups(2)
// CHECK:           %[[STATE:.*]] = wg.load %{{.*}} transpose : memref<128x64xf32, {{.*}}> -> tensor<64x128xf32, #wg.fragment>
// CHECK:           wg.take %[[RING]]
// CHECK:           scf.for {{.*}} iter_args(%{{.*}} = %[[STATE]],
// CHECK-COUNT-4:     wg.mma
// CHECK:             wg.take %[[RING]]
// CHECK:             wg.mma
// CHECK:             wg.copy_out
// CHECK:             wg.release %[[RING]]
// CHECK:           wg.store %{{.*}}, %{{.*}} transpose : tensor<64x128xf32, #wg.fragment>, memref<128x64xf32,
// CHECK-NEXT:      wg.one_thread {
// CHECK-NEXT:        wg.wait_copies_out done

// Four heads, two at once; three, one at a time, where that is asked for.
!of_one = memref<?x?x1x128xbf16>
!of_four = memref<?x?x4xf32>
!square_of_four = memref<?x4x64x64xbf16>
!rows_of_four = memref<?x4x4x64xf32>
// CHECK-LABEL: gpu.func @four_heads_prepare(
// CHECK:         scf.for %{{.*}} = %c0 to %c4 step %c2 {
// CHECK:           wg.invert_blocks %{{.*}}, %{{.*}} scratch
// CHECK-COUNT-6:   wg.copy_out
func.func @four_heads(%q: !of_one, %k: !of_one, %g: !of_four, %beta: !of_four, %attention: !square_of_four,
                      %inverse: !square_of_four, %decay: !rows_of_four) {
  gdr.chunk_prepare ins(%q, %k : !of_one, !of_one) gate(%g : !of_four) beta(%beta : !of_four)
      outs(%attention, %inverse, %decay : !square_of_four, !square_of_four, !rows_of_four)
      {schedule = #gdr.chunked<heads = 4>, tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

!of_three = memref<?x?x3xf32>
!square_of_three = memref<?x3x64x64xbf16>
!rows_of_three = memref<?x3x4x64xf32>
// CHECK-LABEL: gpu.func @three_heads_prepare(
// CHECK:         scf.for %{{.*}} = %c0 to %c3 step %c1 {
// CHECK:           wg.invert_blocks %{{[^,]*}} scratch
// CHECK-COUNT-3:   wg.copy_out
func.func @three_heads(%q: !of_one, %k: !of_one, %g: !of_three, %beta: !of_three, %attention: !square_of_three,
                       %inverse: !square_of_three, %decay: !rows_of_three) {
  gdr.chunk_prepare ins(%q, %k : !of_one, !of_one) gate(%g : !of_three) beta(%beta : !of_three)
      outs(%attention, %inverse, %decay : !square_of_three, !square_of_three, !rows_of_three)
      {schedule = #gdr.chunked<heads = 3>, tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// K and Q of 256 channels leave room for more, but not for what is computed while
// they are copied and read: gates, betas and norms.
!wide = memref<?x?x2x256xbf16>
// CHECK-LABEL: gpu.func @prepare_wide_prepare(
// CHECK:         %[[RING:.*]] = wg.ring
// CHECK:         %[[ROOM:.*]] = wg.alloc over %[[RING]] {{.*}} : !wg.shared<4096xf32>
// CHECK-NEXT:    wg.alloc over %[[ROOM]] {{.*}} : !wg.shared<8x336xf32>
// CHECK-COUNT-4: wg.alloc over %[[ROOM]] {{.*}} : !wg.shared<64x64x
// CHECK-COUNT-3: wg.alloc over %[[RING]] {{.*}} : !wg.shared<64x64x
// CHECK-NEXT:    wg.alloc over %[[RING]] {{.*}} : !wg.shared<4x64xf32>
// CHECK:         wg.alloc {{.*}}!wg.shared<4x64xf32>
// CHECK-NEXT:    %[[SUMS:.*]] = wg.alloc : !wg.shared<2x64xf32>
// CHECK-NEXT:    %[[BETAS:.*]] = wg.alloc : !wg.shared<2x64xf32>
// CHECK-NEXT:    %[[NORMS:.*]] = wg.alloc : !wg.shared<2x64xf32>
// CHECK-NOT:     wg.alloc
// CHECK:         wg.sum_columns
func.func @prepare_wide(%q: !wide, %k: !wide, %g: !g, %beta: !g, %inverse: !matrix, %attention: !matrix, %decay: !rows) {
  gdr.chunk_prepare ins(%q, %k : !wide, !wide) gate(%g : !g) beta(%beta : !g)
      outs(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      {qk_l2norm, tile_layout = #gdr.tile_layout<swizzle_128b>}
  return
}

// Other operations are left alone, and functions without a stage.
// CHECK-LABEL: func.func @nothing(
// CHECK:         memref.dim
// CHECK-NEXT:    return
func.func @nothing(%q: !q) -> index {
  %c0 = arith.constant 0 : index
  %0 = memref.dim %q, %c0 : !q
  return %0 : index
}

!few_q = memref<1x256x1x64xbf16>
!few_matrix = memref<4x1x64x64xbf16>
!few_rows = memref<4x1x4x64xf32>

// Snapshots: the warpgroup that holds a part of the state stores it when it has given back the chunk and no product is
// under way, after every second chunk.
// CHECK-LABEL: gpu.func @snapshots_scan(
// CHECK:         wg.role "math"
// CHECK:           scf.for %[[CHUNK:.*]] = %c0 to %c4
// CHECK:             %[[NEXT:.*]] = arith.addi %[[CHUNK]], %c1
// CHECK:             wg.release
// CHECK-NOT:         wg.mma
// CHECK:             %[[TOKENS:.*]] = arith.muli %[[NEXT]], %c64
// CHECK:             %[[IS_WHOLE:.*]] = arith.cmpi ule, %[[TOKENS]], %c256
// CHECK:             arith.remui %[[TOKENS]], %c128
// CHECK:             scf.if
// CHECK:               memref.load
// CHECK:               scf.if
// CHECK:                 wg.store %{{.*}} : tensor<64x64xbf16, #wg.fragment>, memref<64x64xbf16,
func.func @snapshots(%q: !few_q, %matrix: !few_matrix, %decay: !few_rows, %rows: memref<2xi32>,
                     %snapshots: memref<9x1x64x64xbf16>, %o: !few_q) {
  gdr.chunk_scan ins(%q, %q, %q : !few_q, !few_q, !few_q)
      chunks(%matrix, %matrix, %decay : !few_matrix, !few_matrix, !few_rows)
      snapshot_indices(%rows : memref<2xi32>) outs(%o : !few_q) snapshots(%snapshots : memref<9x1x64x64xbf16>)
      {snapshot_every = 128 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>,
       state_layout = #gdr.state_layout<v_first>}
  return
}

// Both warpgroups store their rows when the other one may go on. They give the
// chunk back before they meet at V', when all they need is in registers.
// CHECK-LABEL: gpu.func @split_snapshots_scan(
// CHECK:         %[[READY:.*]] = wg.barrier participants(2)
// CHECK:         %[[WRITTEN:.*]] = wg.barrier participants(2)
// CHECK:         wg.role "keys"
// CHECK:           wg.release
// CHECK-NEXT:      wg.meet %[[WRITTEN]]
// CHECK:           wg.meet %[[READY]]
// CHECK-NOT:       wg.mma
// CHECK:           wg.store %{{.*}} : tensor<64x32xf32, #wg.fragment>, memref<64x32xf32,
// CHECK:         wg.role "queries"
// CHECK:           wg.release
// CHECK-NEXT:      wg.meet %[[WRITTEN]]
// CHECK:           wg.meet %[[READY]]
// CHECK-COUNT-2:   wg.wait
// CHECK-NOT:       wg.mma
// CHECK:           wg.store %{{.*}} : tensor<64x32xf32, #wg.fragment>, memref<64x32xf32,
func.func @split_snapshots(%q: memref<1x256x1x128xbf16>, %matrix: !few_matrix, %decay: !few_rows, %rows: memref<4xi32>,
                           %snapshots: memref<9x1x128x128xf32>, %o: memref<1x256x1x128xbf16>) {
  gdr.chunk_scan ins(%q, %q, %q : memref<1x256x1x128xbf16>, memref<1x256x1x128xbf16>, memref<1x256x1x128xbf16>)
      chunks(%matrix, %matrix, %decay : !few_matrix, !few_matrix, !few_rows)
      snapshot_indices(%rows : memref<4xi32>)
      outs(%o : memref<1x256x1x128xbf16>) snapshots(%snapshots : memref<9x1x128x128xf32>)
      {snapshot_every = 64 : i64, tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 32>}
  return
}

// Schedules that differ in the scan alone have one kernel that prepares.
// CHECK-LABEL: func.func @shared(
// CHECK:         gpu.launch_func @shared_kernels::@shared_prepare blocks
// CHECK:         gpu.launch_func @shared_kernels::@shared_prepare blocks
// CHECK:         gpu.launch_func @shared_kernels::@shared_prepare_0 blocks
// CHECK-LABEL: gpu.module @shared_kernels
// CHECK:         gpu.func @shared_prepare(
// CHECK:         gpu.func @shared_prepare_0(
// CHECK-NOT:     gpu.func
func.func @shared(%q: !q, %g: !g, %inverse: !matrix, %attention: !matrix, %decay: !rows) {
  gdr.chunk_prepare ins(%q, %q : !q, !q) gate(%g : !g) beta(%g : !g)
      outs(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 128, heads = 1>}
  gdr.chunk_prepare ins(%q, %q : !q, !q) gate(%g : !g) beta(%g : !g)
      outs(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 64, heads = 1>}
  gdr.chunk_prepare ins(%q, %q : !q, !q) gate(%g : !g) beta(%g : !g)
      outs(%inverse, %attention, %decay : !matrix, !matrix, !rows)
      {tile_layout = #gdr.tile_layout<swizzle_128b>, schedule = #gdr.chunked<columns = 64, heads = 2>}
  return
}
