//===- Invoke.cpp - the bodies of the entry points ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// gdr_invoke checks the arguments, makes the device's context current, runs the
// host code and puts the caller's context back. Once a function is loaded this
// takes no lock and allocates nothing.
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"
#include "Call.h"
#include "Device.h"
#include "Error.h"

#include <algorithm>

using namespace gdr::runtime;

static constexpr uintptr_t workspaceAlignment = 256;

// The bytes that every variant can do with.
static int64_t getWorkspaceSize(const gdr_function &function,
                                BoundArguments &bound) {
  int64_t most = 0;
  for (const gdr_function *variant = &function; variant;
       variant = variant->next)
    if (variant->workspace_size)
      most = std::max(most, variant->workspace_size(bound.pointers));
  return most;
}

static int32_t takeFromSource(const gdr_args_header &args, int64_t needed,
                              void *&workspace) {
  const auto *source =
      static_cast<const gdr_workspace_source *>(args.workspace);
  if (!source || !source->allocate)
    return fail(GDR_INVALID_ARGUMENT,
                "argument 'workspace': expected a gdr_workspace_source, got "
                "%s",
                source ? "one without a function" : "NULL");
  workspace = source->allocate(source->context, needed);
  if (!workspace)
    return fail(GDR_INVALID_ARGUMENT,
                "argument 'workspace': expected %" PRId64
                " bytes from its source, got NULL",
                needed);
  return GDR_OK;
}

static int32_t takeWorkspace(const gdr_function &function,
                             const gdr_args_header &args, BoundArguments &bound,
                             void *&workspace) {
  bool hasSource = args.flags & GDR_WORKSPACE_FROM_SOURCE;
  workspace = hasSource ? nullptr : args.workspace;
  int64_t needed = getWorkspaceSize(function, bound);
  if (needed == 0)
    return GDR_OK;
  if (hasSource) {
    if (int32_t status = takeFromSource(args, needed, workspace))
      return status;
  } else if (!workspace) {
    return fail(GDR_INVALID_ARGUMENT,
                "argument 'workspace' is missing: expected %" PRId64 " bytes",
                needed);
  } else if (args.workspace_bytes < static_cast<uint64_t>(needed)) {
    return fail(GDR_INVALID_ARGUMENT,
                "argument 'workspace': expected at least %" PRId64
                " bytes, got %zu",
                needed, args.workspace_bytes);
  }
  auto address = reinterpret_cast<uintptr_t>(workspace);
  if (address % workspaceAlignment != 0)
    return fail(GDR_INVALID_ARGUMENT,
                "argument 'workspace': expected a multiple of %zu bytes, got "
                "address 0x%" PRIxPTR,
                static_cast<size_t>(workspaceAlignment), address);
  return GDR_OK;
}

static int32_t invokeOnDevice(gdr_call &call, BoundArguments &bound) {
  if (int32_t status =
          getLoadedFunction(*call.function, bound.device, call.loaded))
    return status;
  ScopedContext scope(*call.loaded->driver);
  if (int32_t status = scope.enter(call.loaded->context))
    return status;
  call.function = call.loaded->variant;
  call.function->host(&call, bound.pointers);
  return call.status;
}

int32_t gdr_invoke(const gdr_function *function, const gdr_args_header *args) {
  if (int32_t status = checkVersion(*function))
    return status;
  BoundArguments bound;
  if (int32_t status = bindArguments(*function, args, bound))
    return status;
  gdr_call call{function, args, nullptr, nullptr, GDR_OK, false};
  if (int32_t status = takeWorkspace(*function, *args, bound, call.workspace))
    return status;
  if (function->device_type == kDLCUDA)
    return invokeOnDevice(call, bound);
  function->host(&call, bound.pointers);
  return call.status;
}

int64_t gdr_workspace_size(const gdr_function *function,
                           const gdr_args_header *args) {
  if (int32_t status = checkVersion(*function))
    return -status;
  BoundArguments bound;
  if (int32_t status = bindArguments(*function, args, bound))
    return -status;
  return getWorkspaceSize(*function, bound);
}

void *gdr_call_workspace(gdr_call *call) { return call->workspace; }
