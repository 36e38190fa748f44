//===- ScanProgram.h - what the programs of scan share ----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A CTA of scan carries some columns of V of the state of one value head of one
// sequence. Whichever way it computes, one warpgroup loads the chunks into a
// ring, and outputs and states are where they are.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_CHUNKTOWG_SCANPROGRAM_H
#define GDR_CONVERSION_CHUNKTOWG_SCANPROGRAM_H

#include "Kernels.h"
#include "TileBuilder.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"

namespace mlir::gdr {

/// The tiles of one chunk in the order of the rings' types; of the first ring,
/// or of all.
struct ChunkTiles {
  Value k, v, decay, q, inverse, attention;
  explicit ChunkTiles(ArrayRef<Value> tiles)
      : k(tiles[0]), v(tiles[1]), decay(tiles[2]) {
    if (tiles.size() == 3)
      return;
    q = tiles[3];
    inverse = tiles[4];
    attention = tiles[5];
  }
  bool isWhole() const { return static_cast<bool>(q); }
  SmallVector<Value> getValues() const {
    if (isWhole())
      return {k, v, decay, q, inverse, attention};
    return {k, v, decay};
  }
};

/// Rows of decay.
enum Decay { keyIn = 0, keyOut = 1, queryIn = 2, stateDecay = 3 };

class ScanProgram {
protected:
  /// `columns` of V are a CTA's, in panels of `panelColumns`.
  /// With `overlap` the loads wait for prepare.
  ScanProgram(ImplicitLocOpBuilder &b, ChunkScanOp op, const TensorMaps &maps,
              bool overlap, int64_t columns, int64_t panelColumns);

  /// Which columns of V of which head of which sequence.
  void createPosition();
  /// The rings of chunks.
  void createRings(int64_t consumers);
  void createRole(StringRef name, int64_t warpgroups, int64_t registers,
                  llvm::function_ref<void()> fill);
  /// The role that fills the rings.
  void createLoadRole(int64_t registers);
  /// The chunk after one; after the last chunk again that one, whose slot
  /// nobody fills any more.
  Value createNext(Value chunk);
  /// What is in the first ring: all of the chunk, or k, v and decay.
  ChunkTiles createTake(Value chunk);
  /// The same and what is in another ring, if there is one.
  ChunkTiles createTakeOfRest(const ChunkTiles &taken, Value chunk);
  void createRelease(Value chunk);

  template <typename Fill>
  void forEachChunk(Value count, Fill fill) {
    auto loop = scf::ForOp::create(b, t.index(0), count, t.index(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    fill(loop.getInductionVar());
  }

  /// A row of decay in shared memory.
  Value createDecayRow(const ChunkTiles &tiles, Decay row);
  /// exp(G_C) of the chunk.
  Value createStateDecay(const ChunkTiles &tiles);
  Value createScaled(Value tile, Value scalar);

  /// Copies a published tile of outputs, from `column` of V on, to o, if the
  /// chunk is whole.
  void createOutputCopy(Value tile, Value chunk, Value column);
  /// After the last chunk: its outputs, if it is not whole.
  void createOutputTail(llvm::function_ref<Value(Value)> getTile, Value column);

  /// The part of a state from a key and a column on, as it is in memory; less
  /// than the given counts where K and V end.
  Value createStateView(Value states, Value row, int64_t key, int64_t keys,
                        Value column, int64_t columns);
  /// The initial state by its view, f32, or zero.
  Value createInitialState(RankedTensorType type, bool transposed,
                           llvm::function_ref<Value(Value, Value)> createView);
  void createFinalState(Value tile, bool transposed,
                        llvm::function_ref<Value(Value, Value)> createView);
  /// Calls `store` with the row of snapshots for the state after a chunk, where
  /// that is one. Nothing may be under way.
  void createSnapshot(Value chunk, llvm::function_ref<void(Value row)> store);
  void createStateStore(Value tile, Value states, Value row, bool transposed,
                        llvm::function_ref<Value(Value, Value)> createView);
  bool isKFirst() { return op.getStateLayout() == StateLayout::KFirst; }
  bool isPacked() { return static_cast<bool>(op.getCuSeqlens()); }

  ImplicitLocOpBuilder &b;
  ChunkScanOp op;
  TensorMaps maps;
  wg::TileBuilder t;
  SequenceBuilder sequences;
  Type element, f32;
  /// K in whole panels of 64, which copies fill with zeros behind K.
  int64_t paddedKeyDim;
  bool overlap;
  int64_t columns, panelColumns;
  // Of the CTA.
  Value valueHead, keyHead, firstColumn, firstSlot, chunks;
  Value wholeChunks; // behind whose tokens no other sequence may begin
  Sequence sequence;
  SmallVector<Value> rings;

private:
  Value createFirstToken(Value chunk);
  Value createChunkOf(Value memref, Value chunk);
  Value createTokensOf(Value memref, Value chunk, Value head, Value column,
                       int64_t width);
  OpFoldResult createClipped(Value position, int64_t count, int64_t all);
  void createCopies(Value chunk, ArrayRef<int64_t> filled);
  void createWaitForPrepareIfZero(Value count);
  void createIfTail(llvm::function_ref<void(Value)> create);
  void createTailLoad(Value chunk);
  Value createTailTokens(Value chunk);
};

/// Tiles of the programs in shared memory, beside the rings.
SmallVector<wg::SharedType> getRegisterScanTiles(ChunkScanOp op,
                                                 int64_t columns);
SmallVector<wg::SharedType> getSplitScanTiles(ChunkScanOp op);

/// The programs, by what holds the state.
void createRegisterScan(ImplicitLocOpBuilder &b, ChunkScanOp op,
                        const TensorMaps &maps, bool overlap, int64_t columns);
void createSplitScan(ImplicitLocOpBuilder &b, ChunkScanOp op,
                     const TensorMaps &maps, bool overlap);

} // namespace mlir::gdr

#endif // GDR_CONVERSION_CHUNKTOWG_SCANPROGRAM_H
