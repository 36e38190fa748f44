// RUN: gdr-opt %s --gdr-compile=chip=sm_90a --emit=ptx | FileCheck %s --check-prefix=PTX
// PTX:     .target sm_90a
// PTX:     .visible .entry decode_recurrent(
// PTX:     .visible .entry decode_recurrent_narrow(
// PTX-NOT: .entry

// RUN: gdr-opt %s --gdr-compile --emit=header -o %t.decode-step.h
// RUN: FileCheck %s --check-prefix=HEADER --input-file=%t.decode-step.h
// HEADER:      #ifndef [[GUARD:GDR_[A-Z0-9_]*DECODE_STEP_H]]
// HEADER-NEXT: #define [[GUARD]]
// HEADER:      struct decode_args {
// HEADER-NEXT:   size_t size;
// HEADER:        const DLTensor *q; /* bf16 [B, 1, 2, 64] */
// HEADER-NEXT:   const DLTensor *v; /* bf16 [B, 1, 4, 64] */
// HEADER-NEXT:   const DLTensor *state; /* f32 [B, 4, 64, 64] */
// HEADER-NEXT:   int64_t n; /* index */
// HEADER-NEXT:   double arg4; /* f32 */
// HEADER-NEXT:   const DLTensor *o; /* bf16 [B, 1, 4, 64] */
// HEADER-NEXT: };
// HEADER:      int32_t decode(const struct decode_args *args);
// HEADER:      int64_t decode_workspace_size(const struct decode_args *args);
// HEADER:      int32_t decode_load(int32_t device);
// HEADER:      #endif /* [[GUARD]] */

// It is C. (A stand-in for Runtime.h's types.)
// RUN: sed 's|#include <gdr-c/Runtime.h>|#include <stddef.h>\n#include <stdint.h>\ntypedef struct DLTensor DLTensor;|' %t.decode-step.h > %t.c
// RUN: %cc -fsyntax-only -Wall -Wextra -Werror -x c %t.c
// RUN: %cc -fsyntax-only -Wall -Wextra -Werror -x c++ %t.c

// RUN: gdr-opt %s --gdr-compile=target=cpu --emit=object -o %t.cpu.o
// RUN: llvm-nm %t.cpu.o | FileCheck %s --check-prefixes=SYMBOLS,CPU-SYMBOLS
// CPU-SYMBOLS-NOT: gdr_launch
// SYMBOLS-DAG: T decode
// SYMBOLS-DAG: T decode_load
// SYMBOLS-DAG: T decode_workspace_size
// SYMBOLS-DAG: U gdr_invoke
// CPU-SYMBOLS-DAG: U gdr_parallel_for

// RUN: gdr-opt %s --gdr-compile --emit=mlir | FileCheck %s --check-prefix=MODULE
// MODULE: gpu.module @decode_kernels

// Nothing is written on an error, and what was there stays.
// RUN: rm -f %t.none
// RUN: not gdr-opt %s --gdr-compile=chip=sm_1 --emit=ptx -o %t.none 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not ls %t.none
// CHIP: error: expected a chip among sm_80, {{.*}}, got 'sm_1'
// RUN: not gdr-opt %s --gdr-compile --emit=cubin --ptxas=/nonexistent -o %t.none 2>&1 | FileCheck %s --check-prefix=PTXAS
// RUN: not ls %t.none
// RUN: not gdr-opt %s --gdr-compile --emit=object --ptxas=/nonexistent -o %t.none 2>&1 | FileCheck %s --check-prefix=PTXAS
// RUN: not ls %t.none
// PTXAS: error: expected an executable ptxas, got '/nonexistent'
// RUN: echo before > %t.kept
// RUN: not gdr-opt %s --gdr-compile=chip=sm_1 --emit=object -o %t.kept
// RUN: FileCheck %s --check-prefix=KEPT --input-file=%t.kept
// KEPT: before
// RUN: not gdr-opt %s --gdr-compile --emit=ptx -o %t.missing/out.ptx 2>&1 | FileCheck %s --check-prefix=DIRECTORY
// DIRECTORY: error: could not write '{{.*}}out.ptx'
// RUN: not gdr-opt %s --split-input-file --gdr-compile --emit=object -o %t.none 2>&1 | FileCheck %s --check-prefix=SPLIT
// SPLIT: error: expected one module to emit, got --split-input-file; leave it out, or compile the parts one by one
// RUN: not gdr-opt %t.nonexistent.mlir --gdr-compile --emit=ptx 2>&1 | FileCheck %s --check-prefix=INPUT
// INPUT: error: cannot open input file '{{.*}}.nonexistent.mlir'

// PTX is of one function for one chip.
// RUN: not gdr-opt %S/Inputs/two-functions.mlir --gdr-compile --emit=ptx -o %t.none 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not gdr-opt %s --gdr-compile=chip=sm_80,sm_90a --emit=ptx -o %t.none 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not ls %t.none
// TWO: error: expected the kernels of one function for one chip, got 2; emit a fatbin or an object instead
// RUN: not gdr-opt %s --gdr-compile=target=cpu --emit=ptx -o %t.none 2>&1 | FileCheck %s --check-prefix=NO-KERNELS
// RUN: not ls %t.none
// NO-KERNELS: error: expected at least one kernel, got none

// What no pipeline has compiled has nothing to emit.
// RUN: not gdr-opt %s --emit=ptx -o %t.none 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// RUN: not gdr-opt %s --emit=cubin -o %t.none 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// RUN: not gdr-opt %s --emit=fatbin -o %t.none 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// RUN: not gdr-opt %s --emit=object -o %t.none 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// RUN: not gdr-opt %s --emit=header -o %t.none 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// RUN: echo | not gdr-opt --gdr-compile --emit=header -o %t.none 2>&1 | FileCheck %s --check-prefix=NOT-COMPILED
// RUN: not ls %t.none
// NOT-COMPILED:     error: expected functions that --gdr-compile has compiled, got none
// NOT-COMPILED-NOT: error:

// A header has all functions.
// RUN: gdr-opt %S/Inputs/two-functions.mlir --gdr-compile --emit=header | FileCheck %s --check-prefix=TWO-HEADER
// TWO-HEADER: int32_t first(
// TWO-HEADER: int32_t second(

func.func @decode(
    %q: tensor<?x1x2x64xbf16>, %v: tensor<?x1x4x64xbf16>, %s: tensor<?x4x64x64xf32>,
    %n: index {gdr.name = "n"}, %f: f32)
    -> (tensor<?x1x4x64xbf16>, tensor<?x4x64x64xf32>) {
  %c0 = arith.constant 0 : index
  %b = tensor.dim %q, %c0 : tensor<?x1x2x64xbf16>
  %empty = tensor.empty(%b) : tensor<?x1x4x64xbf16>
  %0:2 = gdr.gated_delta_rule
      ins(%q, %q, %v : tensor<?x1x2x64xbf16>, tensor<?x1x2x64xbf16>, tensor<?x1x4x64xbf16>)
      initial_state(%s : tensor<?x4x64x64xf32>)
      outs(%empty : tensor<?x1x4x64xbf16>) final_state(%s : tensor<?x4x64x64xf32>)
      -> tensor<?x1x4x64xbf16>, tensor<?x4x64x64xf32>
  return %0#0, %0#1 : tensor<?x1x4x64xbf16>, tensor<?x4x64x64xf32>
}
