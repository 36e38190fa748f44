// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-recurrent-to-gpu

// Schedules that fit no GPU, and operands where kernels cannot reach them.

!x = memref<1x1x1x256xf32>
func.func @registers(%q: !x, %o: !x) {
  // expected-error @below {{expected a schedule with at most 192 elements of the state a thread, got 2048; use more lanes or fewer columns}}
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 1, columns = 8, warps = 1>}
  return
}

// -----

!x = memref<1x1x1x256xf32>
func.func @shared_memory(%q: !x, %o: !x) {
  // expected-error @below {{expected a schedule with at most 49152 bytes of shared memory a block, got}}
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 1, columns = 16, warps = 1, key_warps = 32>}
  return
}

// -----

!x = memref<1x1x1x64xf32, 3>
func.func @memory_space(%q: !x, %o: !x) {
  // expected-error @below {{expected memrefs in the default memory space, got 'memref<1x1x1x64xf32, 3>'}}
  gdr.recurrent ins(%q, %q, %q : !x, !x, !x) outs(%o : !x)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 1>}
  return
}
