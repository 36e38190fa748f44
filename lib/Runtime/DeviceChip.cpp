//===- DeviceChip.cpp - the chip to compile for ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CacheABI.h"
#include "CudaDriver.h"
#include "Error.h"

using namespace gdr::runtime;

namespace {
struct DeviceChip {
  int computeCapability; // 10 * major + minor
  /// For this version alone, with instructions that no other has; or null.
  const char *specific;
  /// For later minor versions too; or null.
  const char *general;
};
} // namespace

static constexpr DeviceChip chips[] = {
    {80, nullptr, "sm_80"},     {86, nullptr, "sm_86"},
    {89, nullptr, "sm_89"},     {90, "sm_90a", "sm_90"},
    {100, "sm_100a", "sm_100"}, {103, "sm_103a", nullptr},
    {120, "sm_120a", "sm_120"}, {121, "sm_121a", nullptr}};

static const char *getChip(int computeCapability) {
  const char *best = nullptr;
  for (const DeviceChip &chip : chips) {
    if (chip.computeCapability == computeCapability)
      return chip.specific ? chip.specific : chip.general;
    if (chip.computeCapability / 10 == computeCapability / 10 &&
        chip.computeCapability < computeCapability && chip.general)
      best = chip.general;
  }
  return best;
}

static int32_t getComputeCapability(int32_t ordinal, int &computeCapability) {
  const CudaDriver *driver;
  if (int32_t status = getCudaDriver(driver))
    return status;
  CUdevice device;
  int major = 0, minor = 0;
  CUresult error = driver->cuDeviceGet(&device, ordinal);
  if (!error)
    error = driver->cuDeviceGetAttribute(
        &major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
  if (!error)
    error = driver->cuDeviceGetAttribute(
        &minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
  if (error)
    return fail(GDR_NO_DEVICE, "device %d: error %d: %s", ordinal, error,
                driver->getErrorString(error));
  computeCapability = 10 * major + minor;
  return GDR_OK;
}

const char *gdr_device_chip(int32_t device) {
  int computeCapability;
  if (getComputeCapability(device, computeCapability))
    return nullptr;
  const char *chip = getChip(computeCapability);
  if (!chip)
    fail(GDR_NO_IMAGE,
         "device %d: expected a compute capability of 8.x, 9.0, 10.x or 12.x, "
         "got %d.%d",
         device, computeCapability / 10, computeCapability % 10);
  return chip;
}
