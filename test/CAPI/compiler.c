/* The compiler from C: what it gives, and that nothing that it is given ends
 * the process.
 *
 * RUN: %cc -std=c11 -Wall -Wextra -pedantic -Werror -I%gdr_src_root/include %s -L%gdr_obj_root/lib -lgdr_compiler -Wl,-rpath,%gdr_obj_root/lib -pthread -o %t
 * RUN: %t %gdr_src_root/examples/decode.mlir | FileCheck %s
 *
 * It exports what its header declares, and nothing else.
 * RUN: llvm-nm -D --defined-only %gdr_obj_root/lib/libgdr_compiler.so | FileCheck %s --check-prefix=EXPORTS
 * EXPORTS-NOT: {{ [A-Z] }}
 * EXPORTS: T gdr_compilation_destroy
 * EXPORTS-NEXT: T gdr_compile
 * EXPORTS-NEXT: T gdr_compiler_chips
 * EXPORTS-NEXT: T gdr_compiler_version
 * EXPORTS-NEXT: T gdr_emit
 * EXPORTS-NOT: {{ [A-Z] }}
 */
#include "gdr-c/Compiler.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(void *context, const gdr_diagnostic *diagnostic) {
  static const char *const names[] = {"error", "warning", "remark", "note"};
  printf("%s: %d:%d: %s: %s\n", (const char *)context, diagnostic->line,
         diagnostic->column, names[diagnostic->severity], diagnostic->message);
}

static gdr_compilation *compile(const char *name, const char *text,
                                const char *chips, const char *options) {
  gdr_compile_request request = {.size = sizeof(request)};
  request.text = text;
  request.chips = chips;
  request.options = options;
  request.diagnose = print;
  request.diagnose_context = (void *)name;
  return gdr_compile(&request);
}

static void emit(gdr_compilation *compilation, const char *name, int32_t kind) {
  const char *data = NULL;
  size_t size = 0;
  int32_t status = gdr_emit(compilation, kind, &data, &size);
  if (status) {
    printf("%s: status %d\n", name, status);
    return;
  }
  int is_binary = memcmp(data, "\177ELF", 4) == 0;
  const char *end = strchr(data, '\n');
  printf("%s: %s\n", name, is_binary ? "ELF" : end ? "text" : "nothing");
  if (!is_binary && strlen(data) != size)
    printf("expected a NUL byte after the text\n");
}

static void refuse(const char *name, const char *text, const char *chips,
                   const char *options) {
  gdr_compilation *compilation = compile(name, text, chips, options);
  if (!compilation)
    return;
  printf("%s: compiled\n", name);
  gdr_compilation_destroy(compilation);
}

static char *read_file(const char *path) {
  static char text[1 << 16];
  FILE *file = fopen(path, "rb");
  if (!file || !fread(text, 1, sizeof(text) - 1, file))
    exit(1);
  fclose(file);
  return text;
}

static void *compile_in_thread(void *text) {
  const char *data;
  size_t size;
  gdr_compilation *compilation =
      compile("thread", (const char *)text, "cpu", NULL);
  intptr_t failed =
      !compilation || gdr_emit(compilation, GDR_EMIT_LIBRARY, &data, &size);
  gdr_compilation_destroy(compilation);
  return (void *)failed;
}

static void compile_in_threads(char *text) {
  enum { COUNT = 4 };
  pthread_t threads[COUNT];
  intptr_t failures = 0;
  for (int i = 0; i < COUNT; ++i)
    pthread_create(&threads[i], NULL, compile_in_thread, text);
  for (int i = 0; i < COUNT; ++i) {
    void *failed;
    pthread_join(threads[i], &failed);
    failures += (intptr_t)failed;
  }
  printf("threads: %d failures\n", (int)failures);
}

static const char unknown_mnemonic[] =
    "func.func @f(%a: memref<4xf32>) { return }\n"
    "llvm.func @g() {\n"
    "  llvm.inline_asm has_side_effects \"nonsense %eax\", \"\" : () -> ()\n"
    "  llvm.return\n"
    "}\n";

/* An instruction that the processors that objects are for do not have. */
static const char unselectable[] =
    "func.func @f(%a: memref<4xf32>) { return }\n"
    "llvm.func @g(%a: vector<16xf32>, %m: i16) -> vector<16xf32> {\n"
    "  %0 = llvm.call_intrinsic \"llvm.x86.avx512.rsqrt14.ps.512\"(%a, %a, %m)"
    " : (vector<16xf32>, vector<16xf32>, i16) -> vector<16xf32>\n"
    "  llvm.return %0 : vector<16xf32>\n"
    "}\n";

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  setvbuf(stdout, NULL, _IONBF, 0);
  char *text = read_file(argv[1]);
  printf("version %s\n", gdr_compiler_version());
  printf("chips %s\n", gdr_compiler_chips());
  /* CHECK: version 0.{{[0-9.]+}}+{{[0-9a-f]+}}
   * CHECK: chips sm_80,{{.*}}sm_90a
   */

  gdr_compilation *compilation = compile("cuda", text, "sm_90a", NULL);
  emit(compilation, "ptx", GDR_EMIT_PTX);
  emit(compilation, "header", GDR_EMIT_HEADER);
  emit(compilation, "description", GDR_EMIT_DESCRIPTION);
  emit(compilation, "mlir", GDR_EMIT_MLIR);
  emit(compilation, "ptx again", GDR_EMIT_PTX);
  emit(compilation, "kind", 17);
  emit(compilation, "kind", -1);
  gdr_compilation_destroy(compilation);
  /* CHECK-NEXT: ptx: text
   * CHECK-NEXT: header: text
   * CHECK-NEXT: description: text
   * CHECK-NEXT: mlir: text
   * CHECK-NEXT: ptx again: text
   * CHECK-NEXT: cuda: 0:0: error: expected a gdr_emit_kind, got 17
   * CHECK-NEXT: kind: status 1
   * CHECK-NEXT: cuda: 0:0: error: expected a gdr_emit_kind, got -1
   * CHECK-NEXT: kind: status 1
   */

  compilation = compile("cpu", text, "cpu", NULL);
  emit(compilation, "object", GDR_EMIT_OBJECT);
  emit(compilation, "library", GDR_EMIT_LIBRARY);
  emit(compilation, "cubin", GDR_EMIT_CUBIN);
  emit(compilation, "library again", GDR_EMIT_LIBRARY);
  gdr_compilation_destroy(compilation);
  /* CHECK-NEXT: object: ELF
   * CHECK-NEXT: library: ELF
   * CHECK-NEXT: cpu: {{[0-9]+}}:{{[0-9]+}}: error: expected at least one kernel, got none
   * CHECK-NEXT: cubin: status 1
   * CHECK-NEXT: library again: ELF
   */

  compilation = compile("two", text, "sm_80,sm_90a", "sm-count=8");
  emit(compilation, "two", GDR_EMIT_PTX);
  gdr_compilation_destroy(compilation);
  /* CHECK-NEXT: two: {{.*}} error: expected the kernels of one function for one chip, got 2; emit a fatbin or an object instead
   * CHECK-NEXT: two: status 1
   */

  gdr_compile_request request = {.size = sizeof(request)};
  request.text = text;
  request.chips = "sm_90a";
  request.ptxas = "/nonexistent";
  request.diagnose = print;
  request.diagnose_context = "ptxas";
  compilation = gdr_compile(&request);
  emit(compilation, "ptxas", GDR_EMIT_LIBRARY);
  gdr_compilation_destroy(compilation);
  /* CHECK-NEXT: ptxas: {{.*}} error: expected an executable ptxas, got '/nonexistent'
   * CHECK-NEXT: ptxas: status 1
   */

  /* Nobody listens. */
  request.diagnose = NULL;
  request.text = "nonsense";
  printf("silent: %d\n", gdr_compile(&request) != NULL);
  printf("none: %d\n", gdr_compile(NULL) != NULL);
  gdr_compilation_destroy(NULL);
  /* CHECK-NEXT: silent: 0
   * CHECK-NEXT: none: 0
   */

  refuse("no text", NULL, "cpu", NULL);
  refuse("no chip", text, NULL, NULL);
  refuse("chip", text, "sm_1", NULL);
  refuse("mixed", text, "sm_90a,cpu", NULL);
  refuse("comma", text, "sm_90a,", NULL);
  refuse("option", text, "cpu", "color=red");
  refuse("number", text, "cpu", "sm-count=red");
  refuse("brace", text, "cpu", "schedule={");
  refuse("twice", text, "cpu", "chip=sm_80");
  refuse("target", text, "sm_90a", "target=cpu");
  refuse("schedule", text, "sm_90a", "schedule=#gdr.schedule<lanes=3>");
  /* CHECK-NEXT: no text: 0:0: error: expected a module, got no text
   * CHECK-NEXT: no chip: 0:0: error: expected the name of a chip, or cpu
   * CHECK-NEXT: chip: 0:0: error: expected a chip among sm_80, {{.*}}, got 'sm_1'
   * CHECK-NEXT: mixed: 0:0: error: {{.*}}, got 'cpu'; compile for the CPU apart
   * CHECK-NEXT: comma: 0:0: error: expected a chip among {{.*}}, got ''
   * CHECK-NEXT: option: 0:0: error: expected options of --gdr-compile, got 'color=red'
   * CHECK-NEXT: number: 0:0: error: expected options of --gdr-compile, got 'sm-count=red'
   * CHECK: brace: {{.*}} error:
   * CHECK: twice: 0:0: error: expected options without chip and target, which the request has a field for, got 'chip=sm_80'
   * CHECK-NEXT: target: 0:0: error: expected options without chip and target, which the request has a field for, got 'target=cpu'
   * CHECK-NEXT: schedule: {{.*}} error:
   */

  refuse("syntax", "func.func @f(", "cpu", NULL);
  refuse("dialect", "func.func @f() { \"none.such\"() : () -> ()\n return }",
         "cpu", NULL);
  refuse("bytes", "\001\002\377\376", "cpu", NULL);
  refuse("call",
         "func.func private @g()\n"
         "func.func @f() { func.call @g() : () -> ()\n return }",
         "cpu", NULL);
  /* CHECK: syntax: 1:{{[0-9]+}}: error:
   * CHECK: dialect: {{.*}} error:
   * CHECK: bytes: {{.*}} error:
   * CHECK: call: 2:{{[0-9]+}}: error: {{.*}} expected functions that call no other
   */

  /* The parser recurses. */
  static char deep[1000001];
  memset(deep, '[', sizeof(deep) - 1);
  refuse("deep", deep, "cpu", NULL);
  memcpy(deep, "\"\"\"//\n->", 8);
  refuse("deeper", deep, "cpu", NULL);
  /* CHECK: deep: 0:0: error: expected at most 256 brackets within each other, got 1000000
   * CHECK-NEXT: deeper: 0:0: error: expected at most 256 brackets
   */

  compilation = compile("assembly", unknown_mnemonic, "cpu", NULL);
  emit(compilation, "assembly", GDR_EMIT_LIBRARY);
  emit(compilation, "assembly", GDR_EMIT_HEADER);
  gdr_compilation_destroy(compilation);
  /* CHECK: assembly: {{.*}} error: {{.*}}invalid instruction mnemonic 'nonsense'
   * CHECK: assembly: status 1
   * CHECK-NEXT: assembly: text
   */

  compilation = compile("select", unselectable, "cpu", NULL);
  emit(compilation, "select", GDR_EMIT_LIBRARY);
  emit(compilation, "select", GDR_EMIT_HEADER);
  gdr_compilation_destroy(compilation);
  /* CHECK-NEXT: select: {{.*}} error: LLVM's backend gave up: {{.+}}
   * CHECK-NEXT: select: status 1
   * CHECK-NEXT: select: text
   */

  compile_in_threads(text);
  /* CHECK-NEXT: threads: 0 failures
   */
  return 0;
}
