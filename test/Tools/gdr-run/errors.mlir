// What is wrong with the input is one sentence that names it.
//
// RUN: not gdr-run %t.missing.mlir 2>&1 | FileCheck %s --check-prefix=NO-FILE
// NO-FILE: gdr-run: error: cannot open input file '{{.*}}.missing.mlir': No such file or directory

// RUN: echo 'func.func @f(' | not gdr-run - 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: <stdin>:1:14: error:

// RUN: echo 'module {}' | not gdr-run - 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: expected a public function in the module

// RUN: not gdr-run %s 2>&1 | FileCheck %s --check-prefix=TWO
// TWO: error: the module has 4 functions (dynamic, two_rules, computed, carried): choose one with --function=NAME

// RUN: not gdr-run %s --function=other 2>&1 | FileCheck %s --check-prefix=FUNCTION
// FUNCTION: error: --function=other: expected a public function of the module, one of dynamic, two_rules, no_rule, computed

// RUN: not gdr-run %s --function=dynamic 2>&1 | FileCheck %s --check-prefix=DIM
// DIM: error: dimension 2 of 'q' is dynamic: give its size with --dim=HK=...

// RUN: not gdr-run %s --function=dynamic --dim=HK=1,HV=1,K=2,V=2,X=7 2>&1 | FileCheck %s --check-prefix=UNUSED-DIM
// UNUSED-DIM: error: --dim=X=7: expected the name of a dynamic dimension or index argument, one of B, HK, HV, K, T, V

// RUN: not gdr-run %s --function=two_rules --dim=T=2 2>&1 | FileCheck %s --check-prefix=STATIC-DIM
// STATIC-DIM: error: --dim=T=2: expected the name of a dynamic dimension or index argument

// RUN: not gdr-run %s --dim=T 2>&1 | FileCheck %s --check-prefix=DIM-SYNTAX
// DIM-SYNTAX: error: --dim=T: expected NAME=SIZE with a size that is not negative

// RUN: not gdr-run %s --input=q 2>&1 | FileCheck %s --check-prefix=INPUT-SYNTAX
// INPUT-SYNTAX: error: --input=q: expected NAME=FILE

// RUN: not gdr-run %s --threads=-1 2>&1 | FileCheck %s --check-prefix=THREADS
// THREADS: error: --threads=-1: expected at least 0

// RUN: not gdr-run %s --target=tpu 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: Cannot find option named 'tpu'

// RUN: not gdr-run %s --check --function=two_rules 2>&1 | FileCheck %s --check-prefix=CHECK-TWO
// RUN: not gdr-run %s --check --function=no_rule 2>&1 | FileCheck %s --check-prefix=CHECK-TWO
// CHECK-TWO: error: --check needs exactly one gdr.gated_delta_rule in the function

// RUN: not gdr-run %s --check --function=computed 2>&1 | FileCheck %s --check-prefix=CHECK-COMPUTED
// CHECK-COMPUTED: error: --check cannot follow operand 'q' of the gated_delta_rule to an argument of the function

// RUN: not gdr-run %s --check --steps=3 --function=dynamic --dim=HK=1,HV=1,K=2,V=2 2>&1 | FileCheck %s --check-prefix=STEPS
// STEPS: error: --steps needs operands 'initial_state' and 'final_state' of the same shape

// RUN: not gdr-run %s --steps=3 2>&1 | FileCheck %s --check-prefix=STEPS-CHECK
// STEPS-CHECK: error: --steps needs --check

// RUN: not gdr-run %s --check --steps=3 --split=2 2>&1 | FileCheck %s --check-prefix=STEPS-SPLIT
// STEPS-SPLIT: error: --steps and --split exclude each other

// RUN: not gdr-run %s --check --split=2 --function=carried --dim=B=2,T=5 2>&1 | FileCheck %s --check-prefix=SPLIT-STRIDES
// SPLIT-STRIDES: error: --split needs dynamic strides or B = 1, got type memref<?x?x1x2xf32> of 'q'

// RUN: not gdr-run %s --check --split=2,6 --function=carried --dim=B=1,T=5 2>&1 | FileCheck %s --check-prefix=SPLIT
// SPLIT: error: --split=6: expected a token from 0 to T = 5

// RUN: not gdr-run %s --function=no_rule --input=arg0=%t.missing.npy 2>&1 | FileCheck %s --check-prefix=NO-NPY
// NO-NPY: error: cannot read {{.*}}.missing.npy for 'arg0': No such file or directory

// RUN: not gdr-run %s --function=no_rule --input=q=%t.missing.npy 2>&1 | FileCheck %s --check-prefix=NO-ARGUMENT
// NO-ARGUMENT: error: --input=q={{.*}}: expected a tensor argument of the function, one of arg0, arg1

// RUN: not gdr-run %s --function=no_rule --output=o=%t.npy 2>&1 | FileCheck %s --check-prefix=NO-OUTPUT
// NO-OUTPUT: error: --output=o={{.*}}: expected a tensor argument or result of the function

// RUN: not gdr-run %s --function=no_rule --output=arg0=%t.missing/a.npy 2>&1 | FileCheck %s --check-prefix=BAD-OUTPUT
// BAD-OUTPUT: error: cannot write {{.*}}.missing/a.npy: No such file or directory

func.func @dynamic(%q: memref<?x?x?x?xf32>, %k: memref<?x?x?x?xf32>, %v: memref<?x?x?x?xf32>,
                   %o: memref<?x?x?x?xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>, memref<?x?x?x?xf32>)
      outs(%o : memref<?x?x?x?xf32>)
  return
}

func.func @two_rules(%q: memref<1x1x1x2xf32>, %o: memref<1x1x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<1x1x1x2xf32>, memref<1x1x1x2xf32>, memref<1x1x1x2xf32>)
      outs(%o : memref<1x1x1x2xf32>)
  gdr.gated_delta_rule ins(%q, %q, %q : memref<1x1x1x2xf32>, memref<1x1x1x2xf32>, memref<1x1x1x2xf32>)
      outs(%o : memref<1x1x1x2xf32>)
  return
}

func.func @no_rule(%from: memref<2xf32>, %to: memref<2xf32>) {
  memref.copy %from, %to : memref<2xf32> to memref<2xf32>
  return
}

func.func @computed(%k: memref<1x1x1x2xf32>, %o: memref<1x1x1x2xf32>) {
  %q = memref.alloc() : memref<1x1x1x2xf32>
  memref.copy %k, %q : memref<1x1x1x2xf32> to memref<1x1x1x2xf32>
  gdr.gated_delta_rule ins(%q, %k, %k : memref<1x1x1x2xf32>, memref<1x1x1x2xf32>, memref<1x1x1x2xf32>)
      outs(%o : memref<1x1x1x2xf32>)
  memref.dealloc %q : memref<1x1x1x2xf32>
  return
}

func.func @carried(%q: memref<?x?x1x2xf32>, %state: memref<?x1x2x2xf32>, %o: memref<?x?x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<?x?x1x2xf32>, memref<?x?x1x2xf32>, memref<?x?x1x2xf32>)
      initial_state(%state : memref<?x1x2x2xf32>)
      outs(%o : memref<?x?x1x2xf32>) final_state(%state : memref<?x1x2x2xf32>)
  return
}
