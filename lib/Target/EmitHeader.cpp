//===- EmitHeader.cpp - C headers for entry points ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Emit.h"

#include "gdr/Target/Entry.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::gdr;

// "bf16 [B, 1, 16, 128]": dynamic sizes by their names.
static std::string getDescription(const EntryArgument &argument) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto memref = dyn_cast<MemRefType>(argument.type);
  if (!memref) {
    os << argument.type;
    return text;
  }
  os << memref.getElementType() << " [";
  for (int64_t i = 0; i < memref.getRank(); ++i) {
    os << (i ? ", " : "");
    if (!memref.isDynamicDim(i))
      os << memref.getDimSize(i);
    else if (i < static_cast<int64_t>(argument.dims.size()))
      os << argument.dims[i];
    else
      os << "?";
  }
  os << "]";
  return text;
}

static StringRef getCType(Type type) {
  if (isa<MemRefType>(type))
    return "const DLTensor *";
  return isa<FloatType>(type) ? "double " : "int64_t ";
}

static void printEntry(raw_ostream &os, const Entry &entry) {
  StringRef name = entry.getName();
  os << "struct " << name << "_args {\n"
     << "  size_t size; /* sizeof(struct " << name << "_args) */\n"
     << "  uint64_t flags; /* gdr_call_flags */\n"
     << "  void *stream; /* CUstream; NULL for CPU tensors */\n"
     << "  void *workspace;\n"
     << "  size_t workspace_bytes;\n";
  for (const EntryArgument &argument : entry.getArguments())
    os << "  " << getCType(argument.type) << argument.name << "; /* "
       << getDescription(argument) << " */\n";
  os << "};\n\n"
     << "/* Tensors are on "
     << (entry.isOnDevice() ? "one CUDA device" : "the CPU")
     << ". Returns a gdr_status; gdr_last_error() has the sentence. */\n"
     << "int32_t " << name << "(const struct " << name << "_args *args);\n"
     << "/* Bytes of workspace that the call needs; negative on error. */\n"
     << "int64_t " << name << "_workspace_size(const struct " << name
     << "_args *args);\n"
     << "/* Loads the kernels on a device, before a CUDA graph is captured. "
        "*/\n"
     << "int32_t " << name << "_load(int32_t device);\n"
     << "/* JSON: what the call takes and launches. */\n"
     << "extern const char " << name << "_description[];\n\n";
}

void mlir::gdr::emitHeader(ModuleOp module, StringRef guardName,
                           raw_ostream &os) {
  std::string guard = "GDR_" + guardName.upper() + "_H";
  for (char &c : guard)
    if (!llvm::isAlnum(c))
      c = '_';
  os << "/* Written by gdr-opt --emit=header. */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include <gdr-c/Runtime.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  for (auto &[name, variants] : getHostCode(module))
    printEntry(os, *Entry::get(variants.front()));
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}
