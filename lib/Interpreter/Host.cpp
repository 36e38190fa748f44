//===- Host.cpp - host code and launches ----------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Interpreter/Interpreter.h"

#include "CTA.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::interpreter;

/// What a CTA can have of a GPU with wgmma, unless the launch says how much it
/// gets; PTX ISA, "Shared State Space", and the CUDA C++ programming guide,
/// "compute capability 9.0".
static constexpr int64_t maxSharedBytes = 227 * 1024;

/// Of addresses and strides; CUDA driver API, cuTensorMapEncodeTiled.
static constexpr int64_t tensorMapAlignment = 16;

namespace {

class HostCode : public Evaluator {
private:
  Step execute(Operation *op) override;
  Step launch(gpu::LaunchFuncOp op);
  FailureOr<Launch> createLaunch(gpu::LaunchFuncOp op, gpu::GPUFuncOp kernel);
  Dim3 getDim3(const gpu::KernelDim3 &dims) const {
    return {getInteger(dims.x), getInteger(dims.y), getInteger(dims.z)};
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Tensor maps
//===----------------------------------------------------------------------===//

// Why a tensor has no tensor map, or nothing.
static std::string getProblem(const MemRef &tensor) {
  int64_t bytes = tensor.elementType.getIntOrFloatBitWidth() / 8;
  int64_t first = tensor.begin + tensor.offset * bytes;
  const char *address = tensor.memory->data + first;
  if (reinterpret_cast<uintptr_t>(address) % tensorMapAlignment != 0)
    return "its first element is not at a multiple of 16 bytes";
  int64_t last = first;
  for (auto [size, stride] : llvm::zip(tensor.sizes, tensor.strides)) {
    if (size > 1 && stride != 1 && (stride * bytes) % tensorMapAlignment != 0)
      return "a stride is not a multiple of 16 bytes";
    if (size > 1 && stride < 0)
      return "a stride is negative";
    // No element: the map is not read.
    if (size == 0)
      return "";
    last += (size - 1) * stride * bytes;
  }
  if (first < 0 || last + bytes > tensor.memory->numBytes)
    return "it is not all in its memory";
  return "";
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

static gpu::GPUFuncOp getKernel(gpu::LaunchFuncOp op) {
  return SymbolTable::lookupNearestSymbolFrom<gpu::GPUFuncOp>(
      op, op.getKernelAttr());
}

static bool isTileProgram(gpu::GPUFuncOp kernel) {
  auto isTileOp = [](Operation *op) {
    return isa_and_present<wg::WGDialect>(op->getDialect())
               ? WalkResult::interrupt()
               : WalkResult::advance();
  };
  return kernel && kernel.walk(isTileOp).wasInterrupted();
}

static LogicalResult refuse(gpu::LaunchFuncOp op) {
  return mlir::emitError(op.getLoc())
         << "expected a tile program, got kernel " << op.getKernelAttr()
         << "; only the chunked form of an op becomes tile programs, which "
            "schedule = #gdr.chunked<chunk_size = 64> asks for";
}

// Refuses host code that launches kernels, but no tile program.
static LogicalResult verifyHasTilePrograms(func::FuncOp hostCode) {
  SmallVector<gpu::LaunchFuncOp> launches;
  hostCode.walk([&](gpu::LaunchFuncOp op) { launches.push_back(op); });
  auto isOfTiles = [](gpu::LaunchFuncOp op) {
    return isTileProgram(getKernel(op));
  };
  if (launches.empty() || llvm::any_of(launches, isOfTiles))
    return success();
  return refuse(launches.front());
}

FailureOr<Launch> HostCode::createLaunch(gpu::LaunchFuncOp op,
                                         gpu::GPUFuncOp kernel) {
  auto emit = [&] { return mlir::emitError(op.getLoc()); };
  if (op.getAsyncToken() || op.hasClusterSize())
    return emit() << "expected a launch without clusters and tokens, which the "
                     "interpreter does not know";
  if (!llvm::equal(kernel.getFunctionType().getInputs(),
                   op.getKernelOperands().getTypes()) ||
      kernel.getNumWorkgroupAttributions() != 0 ||
      !kernel.getPrivateAttributions().empty())
    return emit() << "expected kernel '" << kernel.getName()
                  << "' to have the arguments of the launch and nothing else";
  Launch launch{kernel,
                getDim3(op.getGridSizeOperandValues()),
                getDim3(op.getBlockSizeOperandValues()),
                maxSharedBytes,
                {}};
  for (Value operand : op.getKernelOperands())
    launch.arguments.push_back(get(operand));
  if (Value bytes = op.getDynamicSharedMemorySize())
    launch.sharedBytes = getInteger(bytes);
  if (launch.block[0] < wg::warpgroupThreads ||
      launch.block[0] % wg::warpgroupThreads != 0 || launch.block[1] != 1 ||
      launch.block[2] != 1)
    return emit() << "expected blocks of whole warpgroups of "
                  << wg::warpgroupThreads << " threads, got ["
                  << ArrayRef<int64_t>(launch.block) << "]";
  if (auto known = kernel.getKnownBlockSize();
      known && (*known)[0] != launch.block[0])
    return emit() << "expected blocks of the kernel's " << (*known)[0]
                  << " threads, got " << launch.block[0];
  return launch;
}

Step HostCode::launch(gpu::LaunchFuncOp op) {
  gpu::GPUFuncOp kernel = getKernel(op);
  if (!isTileProgram(kernel))
    return getStep(refuse(op));
  FailureOr<Launch> launch = createLaunch(op, kernel);
  if (failed(launch))
    return Step::Failed;
  const auto &[x, y, z] = launch->grid;
  for (Dim3 id = {0, 0, 0}; id[2] < z; ++id[2])
    for (id[1] = 0; id[1] < y; ++id[1])
      for (id[0] = 0; id[0] < x; ++id[0])
        if (failed(CTA(*launch, id).run()))
          return Step::Failed;
  return Step::Done;
}

//===----------------------------------------------------------------------===//
// HostCode
//===----------------------------------------------------------------------===//

Step HostCode::execute(Operation *op) {
  return TypeSwitch<Operation *, Step>(op)
      .Case([&](gpu::LaunchFuncOp launchOp) { return launch(launchOp); })
      .Case([&](EncodeTensorMapOp encode) {
        const auto &tensor = getAs<MemRef>(encode.getTensor());
        if (!isa<wg::TensorMapType>(encode.getMap().getType()))
          return fail(op, "expected a map of type !wg.tensor_map");
        if (std::string problem = getProblem(tensor); !problem.empty())
          return fail(op, "expected a tensor that has a tensor map; " +
                              Twine(problem));
        set(encode.getMap(),
            std::make_shared<const TensorMap>(
                TensorMap{tensor, SmallVector<int64_t, 4>(encode.getBox()),
                          static_cast<int64_t>(encode.getSwizzle())}));
        return Step::Done;
      })
      .Case([&](FitsBoxesOp fits) {
        bool all = llvm::all_of(fits.getTensors(), [&](Value tensor) {
          return getProblem(getAs<MemRef>(tensor)).empty();
        });
        set(fits.getFits(), createInteger(Element::I1, all));
        return Step::Done;
      })
      .Default([&](Operation *) {
        return fail(op, "is not known to the interpreter");
      });
}

// The datum for an argument, or nothing if it is not of the type.
static std::optional<Datum> createDatum(Type type,
                                        const InterpretedArgument &argument) {
  if (std::holds_alternative<std::monostate>(argument))
    return Datum();
  if (auto *tensor = std::get_if<InterpretedTensor>(&argument)) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref || !memref.getElementType().isIntOrFloat() ||
        memref.getRank() != static_cast<int64_t>(tensor->shape.size()))
      return std::nullopt;
    auto memory = std::make_shared<GlobalMemory>(
        GlobalMemory{tensor->begin, tensor->end - tensor->begin, nullptr});
    return MemRef{std::move(memory),
                  tensor->data - tensor->begin,
                  memref.getElementType(),
                  /*offset=*/0,
                  SmallVector<int64_t, 4>(ArrayRef(tensor->shape)),
                  SmallVector<int64_t, 4>(ArrayRef(tensor->strides))};
  }
  std::optional<Element> element = getElement(type);
  if (auto *integer = std::get_if<int64_t>(&argument)) {
    if (!element || isFloat(*element))
      return std::nullopt;
    return createInteger(*element, *integer);
  }
  if (!element || !isFloat(*element))
    return std::nullopt;
  return createFloat(*element, std::get<float>(argument));
}

LogicalResult mlir::gdr::interpret(func::FuncOp hostCode,
                                   ArrayRef<InterpretedArgument> arguments) {
  if (hostCode.isExternal() || !hostCode.getBody().hasOneBlock())
    return hostCode.emitOpError("expected a body of one block");
  if (hostCode.getNumArguments() != arguments.size())
    return mlir::emitError(hostCode.getLoc())
           << "expected " << hostCode.getNumArguments() << " arguments, got "
           << arguments.size();
  std::vector<Datum> data;
  for (auto [i, type] : llvm::enumerate(hostCode.getArgumentTypes())) {
    std::optional<Datum> datum = createDatum(type, arguments[i]);
    if (!datum)
      return mlir::emitError(hostCode.getLoc())
             << "argument #" << i << " of type " << type
             << " is not known to the interpreter";
    data.push_back(std::move(*datum));
  }
  if (failed(verifyHasTilePrograms(hostCode)))
    return failure();
  HostCode program;
  program.start(hostCode.getBody().front(), data);
  return success(program.run() == Step::Done);
}
