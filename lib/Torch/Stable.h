//===- Stable.h - the part of torch's stable ABI in use ---------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only door to torch: functions of its stable C ABI as of version 2.10.
// They are declared here and not taken from torch's headers, so that nothing of
// torch has to be there when this is built; one library runs under 2.10 and
// every later version, with any Python or none. test_stable.py compares the
// declarations with the headers of a torch that is there.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_STABLE_H
#define GDR_LIB_TORCH_STABLE_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

extern "C" {

/// 0 on success.
using AOTITorchError = int32_t;

struct AtenTensorOpaque;
using AtenTensorHandle = AtenTensorOpaque *;
struct StringOpaque;
using StringHandle = StringOpaque *;
class TorchLibraryOpaque;
using TorchLibraryHandle = TorchLibraryOpaque *;

/// An argument or a result of a boxed kernel. A number or a handle is in its
/// first bytes; of an optional value it is the address of another one, which
/// the receiver deletes, or 0. Handles belong to the receiver.
using StableIValue = uint64_t;

int32_t aoti_torch_device_type_cpu();
int32_t aoti_torch_device_type_cuda();
int32_t aoti_torch_dtype_bfloat16();
int32_t aoti_torch_dtype_float16();
int32_t aoti_torch_dtype_float32();
int32_t aoti_torch_dtype_int32();
int32_t aoti_torch_dtype_int64();
int32_t aoti_torch_dtype_uint8();

AOTITorchError aoti_torch_delete_tensor_object(AtenTensorHandle tensor);
/// Whether it is a tensor and not None.
AOTITorchError aoti_torch_is_defined(AtenTensorHandle tensor, bool *isDefined);
AOTITorchError aoti_torch_get_dim(AtenTensorHandle tensor, int64_t *rank);
AOTITorchError aoti_torch_get_sizes(AtenTensorHandle tensor, int64_t **sizes);
AOTITorchError aoti_torch_get_strides(AtenTensorHandle tensor,
                                      int64_t **strides);
AOTITorchError aoti_torch_get_dtype(AtenTensorHandle tensor, int32_t *dtype);
AOTITorchError aoti_torch_get_device_type(AtenTensorHandle tensor,
                                          int32_t *type);
AOTITorchError aoti_torch_get_device_index(AtenTensorHandle tensor,
                                           int32_t *index);
AOTITorchError torch_get_mutable_data_ptr(AtenTensorHandle tensor, void **data);
AOTITorchError torch_get_const_data_ptr(AtenTensorHandle tensor,
                                        const void **data);
AOTITorchError aoti_torch_empty_strided(int64_t rank, const int64_t *sizes,
                                        const int64_t *strides, int32_t dtype,
                                        int32_t deviceType, int32_t deviceIndex,
                                        AtenTensorHandle *tensor);

AOTITorchError torch_string_length(StringHandle string, size_t *length);
AOTITorchError torch_string_c_str(StringHandle string, const char **data);
AOTITorchError torch_delete_string(StringHandle string);

AOTITorchError aoti_torch_library_init_def(const char *name, const char *file,
                                           uint32_t line,
                                           TorchLibraryHandle *library);
AOTITorchError aoti_torch_library_init_impl(const char *name, const char *key,
                                            const char *file, uint32_t line,
                                            TorchLibraryHandle *library);
AOTITorchError aoti_torch_library_def(TorchLibraryHandle library,
                                      const char *schema);
/// The version says by which rules the kernel reads its stack.
AOTITorchError torch_library_impl(TorchLibraryHandle library, const char *name,
                                  void (*kernel)(StableIValue *, uint64_t,
                                                 uint64_t),
                                  uint64_t version);

bool aoti_torch_grad_mode_is_enabled();

AOTITorchError torch_parallel_for(int64_t begin, int64_t end, int64_t grainSize,
                                  void (*body)(int64_t begin, int64_t end,
                                               void *context),
                                  void *context);

/// In libtorch_cuda, and so absent where torch was built without CUDA.
__attribute__((weak)) AOTITorchError
aoti_torch_get_current_cuda_stream(int32_t device, void **stream);

} // extern "C"

namespace gdr::torch {

/// Version 2.10.
constexpr uint64_t stableVersion = uint64_t(2) << 56 | uint64_t(10) << 48;

[[noreturn]] inline void failInTorch(const char *what) {
  throw std::runtime_error(std::string("torch failed to ") + what);
}

/// A failure of torch's own functions, which do not say more.
inline void check(AOTITorchError status, const char *what) {
  if (__builtin_expect(status != 0, false))
    failInTorch(what);
}

/// A tensor, or none.
class Tensor {
public:
  Tensor() = default;
  explicit Tensor(AtenTensorHandle handle) : handle(handle) {}
  Tensor(Tensor &&other) : handle(std::exchange(other.handle, nullptr)) {}
  Tensor &operator=(Tensor &&other) {
    std::swap(handle, other.handle);
    return *this;
  }
  ~Tensor() {
    if (handle)
      aoti_torch_delete_tensor_object(handle);
  }

  explicit operator bool() const { return handle; }
  AtenTensorHandle get() const { return handle; }
  StableIValue release() {
    return reinterpret_cast<StableIValue>(std::exchange(handle, nullptr));
  }

private:
  AtenTensorHandle handle = nullptr;
};

/// Takes the arguments of a boxed kernel off its stack, in the order of the
/// schema. (What an exception leaves there is lost, as in torch itself.)
class Stack {
public:
  explicit Stack(StableIValue *next) : next(next) {}

  Tensor takeTensor() {
    return Tensor(reinterpret_cast<AtenTensorHandle>(*next++));
  }
  Tensor takeOptionalTensor() {
    auto handle = takeOptional<AtenTensorHandle>();
    return handle ? Tensor(*handle) : Tensor();
  }
  /// A number or a truth value.
  template <typename T>
  T take() {
    return read<T>(*next++);
  }
  template <typename T>
  std::optional<T> takeOptional() {
    auto *value = reinterpret_cast<StableIValue *>(*next++);
    if (!value)
      return std::nullopt;
    T result = read<T>(*value);
    delete value;
    return result;
  }
  std::optional<std::string> takeOptionalString() {
    auto handle = takeOptional<StringHandle>();
    if (!handle)
      return std::nullopt;
    size_t length;
    const char *data;
    check(torch_string_length(*handle, &length), "read a string");
    check(torch_string_c_str(*handle, &data), "read a string");
    std::string result(data, length);
    check(torch_delete_string(*handle), "delete a string");
    return result;
  }

private:
  template <typename T>
  static T read(StableIValue value) {
    static_assert(sizeof(T) <= sizeof(value));
    T result;
    std::memcpy(&result, &value, sizeof(T));
    return result;
  }

  StableIValue *next;
};

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_STABLE_H
