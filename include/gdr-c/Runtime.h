/*===- Runtime.h - C ABI of emitted objects and libgdr_runtime ----*- C -*-===*\
 *
 * Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * What an object emitted by `gdr-opt --emit=object`, the program that calls it
 * and libgdr_runtime agree on. For a function `decode` the object defines
 *
 *   int32_t decode(const struct decode_args *args);
 *   int64_t decode_workspace_size(const struct decode_args *args);
 *   int32_t decode_load(int32_t device);
 *   const char decode_description[];
 *
 * and `gdr-opt --emit=header` writes their declarations. The description is
 * that of `gdr-opt --emit=description`, for callers that learn only from it
what
 * the function takes. Callers need only the
 * first part of this file; the second part is for the emitted code.
 *
\*===----------------------------------------------------------------------===*/

#ifndef GDR_C_RUNTIME_H
#define GDR_C_RUNTIME_H

#include <dlpack/dlpack.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when the layout of a struct below changes in a way that an older
 * object or an older runtime would misread. A new function does not change it:
 * the linker says that an older runtime lacks the function. */
#define GDR_ABI_VERSION 2

/* What an entry point returns; gdr_last_error() has the sentence. */
enum gdr_status {
  GDR_OK = 0,
  /* A tensor or a field of the argument struct is not what the function was
   * compiled for. Nothing was launched. */
  GDR_INVALID_ARGUMENT = 1,
  /* There is no CUDA driver, or no device of the given number. */
  GDR_NO_DEVICE = 2,
  /* The object holds no kernel that runs on the device. */
  GDR_NO_IMAGE = 3,
  /* The CUDA driver refused a call. */
  GDR_DRIVER_ERROR = 4,
  /* The object was emitted for another version of this ABI. */
  GDR_ABI_MISMATCH = 5,
  /* The compiler refused the module; the sentence is the compiler's. */
  GDR_COMPILE_ERROR = 6,
  /* A function is neither in the cache nor is there a compiler to make it. */
  GDR_NO_COMPILER = 7,
  /* A file or directory could not be read or written. */
  GDR_IO_ERROR = 8
};

/* The sentence that belongs to the last failed call in this thread, "" if no
 * call failed yet. It stays valid until this thread's next failed call. */
const char *gdr_last_error(void);

/* Flags of the argument struct. */
enum gdr_call_flags {
  /* The caller grants programmatic dependent launch: the kernel may start, and
   * read the state, while the previous kernel in the stream still runs. Only
   * correct if no kernel since the last launch without this grant, that one
   * included, has written the state.
   * It has an effect only on kernels compiled with the op's attribute
   * `programmatic_dependent_launch` for compute capability 9.0 or later. */
  GDR_PROGRAMMATIC_DEPENDENT_LAUNCH = 1,
  /* `workspace` points to a gdr_workspace_source instead, which is asked for
   * the workspace after the arguments are checked, if the call needs one: a
   * caller with an allocator need not call name_workspace_size() first. */
  GDR_WORKSPACE_FROM_SOURCE = 2
};

/* Hands out the workspace of one call. */
typedef struct gdr_workspace_source {
  /* Returns the address of that many bytes, 256-aligned, which live until the
   * call has ended in its stream; or NULL, which fails the call. */
  void *(*allocate)(void *context, size_t bytes);
  void *context;
} gdr_workspace_source;

/* Every `struct name_args` begins with these fields. One slot of eight bytes a
 * function argument follows: `const DLTensor *` for a tensor (NULL if it is
 * optional and absent), `int64_t` for an index or integer, `double` for a
 * float. Slots beyond `size` count as zero, so a struct can grow at its end. */
struct gdr_args_header {
  size_t size;     /* sizeof(struct name_args) */
  uint64_t flags;  /* gdr_call_flags */
  void *stream;    /* CUstream; NULL is the legacy default stream */
  void *workspace; /* at least name_workspace_size() bytes, 256-aligned; or a
                      const gdr_workspace_source * (gdr_call_flags) */
  size_t workspace_bytes; /* size of the workspace */
};

/* Calls body(context, i) once for every i in [0, n), in any order and possibly
 * at the same time, and returns when all have returned. */
typedef void (*gdr_parallel_body)(void *context, int64_t i);
typedef void (*gdr_parallel_for_fn)(gdr_parallel_body body, void *context,
                                    int64_t n);

/* CPU code runs its parallel loops through this. The default splits the range
 * over a pool with one thread a core. */
void gdr_parallel_for(gdr_parallel_body body, void *context, int64_t n);

/* Replaces the implementation, so that a host program's own threads do the
 * work; NULL restores the default. Not while a parallel loop runs. */
void gdr_set_parallel_for(gdr_parallel_for_fn implementation);

/* Number of threads of the default implementation, the calling one included;
 * 0 restores one a core. Not while a parallel loop runs. */
void gdr_set_num_threads(int32_t num_threads);

/* Path of the CUDA driver library, instead of libcuda.so.1. Before the first
 * call that needs the driver; returns GDR_INVALID_ARGUMENT afterwards. */
int32_t gdr_set_driver_library(const char *path);

/*===----------------------------------------------------------------------===*\
 * For emitted code. All fields are 64 bits wide, so that a table is a plain
 * array of integers and pointers without padding.
\*===----------------------------------------------------------------------===*/

#define GDR_MAX_RANK 6

enum gdr_argument_kind {
  GDR_ARGUMENT_TENSOR = 0,
  GDR_ARGUMENT_INTEGER = 1,
  GDR_ARGUMENT_FLOAT = 2
};

/* A size or stride that the type leaves open. */
#define GDR_DYNAMIC INT64_MIN
/* A stride that must be the product of the sizes of the dimensions within. */
#define GDR_CONTIGUOUS (INT64_MIN + 1)

/* What is required of one argument. A dynamic size with a symbol must equal
 * the symbol's value plus `symbol_offsets`; the first argument that names a
 * symbol defines its value. */
typedef struct gdr_argument {
  int64_t kind;      /* gdr_argument_kind */
  int64_t type_code; /* DLDataTypeCode */
  int64_t type_bits;
  int64_t rank;
  int64_t alignment; /* bytes, a power of two; of the first element, and of
                        every stride over a dimension of more than one element,
                        the last dimension's excepted */
  int64_t sizes[GDR_MAX_RANK];   /* in elements, or GDR_DYNAMIC */
  int64_t symbols[GDR_MAX_RANK]; /* index into symbol_names, or -1 */
  int64_t symbol_offsets[GDR_MAX_RANK];
  /* In elements, or GDR_DYNAMIC, or GDR_CONTIGUOUS. Free over dimensions of one
   * element and in tensors without elements. */
  int64_t strides[GDR_MAX_RANK];
} gdr_argument;

enum gdr_image_kind { GDR_IMAGE_CUBIN = 0, GDR_IMAGE_PTX = 1 };

/* Kernels of a function for one chip: all of them, or one of several images of
 * the same kind for the same chip that each have one. A cubin runs on devices
 * of the same major version and at least the same minor version, unless it is
 * specific to its architecture (the "a" of sm_90a): then on this version alone.
 * PTX that is not specific runs on every later device. */
typedef struct gdr_image {
  int64_t kind;               /* gdr_image_kind */
  int64_t compute_capability; /* 10 * major + minor */
  int64_t architecture_specific;
  const void *data;
  int64_t size;
  int64_t kernel; /* the number of the only kernel in it, or -1 */
} gdr_image;

/* One call of an entry point; passed through the host code to gdr_launch. */
typedef struct gdr_call gdr_call;

/* A compiled function: a constant of the emitted object. Chips whose kernels
 * differ in more than their machine code have a variant of the function each,
 * with kernels and host code of its own; `next` links them. Arguments, symbols
 * and state are those of the first. A device gets the variant that has the best
 * image for it. */
typedef struct gdr_function {
  int64_t abi_version; /* GDR_ABI_VERSION */
  int64_t device_type; /* DLDeviceType of every tensor argument */
  const char *name;
  int64_t num_arguments;
  const gdr_argument *arguments;
  const char *argument_names; /* each ends in a NUL byte */
  int64_t num_symbols;
  const char *symbol_names; /* each ends in a NUL byte */
  int64_t num_kernels;
  const char *kernel_names; /* each ends in a NUL byte */
  int64_t num_images;
  const gdr_image *images;
  /* The host code. arguments[i] points to a memref descriptor (allocated
   * pointer, aligned pointer, offset, sizes, strides), an int64_t or a double.
   */
  void (*host)(gdr_call *call, void *const *arguments);
  /* Bytes of workspace that a call with these arguments needs, or NULL. */
  int64_t (*workspace_size)(void *const *arguments);
  void **state; /* owned by the runtime; points to NULL in a new object */
  const struct gdr_function *next; /* the next variant, or NULL */
} gdr_function;

/* The bodies of name, name_workspace_size (negative on error) and name_load.
 * The workspace is large enough for every variant, so that its size needs no
 * device. */
int32_t gdr_invoke(const gdr_function *function,
                   const struct gdr_args_header *args);
int64_t gdr_workspace_size(const gdr_function *function,
                           const struct gdr_args_header *args);
int32_t gdr_load(const gdr_function *function, int32_t device);

/* The workspace of the call: at least the function's workspace_size() bytes. */
void *gdr_call_workspace(gdr_call *call);

#define GDR_MAX_TENSOR_MAP_RANK 5

/* What a tensor map describes: a tensor, as in a memref descriptor, and the box
 * of it that one copy moves. Dimensions are in the order of the memref. */
typedef struct gdr_tensor_map {
  int64_t argument;    /* number of the argument that it is in, or -1 */
  int64_t type_code;   /* DLDataTypeCode: kDLFloat or kDLBfloat */
  int64_t type_bits;   /* 16 or 32 */
  int64_t rank;        /* from 1 */
  int64_t swizzle;     /* 0, 32, 64 or 128 bytes */
  const void *address; /* of the first element */
  int64_t sizes[GDR_MAX_TENSOR_MAP_RANK];   /* in elements */
  int64_t strides[GDR_MAX_TENSOR_MAP_RANK]; /* in elements; the last is 1 */
  int64_t box[GDR_MAX_TENSOR_MAP_RANK];     /* in elements */
} gdr_tensor_map;

#define GDR_TENSOR_MAP_BYTES 128
#define GDR_TENSOR_MAP_ALIGNMENT 128

/* Whether boxes of the tensor can be copied: its address and its strides are
 * multiples of 16 bytes. 0 or 1. Strides over dimensions of one element and of
 * tensors without elements do not matter, nor do the swizzle and the box. */
int64_t gdr_fits_boxes(gdr_call *call, const gdr_tensor_map *description);

/* A failure of the call, as in gdr_launch, unless gdr_fits_boxes is 1; for
 * kernels that copy boxes of the tensor without a tensor map. */
void gdr_expect_boxes(gdr_call *call, const gdr_tensor_map *description);

/* Fills the GDR_TENSOR_MAP_BYTES bytes at `map`, which a launch then passes by
 * value. What lies outside of the tensor is read as zero and not written. A
 * tensor that has no map is a failure of the call, as in gdr_launch. */
void gdr_encode_tensor_map(gdr_call *call, void *map,
                           const gdr_tensor_map *description);

enum gdr_launch_flags {
  /* The kernel waits with griddepcontrol before it reads its other inputs. */
  GDR_LAUNCH_WAITS_FOR_DEPENDENCY = 1,
  /* The kernel waits with griddepcontrol before it reads what earlier launches
   * of the same call write, or writes what they read, so that it may start
   * while the previous one runs. Needs no grant from the caller. Without effect
   * on the first launch of a call, and after a launch that the caller's grant
   * let overlap what is before the call. */
  GDR_LAUNCH_OVERLAPS_PREVIOUS = 2,
  /* The kernel waits with griddepcontrol before it does anything else, so that
   * it may always start before what is before it in the stream has ended. */
  GDR_LAUNCH_WAITS_AT_START = 4
};

/* Launches kernel number `kernel` of the function. A grid with an empty
 * dimension launches nothing. After a failure, further launches of the same
 * call do nothing and the entry point returns the first status. */
void gdr_launch(gdr_call *call, int64_t kernel, int64_t grid_x, int64_t grid_y,
                int64_t grid_z, int64_t block_x, int64_t block_y,
                int64_t block_z, int64_t shared_bytes, int64_t flags,
                void **parameters);

#ifdef __cplusplus
}
#endif

#endif /* GDR_C_RUNTIME_H */
