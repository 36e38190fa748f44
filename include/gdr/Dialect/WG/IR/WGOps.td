//===- WGOps.td - operations of the wg dialect -------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_WG_IR_WGOPS_TD
#define GDR_DIALECT_WG_IR_WGOPS_TD

include "gdr/Dialect/WG/IR/WGTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// What the counts of a barrier object can hold; PTX ISA, "mbarrier".
defvar MBarrierCount = IntMaxValue<1048575>;

def WG_RegisterTile : Type<
    CPred<"::mlir::wg::isRegisterTile($_self)">,
    "register tile (a tensor with a wg encoding)", "::mlir::RankedTensorType">;

def WG_Fragment : Type<
    And<[WG_RegisterTile.predicate,
         CPred<"::llvm::isa<::mlir::wg::FragmentAttr>("
               "::llvm::cast<::mlir::RankedTensorType>($_self).getEncoding())">]>,
    "register tile with encoding #wg.fragment", "::mlir::RankedTensorType">;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

def WG_RolesOp : WG_Op<"roles", [NoTerminator, SingleBlock, WG_Collective,
                                 RecursiveMemoryEffects, NoRegionArguments]> {
  let summary = "divides the warpgroups of a CTA among programs";
  let description = [{
    Holds one `wg.role` for each program. The warpgroups of the CTA are dealt
    out in the order of the roles. Ends where all roles end, without a barrier.

    ```mlir
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) { ... }
      wg.role "math" warpgroups(2) registers(232) { ... }
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$body attr-dict";
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def WG_RoleOp : WG_Op<"role", [NoTerminator, SingleBlock, HasParent<"RolesOp">,
                               RecursiveMemoryEffects, NoRegionArguments]> {
  let summary = "the program of some whole warpgroups";
  let description = [{
    `registers` is what each thread of the role gets (`setmaxnreg`): a multiple
    of 8 from 24 to 256. All roles together may have what the CTA starts with,
    an equal share of the 64K registers of an SM for each thread rounded down to
    a multiple of 8: a role that asks for more would wait for ever.

    The other roles do not come to a `gpu.barrier` in a role.
  }];
  let arguments = (ins StrAttr:$name, I64Attr:$warpgroups, I64Attr:$registers);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name `warpgroups` `(` $warpgroups `)` `registers` `(` $registers `)` $body
    attr-dict
  }];
  let hasVerifier = 1;
}

def WG_WarpgroupIndexOp : WG_Op<"warpgroup_index", [Pure, WG_Collective]> {
  let summary = "number of the warpgroup in its role, or in the CTA";
  let results = (outs Index:$index);
  let assemblyFormat = "attr-dict";
}

def WG_OneThreadOp : WG_Op<"one_thread", [NoTerminator, SingleBlock,
                                          RecursiveMemoryEffects,
                                          NoRegionArguments]> {
  let summary = "a region that the first thread of a warpgroup runs";
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$body attr-dict";
  let hasVerifier = 1;
}

def WG_SyncOp : WG_Op<"sync", [WG_Collective]> {
  let summary = "waits for the threads of this warpgroup";
  let description = [{
    What a thread wrote to shared memory before it, all threads of the
    warpgroup see afterwards. `wg-lower-roles` writes the `warpgroup` of the CTA
    where there is only one.
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$warpgroup);
  let assemblyFormat = "attr-dict";
}

def WG_BarrierOp : WG_Op<"barrier", [MemoryEffects<[MemAlloc]>, WG_InKernelBody]> {
  let summary = "a meeting point of some warpgroups, of whatever roles";
  let description = [{
    Each phase of the barrier ends when `participants` warpgroups have come by
    `wg.meet`. What the threads of each wrote to shared memory before, those of
    all see afterwards.

    A phase must not begin before the last one has ended, so every role that
    comes to a barrier has to come equally often; `wg.roles` verifies that the
    loops in which they do are the same. `number` (PTX ISA, "bar") is written by
    `wg-allocate-shared`.

    ```mlir
    %ready = wg.barrier participants(2)
    wg.roles {
      wg.role "store" warpgroups(1) registers(96) { ... wg.meet %ready ... }
      wg.role "load" warpgroups(1) registers(96) { ... wg.meet %ready ... }
    }
    ```
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntMinValue<2>]>:$participants,
                       OptionalAttr<I64Attr>:$number);
  let results = (outs WG_BarrierType:$barrier);
  let assemblyFormat = "`participants` `(` $participants `)` attr-dict";
}

def WG_MeetOp : WG_Op<"meet", [WG_Collective]> {
  let summary = "comes to a barrier and waits for the others";
  let arguments = (ins WG_BarrierType:$barrier);
  let assemblyFormat = "$barrier attr-dict";
}

def WG_FenceProxyOp : WG_Op<"fence_proxy"> {
  let summary = "orders a thread's writes to shared memory before later "
                "asynchronous reads";
  let description = [{
    Products and copies read shared memory through the asynchronous proxy (PTX
    ISA, "Async proxy"). Written by `wg-insert-proxy-fences` before the barrier
    that publishes the writes.
  }];
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

def WG_AllocOp : WG_Op<"alloc", [MemoryEffects<[MemAlloc]>]> {
  let summary = "a tile in shared memory, for the whole kernel";
  let description = [{
    `offset`, in bytes, is written by `wg-allocate-shared`. With `over` the tile
    takes the place of another one, at `over_offset` bytes into it: the kernel's
    author promises a `wg.sync` between the last use of one and the first use of
    the other. A tile begins at a multiple of the bytes after which its swizzle
    repeats, a dense one of 128 bytes.
  }];
  let arguments = (ins Optional<AnyTypeOf<[WG_SharedType, WG_RingType]>>:$over,
                       OptionalAttr<I64Attr>:$over_offset,
                       OptionalAttr<I64Attr>:$offset);
  let results = (outs AnyTypeOf<[WG_SharedType, WG_RingType]>:$tile);
  let assemblyFormat = [{
    (`over` $over^ `:` type($over))? attr-dict `:` type($tile)
  }];
  let extraClassDeclaration = [{
    /// Bytes of the tile or of all slots of the ring.
    int64_t getBytes();
  }];
  let hasVerifier = 1;
}

def WG_SliceOp : WG_Op<"slice", [Pure]> {
  let summary = "one of equal consecutive parts of a shared tile";
  let description = [{
    Part `position` of a tile that is cut into parts of the type of the result:
    rows of a dense tile, panels of a swizzled one.

    ```mlir
    %row = wg.slice %decay[%i] : !wg.shared<4x64xf32> -> !wg.shared<64xf32>
    ```
  }];
  let arguments = (ins WG_SharedType:$source, Index:$position);
  let results = (outs WG_SharedType:$part);
  let assemblyFormat = "$source `[` $position `]` attr-dict `:` type($source) `->` type($part)";
  let hasVerifier = 1;
}

def WG_ExtractOp : WG_Op<"extract", [MemoryEffects<[MemRead]>]> {
  let summary = "one element of a shared vector of f32, in every thread";
  let arguments = (ins WG_SharedType:$source, Index:$position);
  let results = (outs F32:$element);
  let assemblyFormat = "$source `[` $position `]` attr-dict `:` type($source) `->` type($element)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Register tiles
//===----------------------------------------------------------------------===//

def WG_IotaOp : WG_Op<"iota", [Pure]> {
  let summary = "the numbers 0, 1, 2, ... as a register tile";
  let results = (outs WG_RegisterTile:$tile);
  let assemblyFormat = "attr-dict `:` type($tile)";
  let hasVerifier = 1;
}

def WG_BroadcastOp : WG_Op<"broadcast", [Pure]> {
  let summary = "repeats a vector over the rows or columns of a fragment";
  let description = [{
    A `#wg.rows` vector gives each row its value, a `#wg.columns` vector each
    column. No data moves between threads.
  }];
  let arguments = (ins WG_RegisterTile:$source);
  let results = (outs WG_Fragment:$tile);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($tile)";
  let hasVerifier = 1;
}

def WG_LoadOp : WG_Op<"load", [MemoryEffects<[MemRead]>, WG_Collective]> {
  let summary = "loads a register tile from shared or global memory";
  let description = [{
    With `transpose` the tile is the transpose of what is in memory. A memref
    may be smaller than the tile; the tile is zero outside of it. Fragments come
    from swizzled tiles of 16-bit elements in shared memory, by `ldmatrix`, 16
    columns at a time; vectors from dense ones of f32. What a thread holds of
    consecutive elements of a row of a memref is read at once: two elements of a
    fragment, to which its offset and strides must be aligned.
  }];
  let arguments = (ins AnyTypeOf<[WG_SharedType, AnyMemRef]>:$source,
                       UnitAttr:$transpose);
  let results = (outs WG_RegisterTile:$tile);
  let assemblyFormat = [{
    $source (`transpose` $transpose^)? attr-dict `:` type($source) `->` type($tile)
  }];
  let hasVerifier = 1;
}

def WG_StoreOp : WG_Op<"store", [MemoryEffects<[MemWrite]>, WG_Collective]> {
  let summary = "stores a register tile to shared or global memory";
  let description = [{
    With `transpose` memory gets the transpose of the tile. A memref may be
    smaller than the tile; what lies outside of it is not written. To shared
    memory go fragments of 16-bit elements, by `stmatrix` as for `wg.load`, and
    `#wg.lanes` vectors of f32. `wg.sync` makes a store to shared memory visible
    to the other threads of the warpgroup. Alignment is as for `wg.load`.
  }];
  let arguments = (ins WG_RegisterTile:$tile,
                       AnyTypeOf<[WG_SharedType, AnyMemRef]>:$destination,
                       UnitAttr:$transpose);
  let assemblyFormat = [{
    $tile `,` $destination (`transpose` $transpose^)? attr-dict `:` type($tile) `,` type($destination)
  }];
  let hasVerifier = 1;
}

def WG_CumsumOp : WG_Op<"cumsum", [Pure, SameOperandsAndResultType,
                                   WG_Collective]> {
  let summary = "running sum of a vector over the lanes of a warp";
  let arguments = (ins WG_RegisterTile:$source);
  let results = (outs WG_RegisterTile:$sums);
  let assemblyFormat = "$source attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def WG_SumColumnsOp : WG_Op<"sum_columns", [Pure, WG_Collective]> {
  let summary = "the sum of each row of a fragment";
  let description = "Over the columns that a thread holds, then over its quad.";
  let arguments = (ins WG_Fragment:$source);
  let results = (outs WG_RegisterTile:$sums);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($sums)";
  let hasVerifier = 1;
}

def WG_InvertBlocksOp : WG_Op<"invert_blocks", [
    MemoryEffects<[MemRead, MemWrite]>, WG_Collective,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "inverts I - L for the 16 x 16 diagonal blocks L of one or two fragments";
  let description = [{
    L is strictly lower triangular; what else is in the diagonal blocks is not
    read. A result is block diagonal: outside of the diagonal blocks it is zero.
    By forward substitution in f32, rounded to f16 at the end; each warp inverts
    the blocks in its rows, with a lane for each column, through its part of
    `scratch`. One block has a column for half of the lanes, so that two take
    the time of one.

    A fragment is [64, 64], `scratch` a `!wg.shared<4x336xf32>` for one and a
    `!wg.shared<8x336xf32>` for two.

    ```mlir
    %x:2 = wg.invert_blocks %l, %m scratch(%s : !wg.shared<8x336xf32>)
         : tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
    ```
  }];
  let arguments = (ins Variadic<WG_Fragment>:$sources, WG_SharedType:$scratch);
  let results = (outs Variadic<WG_Fragment>:$inverses);
  let assemblyFormat = "$sources `scratch` `(` $scratch `:` type($scratch) `)` attr-dict `:` type($sources)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The type of the scratch for so many fragments.
    static SharedType getScratchType(MLIRContext *context, int64_t count);
    /// Floats of the scratch for each warp and fragment: 16 columns of 20, whose
    /// first is 16 banks from that of the next.
    static constexpr int64_t scratchFloats = 336;
  }];
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

def WG_MmaOp : WG_Op<"mma", [MemoryEffects<[MemRead, MemWrite]>,
                             WG_Collective]> {
  let summary = "a product of tiles on the tensor cores, asynchronously";
  let description = [{
    accumulator + a * b, without the accumulator a * b, with a [64, K] and
    b [K, N]; the accumulator and the result are f32. `a` is a fragment or a
    shared tile, `b` a shared tile, both of bf16 or f16 and with a swizzle of
    128 bytes. With `transpose_b` the tile in memory is [N, K]; `transpose_a`
    likewise, in shared memory only.

    One group of `wgmma` (PTX ISA, "wgmma.mma_async"): the registers are fenced
    before it and the group is committed after it. Shared operands must have
    been published by a barrier; they may not be overwritten before the product
    has been waited for. On chips without `wgmma` each warp multiplies its 16
    rows by `mma.sync`, and is done with them before it goes on.

    ```mlir
    %u = wg.mma %p, %inverse transpose_b
        : tensor<64x64xbf16, #wg.fragment>, !wg.shared<64x64xbf16, swizzle = 128>
        -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
    ```
  }];
  let arguments = (ins AnyTypeOf<[WG_Fragment, WG_SharedType]>:$a,
                       WG_SharedType:$b, Optional<WG_Fragment>:$accumulator,
                       UnitAttr:$transpose_a, UnitAttr:$transpose_b);
  let results = (outs WG_PendingType:$result);
  let assemblyFormat = [{
    $a (`transpose_a` $transpose_a^)? `,` $b (`transpose_b` $transpose_b^)?
    (`onto` $accumulator^ `:` type($accumulator))? attr-dict `:` type($a) `,` type($b)
    `->` type($result)
  }];
  let hasVerifier = 1;
}

def WG_WaitOp : WG_Op<"wait", [MemoryEffects<[MemRead, MemWrite]>,
                               WG_Collective]> {
  let summary = "waits for products";
  let description = [{
    Waits until at most the last `newer` products of this warpgroup are still
    under way, and gives the tiles of the named ones, which must not be among
    these.
  }];
  let arguments = (ins Variadic<WG_PendingType>:$products,
                       DefaultValuedAttr<I64Attr, "0">:$newer);
  let results = (outs Variadic<WG_Fragment>:$tiles);
  let assemblyFormat = "$products (`newer` `(` $newer^ `)`)? attr-dict `:` type($products) `->` type($tiles)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

def WG_CopyOp : WG_Op<"copy", [MemoryEffects<[MemRead, MemWrite]>,
                               WG_ByOneThread]> {
  let summary = "copies a box of a tensor, or consecutive bytes, into a tile";
  let description = [{
    By one thread; the barrier counts the bytes as they arrive. A box is given
    by the indices of its first element, outermost dimension first; what lies
    outside of the tensor arrives as zeros. Without indices the source is a
    memref of consecutive elements, of the tile's shape and copied as they are
    whatever its swizzle; its address and size are multiples of 16 bytes.
  }];
  let arguments = (ins AnyTypeOf<[WG_TensorMapType, AnyMemRef]>:$source,
                       Variadic<Index>:$indices, WG_SharedType:$tile,
                       WG_MBarrierType:$barrier);
  let assemblyFormat = [{
    $source `[` $indices `]` `,` $tile `,` $barrier attr-dict `:` type($source) `,` type($tile)
  }];
  let hasVerifier = 1;
}

def WG_CopyOutOp : WG_Op<"copy_out", [MemoryEffects<[MemRead, MemWrite]>,
                                      WG_ByOneThread]> {
  let summary = "copies a tile to a box of a tensor, or to consecutive bytes";
  let description = [{
    By one thread, and after a `wg.sync` that published the tile. The tile may
    be overwritten after `wg.wait_copies_out` by the same thread. What lies
    outside of the tensor is not written. A memref is as for `wg.copy`.
  }];
  let arguments = (ins WG_SharedType:$tile,
                       AnyTypeOf<[WG_TensorMapType, AnyMemRef]>:$destination,
                       Variadic<Index>:$indices);
  let assemblyFormat = [{
    $tile `,` $destination `[` $indices `]` attr-dict `:` type($tile) `,` type($destination)
  }];
  let hasVerifier = 1;
}

def WG_FillOp : WG_Op<"fill", [MemoryEffects<[MemRead, MemWrite]>,
                               WG_Collective]> {
  let summary = "copies global memory into a tile, by the threads of a warpgroup";
  let description = [{
    For what a copy of a box cannot do: a memref may have fewer rows than the
    tile, whose other rows become zero. 16 bytes at a time, to which the rows of
    the memref are aligned. `wg.sync` makes the tile visible, as after a store.
  }];
  let arguments = (ins AnyMemRef:$source, WG_SharedType:$tile);
  let assemblyFormat = "$source `,` $tile attr-dict `:` type($source) `,` type($tile)";
  let hasVerifier = 1;
}

def WG_DrainOp : WG_Op<"drain", [MemoryEffects<[MemRead, MemWrite]>,
                                 WG_Collective]> {
  let summary = "copies a tile to global memory, by the threads of a warpgroup";
  let description = [{
    The inverse of `wg.fill`, after a `wg.sync` that published the tile. Rows
    outside of the memref are not written.
  }];
  let arguments = (ins WG_SharedType:$tile, AnyMemRef:$destination);
  let assemblyFormat = "$tile `,` $destination attr-dict `:` type($tile) `,` type($destination)";
  let hasVerifier = 1;
}

def WG_WaitCopiesOutOp : WG_Op<"wait_copies_out"> {
  let summary = "waits until this thread's copies out have read their tiles";
  let description = "With `done` until they have also been written.";
  let arguments = (ins UnitAttr:$done);
  let assemblyFormat = "(`done` $done^)? attr-dict";
}

//===----------------------------------------------------------------------===//
// Copies by threads, for chips without copies by one thread
//===----------------------------------------------------------------------===//

def WG_TensorBoxOp : WG_Op<"tensor_box", [Pure]> {
  let summary = "a tensor that stands for a tensor map in its kernel";
  let description = [{
    In place of the tensor map that the host would encode, for kernels whose
    copies are those of `wg-copies-to-threads`. `box` is what one copy moves:
    one element of each dimension but two, the rows of a tile and, in the last
    dimension, its columns, a panel at a time.

    ```mlir
    %map = wg.tensor_box %k box [1, 64, 1, 64]
        : memref<?x?x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>
    ```
  }];
  let arguments = (ins AnyMemRef:$tensor, DenseI64ArrayAttr:$box);
  let results = (outs WG_TensorMapType:$map);
  let assemblyFormat = "$tensor `box` $box attr-dict `:` type($tensor)";
  let hasVerifier = 1;
}

def WG_CopyByThreadsOp : WG_Op<"copy_by_threads",
                               [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "a copy into a tile by all threads of a warpgroup";
  let description = [{
    Each thread copies a part, 16 bytes at a time, asynchronously (PTX ISA,
    "cp.async"); `wg.mbarrier_arrive_copies` says when it has arrived. A box is
    given by the indices of its first element; the rows of the tile go along
    dimension `rows`, its columns along the last one, and what lies outside of
    the tensor becomes zero. All of its addresses are multiples of 16 bytes.
    Without indices the source is a memref of consecutive elements.
  }];
  let arguments = (ins AnyMemRef:$source, Variadic<Index>:$indices,
                       OptionalAttr<I64Attr>:$rows, WG_SharedType:$tile);
  let assemblyFormat = [{
    $source `[` $indices `]` (`rows` `(` $rows^ `)`)? `,` $tile attr-dict `:` type($source) `,` type($tile)
  }];
  let hasVerifier = 1;
}

def WG_CopyOutByThreadsOp : WG_Op<"copy_out_by_threads",
                                  [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "a copy of a tile to memory by all threads of a warpgroup";
  let description = [{
    As `wg.copy_by_threads`, but not asynchronous: a thread is done with its
    part of the tile afterwards. What lies outside of the tensor is not written.
  }];
  let arguments = (ins WG_SharedType:$tile, AnyMemRef:$destination,
                       Variadic<Index>:$indices, OptionalAttr<I64Attr>:$rows);
  let assemblyFormat = [{
    $tile `,` $destination `[` $indices `]` (`rows` `(` $rows^ `)`)? attr-dict `:` type($tile) `,` type($destination)
  }];
  let hasVerifier = 1;
}

def WG_WaitCopiesByThreadsOp : WG_Op<"wait_copies_by_threads"> {
  let summary = "waits until this thread's copies have arrived";
  let assemblyFormat = "attr-dict";
}

def WG_MBarrierArriveCopiesOp : WG_Op<"mbarrier_arrive_copies"> {
  let summary = "each thread arrives, once its copies so far have";
  let description = [{
    Does not wait (PTX ISA, "cp.async.mbarrier.arrive.noinc").
  }];
  let arguments = (ins WG_MBarrierType:$barrier);
  let assemblyFormat = "$barrier attr-dict";
}

//===----------------------------------------------------------------------===//
// Rings
//===----------------------------------------------------------------------===//

def WG_RingOp : WG_Op<"ring", [MemoryEffects<[MemAlloc]>, WG_InKernelBody]> {
  let summary = "a ring of slots in shared memory";
  let description = [{
    One thread fills slots and whole warps empty them. Use i of the ring is slot
    i modulo the number of slots. `consumers` is the number of warpgroups that
    release each use: all that take it. A ring whose slots are used once each
    needs no release.
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$consumers);
  let results = (outs WG_RingType:$ring);
  let assemblyFormat = "`consumers` `(` $consumers `)` attr-dict `:` type($ring)";
  let hasVerifier = 1;
}

def WG_AcquireOp : WG_Op<"acquire", [MemoryEffects<[MemRead, MemWrite]>,
                                     WG_ByOneThread]> {
  let summary = "waits until a slot is empty; by one thread";
  let description = [{
    Gives the barrier to copy with and the tiles of the slot, each of which must
    be filled by copies, except for those whose numbers are in `filled`: these
    the threads of the warpgroup have filled since `wg.claim`.
  }];
  let arguments = (ins WG_RingType:$ring, Index:$use,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$filled);
  let results = (outs WG_MBarrierType:$barrier, Variadic<WG_SharedType>:$tiles);
  let assemblyFormat = "$ring `[` $use `]` attr-dict `:` type($ring) `->` type($tiles)";
  let hasVerifier = 1;
}

def WG_ClaimOp : WG_Op<"claim", [MemoryEffects<[MemRead, MemWrite]>,
                                 WG_Collective]> {
  let summary = "waits until a slot is empty; by a warpgroup that fills tiles";
  let description = [{
    For tiles that threads fill and not copies. After a `wg.sync` one of the
    threads acquires the same use and says which tiles are filled.

    Where one thread has acquired the uses before, a `wg.sync` has to come
    before the claim too: a barrier only tells phases of even and odd number
    apart, and the other threads have not waited for the earlier ones.
  }];
  let arguments = (ins WG_RingType:$ring, Index:$use);
  let results = (outs Variadic<WG_SharedType>:$tiles);
  let assemblyFormat = "$ring `[` $use `]` attr-dict `:` type($ring) `->` type($tiles)";
  let hasVerifier = 1;
}

def WG_TakeOp : WG_Op<"take", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits until a slot is full";
  let arguments = (ins WG_RingType:$ring, Index:$use);
  let results = (outs Variadic<WG_SharedType>:$tiles);
  let assemblyFormat = "$ring `[` $use `]` attr-dict `:` type($ring) `->` type($tiles)";
  let hasVerifier = 1;
}

def WG_ReleaseOp : WG_Op<"release", [MemoryEffects<[MemRead, MemWrite]>,
                                     WG_Collective]> {
  let summary = "gives a slot back to the producer";
  let arguments = (ins WG_RingType:$ring, Index:$use);
  let assemblyFormat = "$ring `[` $use `]` attr-dict `:` type($ring)";
}

//===----------------------------------------------------------------------===//
// What rings are lowered to
//===----------------------------------------------------------------------===//

def WG_SlotOp : WG_Op<"slot", [Pure]> {
  let summary = "a tile of a slot";
  let description = [{
    The tile number `tile` of the types of the ring, in slot `slot`.
  }];
  let arguments = (ins WG_RingType:$ring, Index:$slot, I64Attr:$tile);
  let results = (outs WG_SharedType:$result);
  let assemblyFormat = "$ring `[` $slot `]` `tile` `(` $tile `)` attr-dict `:` type($ring) `->` type($result)";
  let hasVerifier = 1;
}

def WG_MBarrierAllocOp : WG_Op<"mbarrier_alloc", [MemoryEffects<[MemAlloc]>,
                                                  WG_InKernelBody]> {
  let summary = "barriers in shared memory, ready for use";
  let description = [{
    A phase of each barrier ends after `arrivals` arrivals. Initialized by the
    first thread of the CTA, before a barrier of the CTA.
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$count,
                       ConfinedAttr<I64Attr, [IntPositive, MBarrierCount]>:$arrivals,
                       OptionalAttr<I64Attr>:$offset);
  let results = (outs WG_MBarrierType:$barriers);
  let assemblyFormat = "`count` `(` $count `)` `arrivals` `(` $arrivals `)` attr-dict";
  let hasVerifier = 1;
}

def WG_MBarrierAtOp : WG_Op<"mbarrier_at", [Pure]> {
  let summary = "one of several barriers";
  let arguments = (ins WG_MBarrierType:$barriers, Index:$position);
  let results = (outs WG_MBarrierType:$barrier);
  let assemblyFormat = "$barriers `[` $position `]` attr-dict";
}

def WG_MBarrierExpectOp : WG_Op<"mbarrier_expect", [WG_ByOneThread]> {
  let summary = "arrives, and lets the phase wait for bytes that are copied";
  let description = [{
    Arrives once, or `arrivals` times: for other threads too.
  }];
  let arguments = (ins WG_MBarrierType:$barrier,
                       ConfinedAttr<I64Attr, [IntNonNegative, MBarrierCount]>:$bytes,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive, MBarrierCount]>, "1">:$arrivals);
  let assemblyFormat = "$barrier `bytes` `(` $bytes `)` attr-dict";
}

def WG_MBarrierArriveOp : WG_Op<"mbarrier_arrive", [WG_Collective]> {
  let summary = "one thread of each warp arrives, or each thread";
  let arguments = (ins WG_MBarrierType:$barrier, UnitAttr:$each_thread);
  let assemblyFormat = "$barrier (`each_thread` $each_thread^)? attr-dict";
}

def WG_MBarrierWaitOp : WG_Op<"mbarrier_wait"> {
  let summary = "waits for the end of the phase of this parity";
  let arguments = (ins WG_MBarrierType:$barrier, Index:$parity);
  let assemblyFormat = "$barrier `parity` `(` $parity `)` attr-dict";
  let hasVerifier = 1;
}

#endif // GDR_DIALECT_WG_IR_WGOPS_TD
