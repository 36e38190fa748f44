/* What the stub compiler gives: a library with the entry points of two
 * functions. */
#include <stdint.h>

struct gdr_args_header;

int32_t decode(const struct gdr_args_header *args) { return args ? 1 : 17; }
int64_t decode_workspace_size(const struct gdr_args_header *args) {
  return args ? 1 : 18;
}
const char decode_description[] = "{}";
int32_t decode_load(int32_t device) { return device; }

int32_t prefill(const struct gdr_args_header *args) { return args ? 1 : 19; }
int64_t prefill_workspace_size(const struct gdr_args_header *args) {
  return args ? 1 : 20;
}
const char prefill_description[] = "{}";
int32_t prefill_load(int32_t device) { return device; }
