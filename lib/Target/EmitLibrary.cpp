//===- EmitLibrary.cpp - shared libraries ---------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Links the host object with lld, in this process, so that no linker need be
// installed where kernels are compiled on demand. The libraries that the result
// needs need not be there either: stubs with their names stand in for them.
// The names alone let a process that has loaded libgdr_runtime.so, from
// wherever, resolve them.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Emit.h"

#include "TemporaryFile.h"
#include "lld/Common/Driver.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/InterfaceStub/ELFObjHandler.h"
#include "llvm/InterfaceStub/IFSStub.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace mlir;
using namespace mlir::gdr;

// What a library needs, by the names that the loader knows it by.
static constexpr StringLiteral neededNames[] = {"libgdr_runtime.so",
                                                "libm.so.6", "libc.so.6"};

// Writes a shared library without contents, for the same machine as `object`.
static llvm::Error writeStub(StringRef path, StringRef name, StringRef object) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
      llvm::object::ObjectFile::createELFObjectFile({object, "object"});
  if (!file)
    return file.takeError();
  auto &elf = cast<llvm::object::ELFObjectFileBase>(**file);
  llvm::ifs::IFSStub stub;
  stub.SoName = name.str();
  stub.Target.Arch = elf.getEMachine();
  stub.Target.BitWidth = elf.is64Bit() ? llvm::ifs::IFSBitWidthType::IFS64
                                       : llvm::ifs::IFSBitWidthType::IFS32;
  stub.Target.Endianness = elf.isLittleEndian()
                               ? llvm::ifs::IFSEndiannessType::Little
                               : llvm::ifs::IFSEndiannessType::Big;
  return llvm::ifs::writeBinaryStub(path, stub);
}

// Runs lld, which keeps its state in global variables: one link at a time.
static llvm::Error runLinker(ArrayRef<const char *> arguments) {
  static std::mutex mutex;
  static bool isBroken = false;
  std::lock_guard<std::mutex> lock(mutex);
  if (isBroken)
    return llvm::createStringError(
        "the linker failed before and cannot run again in this process");
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  // Without it, a fatal error of the linker would end the process.
  llvm::CrashRecoveryContext::Enable();
  lld::Result result =
      lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  llvm::CrashRecoveryContext::Disable();
  isBroken = !result.canRunAgain;
  if (result.retCode == 0)
    return llvm::Error::success();
  return llvm::createStringError("the linker failed: " +
                                 StringRef(messages).trim());
}

static llvm::Expected<std::string> link(StringRef object) {
  TemporaryFile input, output;
  TemporaryFile stubs[std::size(neededNames)];
  if (llvm::Error error = input.create("o"))
    return error;
  if (llvm::Error error = output.create("so"))
    return error;
  if (llvm::Error error = writeFile(input.path, object))
    return error;
  SmallVector<const char *> arguments = {
      // One thread: lld's pool would outlive the call.
      "ld.lld", "-shared", "--threads=1",
      // References to its own entry points stay within the library.
      "-Bsymbolic", "--hash-style=gnu", "--strip-all", "-znow", "-o",
      output.path.c_str(), input.path.c_str()};
  for (auto [stub, name] : llvm::zip_equal(stubs, neededNames)) {
    if (llvm::Error error = stub.create("so"))
      return error;
    if (llvm::Error error = writeStub(stub.path, name, object))
      return error;
    arguments.push_back(stub.path.c_str());
  }
  if (llvm::Error error = runLinker(arguments))
    return error;
  return readFile(output.path);
}

LogicalResult mlir::gdr::emitLibrary(ModuleOp module, raw_ostream &os) {
  std::string object;
  llvm::raw_string_ostream stream(object);
  if (failed(emitObject(module, stream)))
    return failure();
  llvm::Expected<std::string> library = link(object);
  if (!library)
    return module.emitError(llvm::toString(library.takeError()));
  os << *library;
  return success();
}
