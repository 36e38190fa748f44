// Times and the file of figures.
//
// RUN: gdr-run %s --check --bench --repeat=3 --threads=1 --seed=7 --json=%t.json | FileCheck %s
// CHECK: rule on cpu
// CHECK: o: relative error {{.*}} ok
// CHECK: final_state: relative error {{.*}} ok
// CHECK: time: {{.*}} us, {{.*}} GB/s; floor at the {{.*}} GB/s of a copy: {{.*}} us, {{.*}} of it
// RUN: FileCheck %s --check-prefix=JSON < %t.json
// JSON: "bench": {
// JSON-NEXT: "bytes": 33424,
// JSON-NEXT: "bytes_per_second": {{[0-9.e+]+}},
// JSON-NEXT: "copy_bytes_per_second": {{[0-9.e+]+}},
// JSON-NEXT: "floor_seconds": {{[0-9.e-]+}},
// JSON-NEXT: "repeats": 3,
// JSON-NEXT: "seconds": {{[0-9.e-]+}}
// JSON: "device": "{{.+}}",
// JSON: "final_state": {
// JSON: "function": "rule",
// JSON: "o": {
// JSON-NEXT: "error": {{[0-9.e-]+}},
// JSON-NEXT: "limit": {{[0-9.e-]+}},
// JSON-NEXT: "ok": true
// JSON: "ok": true,
// JSON: "seed": 7,
// JSON: "sizes": {
// JSON-NEXT: "B": 1,
// JSON: "state_layout": "v_first",
// JSON: "target": "cpu",

// A function without a rule: all arguments are moved.
// RUN: gdr-run %s --function=copy --bench --repeat=2 --json=%t.copy.json | FileCheck %s --check-prefix=COPY
// COPY: copy on cpu ({{.+}}): arg0 8xf32 arg1 8xf32
// COPY-NEXT: time: {{.*}} us
// RUN: FileCheck %s --check-prefix=COPY-JSON < %t.copy.json
// COPY-JSON: "bytes": 64,

// Bytes: 64 each of q and k, 256 of v and o, 8 of g and beta, and twice the 16 KiB of the state.
func.func @rule(%q: memref<1x1x1x32xbf16>, %k: memref<1x1x1x32xbf16>, %v: memref<1x1x2x64xbf16>,
                %g: memref<1x1x2xf32>, %beta: memref<1x1x2xf32>, %state: memref<1x2x64x32xf32>,
                %o: memref<1x1x2x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : memref<1x1x1x32xbf16>, memref<1x1x1x32xbf16>, memref<1x1x2x64xbf16>)
      gate(%g : memref<1x1x2xf32>) beta(%beta : memref<1x1x2xf32>)
      initial_state(%state : memref<1x2x64x32xf32>)
      outs(%o : memref<1x1x2x64xbf16>) final_state(%state : memref<1x2x64x32xf32>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

func.func @copy(%from: memref<8xf32>, %to: memref<8xf32>) {
  memref.copy %from, %to : memref<8xf32> to memref<8xf32>
  return
}
