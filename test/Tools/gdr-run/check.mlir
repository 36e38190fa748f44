// What --check finds.
//
// RUN: gdr-run %s --function=right --check --dim=N=2,T=3 | FileCheck %s --check-prefix=RIGHT
// RIGHT: right on cpu ({{.+}}): N=2 T=3 HK=1 HV=1 K=2 V=2 f32, state f32 k_first{{$}}
// RIGHT-NEXT: o: relative error {{.*}} (limit 2.0e-06) ok
// RIGHT-NEXT: final_state: relative error {{.*}} (limit 1.0e-06) ok
// RIGHT-NOT: {{.}}

// An error above the limit, by sequence.
// RUN: not gdr-run %s --function=right --check --dim=N=2,T=3 --tolerance-o=0 | FileCheck %s --check-prefix=LIMIT
// LIMIT: o: relative error {{.*}} (limit 0.0e+00) FAILED
// LIMIT-NEXT: sequence 0 (tokens 0 to {{[0-9]}}): {{.*}}e-0
// LIMIT: final_state: relative error {{.*}} ok
// RUN: not gdr-run %s --function=right --check --dim=N=2,T=3 --tolerance-state=0 | FileCheck %s --check-prefix=STATE
// STATE: o: relative error {{.*}} ok
// STATE-NEXT: final_state: relative error {{.*}} (limit 0.0e+00) FAILED

// RUN: not gdr-run %s --function=nan --check --dim=N=2,T=3 | FileCheck %s --check-prefix=NAN
// NAN: o: relative error nan (limit 2.0e-06) FAILED
// NAN-NEXT: element [0, 1, 0, 1] is NaN

// Rows of a pool are kept, and so are inputs.
// RUN: not gdr-run %s --function=input --check --dim=T=3 | FileCheck %s --check-prefix=INPUT
// INPUT: o: relative error {{.*}} ok
// INPUT-NEXT: the call changed element [0, 1, 0, 1] of 'q', which has to keep its contents
// RUN: not gdr-run %s --function=row --check --dim=N=1,P=3,T=3 --seed=1 | FileCheck %s --check-prefix=ROW
// ROW: final_state: relative error {{.*}} ok
// ROW-NEXT: the call changed element [{{[0-2]}}, 0, 1, 1] of 'state', which has to keep its contents

// A snapshot that is not the state after its tokens, and a row that is none.
// RUN: not gdr-run %s --function=snapshot --check --dim=T=5,offset=0 | FileCheck %s --check-prefix=SNAPSHOT
// SNAPSHOT: final_state: relative error {{.*}} ok
// SNAPSHOT-NEXT: snapshots: relative error {{.*}} (limit 1.0e-06) FAILED
// RUN: not gdr-run %s --function=snapshot --check --dim=T=5,offset=1 | FileCheck %s --check-prefix=SNAPSHOT-ROW
// SNAPSHOT-ROW: snapshots: relative error {{.*}} ok
// SNAPSHOT-ROW-NEXT: the call changed element [{{[0-4]}}, 0, 1, 1] of 'snapshots', which has to keep its contents

func.func @right(%q: memref<1x?x1x2xf32>, %k: memref<1x?x1x2xf32>, %v: memref<1x?x1x2xf32>,
                 %state: memref<?x1x2x2xf32>, %cu_seqlens: memref<?xi32>, %o: memref<1x?x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x?x1x2xf32>, memref<1x?x1x2xf32>, memref<1x?x1x2xf32>)
      initial_state(%state : memref<?x1x2x2xf32>) cu_seqlens(%cu_seqlens : memref<?xi32>)
      outs(%o : memref<1x?x1x2xf32>) final_state(%state : memref<?x1x2x2xf32>)
  return
}

func.func @nan(%q: memref<1x?x1x2xf32>, %k: memref<1x?x1x2xf32>, %v: memref<1x?x1x2xf32>,
               %cu_seqlens: memref<?xi32>, %o: memref<1x?x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x?x1x2xf32>, memref<1x?x1x2xf32>, memref<1x?x1x2xf32>)
      cu_seqlens(%cu_seqlens : memref<?xi32>) outs(%o : memref<1x?x1x2xf32>)
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %nan = arith.constant 0x7FC00000 : f32
  memref.store %nan, %o[%c0, %c1, %c0, %c1] : memref<1x?x1x2xf32>
  return
}

func.func @input(%q: memref<1x?x1x2xf32>, %k: memref<1x?x1x2xf32>, %v: memref<1x?x1x2xf32>,
                 %o: memref<1x?x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x?x1x2xf32>, memref<1x?x1x2xf32>, memref<1x?x1x2xf32>)
      outs(%o : memref<1x?x1x2xf32>)
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %two = arith.constant 2.0 : f32
  memref.store %two, %q[%c0, %c1, %c0, %c1] : memref<1x?x1x2xf32>
  return
}

func.func @row(%q: memref<?x?x1x2xf32>, %k: memref<?x?x1x2xf32>, %v: memref<?x?x1x2xf32>,
               %pool: memref<?x1x2x2xf32>, %indices: memref<?xi32>, %o: memref<?x?x1x2xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<?x?x1x2xf32>, memref<?x?x1x2xf32>, memref<?x?x1x2xf32>)
      initial_state(%pool : memref<?x1x2x2xf32>)
      read_indices(%indices : memref<?xi32>) write_indices(%indices : memref<?xi32>)
      outs(%o : memref<?x?x1x2xf32>) final_state(%pool : memref<?x1x2x2xf32>)
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %index = memref.load %indices[%c0] : memref<?xi32>
  %used = arith.index_cast %index : i32 to index
  %next = arith.addi %used, %c1 : index
  %other = arith.remui %next, %c3 : index
  %two = arith.constant 2.0 : f32
  memref.store %two, %pool[%other, %c0, %c1, %c1] : memref<?x1x2x2xf32>
  return
}

func.func @snapshot(%q: memref<1x?x1x2xf32>, %k: memref<1x?x1x2xf32>, %v: memref<1x?x1x2xf32>,
                    %state: memref<1x1x2x2xf32>, %o: memref<1x?x1x2xf32>, %rows: memref<?xi32>,
                    %snapshots: memref<?x1x2x2xf32>, %offset: index {gdr.name = "offset"}) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x?x1x2xf32>, memref<1x?x1x2xf32>, memref<1x?x1x2xf32>)
      initial_state(%state : memref<1x1x2x2xf32>) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : memref<1x?x1x2xf32>) final_state(%state : memref<1x1x2x2xf32>)
      snapshots(%snapshots : memref<?x1x2x2xf32>) {snapshot_every = 2 : i64}
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %index = memref.load %rows[%c0] : memref<?xi32>
  %used = arith.index_cast %index : i32 to index
  %next = arith.addi %used, %offset : index
  %row = arith.remui %next, %c5 : index
  %two = arith.constant 2.0 : f32
  memref.store %two, %snapshots[%row, %c0, %c1, %c1] : memref<?x1x2x2xf32>
  return
}
