//===- Options.cpp - command line of gdr-run ------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "llvm/Support/CommandLine.h"

using namespace mlir;
using namespace mlir::gdr::run;
namespace cl = llvm::cl;

static constexpr StringLiteral overview =
    "runs a function with gated delta rules on the CPU or a GPU\n\n"
    "  Compiles a function of an MLIR module, calls its C entry point with\n"
    "  random inputs or those of .npy files, compares the results with the\n"
    "  recurrence in f64 (--check) and measures the time (--bench).\n";

namespace {

/// The options, which are registered while this object lives.
struct CommandLine {
  cl::OptionCategory category{"gdr-run options"};

  cl::opt<std::string> inputFile{cl::Positional, cl::desc("<module>"),
                                 cl::init("-"), cl::cat(category)};
  cl::opt<std::string> function{
      "function", cl::value_desc("name"), cl::cat(category),
      cl::desc("function to run (default: the only one with a gated delta "
               "rule)")};
  cl::opt<TargetKind> target{
      "target", cl::cat(category), cl::init(TargetKind::CPU),
      cl::desc("where to run"),
      cl::values(clEnumValN(TargetKind::CPU, "cpu", "the host (default)"),
                 clEnumValN(TargetKind::CUDA, "cuda", "the first GPU"),
                 clEnumValN(TargetKind::Interpreter, "interpreter",
                            "the tile programs for a GPU, on the host: finds "
                            "deadlocks and races"))};
  cl::opt<std::string> chip{
      "chip", cl::value_desc("sm_90a"), cl::cat(category),
      cl::desc("chip to compile for, or several, separated by commas (default: "
               "that of the GPU)")};
  cl::opt<bool> ptx{
      "ptx", cl::cat(category),
      cl::desc(
          "run PTX, which the driver compiles, also that of an earlier chip "
          "than the GPU")};
  cl::opt<bool> racecheck{
      "racecheck", cl::cat(category),
      cl::desc(
          "kernels that compute-sanitizer's racecheck can follow; slower")};
  cl::opt<bool> lowerRings{
      "lower-rings", cl::cat(category),
      cl::desc("interpret tile programs with rings lowered to barriers and "
               "everything in its place in shared memory")};
  cl::opt<bool> check{
      "check", cl::cat(category),
      cl::desc(
          "compare with the recurrence in f64; exit with 1 on a mismatch")};
  cl::opt<bool> bench{"bench", cl::cat(category),
                      cl::desc("measure the time of a call")};
  cl::list<std::string> dims{
      "dim", cl::value_desc("T=64,B=3"), cl::CommaSeparated, cl::cat(category),
      cl::desc("sizes of dynamic dimensions, values of index arguments "
               "(default: B=2, T=5, N=3, P=N+3)")};
  cl::list<std::string> inputs{"input", cl::value_desc("q=q.npy"),
                               cl::CommaSeparated, cl::cat(category),
                               cl::desc("read arguments from files")};
  cl::list<std::string> outputs{
      "output", cl::value_desc("o=o.npy"), cl::CommaSeparated,
      cl::cat(category), cl::desc("write arguments or results to files")};
  cl::opt<uint64_t> seed{"seed", cl::init(0), cl::cat(category),
                         cl::desc("of the random inputs (default 0)")};
  cl::opt<Gates> gates{
      "gates", cl::cat(category), cl::init(Gates::Random),
      cl::desc("log decay of the random inputs"),
      cl::values(
          clEnumValN(Gates::Random, "random", "as in a real layer (default)"),
          clEnumValN(Gates::Zero, "zero", "0: the state never decays"),
          clEnumValN(Gates::Strong, "strong", "-70"),
          clEnumValN(Gates::MinusInfinity, "-inf",
                     "-inf for half of the tokens"))};
  cl::opt<double> maxBeta{
      "max-beta", cl::init(1), cl::cat(category),
      cl::desc("bound of random betas that need no sigmoid (default 1)")};
  cl::opt<int64_t> steps{
      "steps", cl::init(1), cl::cat(category),
      cl::desc("calls with new tokens that carry the state (default 1)")};
  cl::list<int64_t> splits{
      "split", cl::value_desc("t"), cl::CommaSeparated, cl::cat(category),
      cl::desc("tokens before which to split T into calls that carry the "
               "state")};
  cl::opt<double> toleranceO{
      "tolerance-o", cl::cat(category),
      cl::desc("limit of the relative error of o (default by its type)")};
  cl::opt<double> toleranceState{
      "tolerance-state", cl::cat(category),
      cl::desc("limit of the relative error of the final state (default by its "
               "type and T)")};
  cl::opt<int64_t> repeat{
      "repeat", cl::init(0), cl::cat(category),
      cl::desc("measurements of --bench (default: about a second of them)")};
  cl::opt<int64_t> threads{"threads", cl::init(0), cl::cat(category),
                           cl::desc("CPU threads (default: one a core)")};
  cl::opt<std::string> jsonFile{"json", cl::value_desc("file"),
                                cl::cat(category),
                                cl::desc("write all figures to a file")};
};

} // namespace

StringRef mlir::gdr::run::getName(TargetKind target) {
  switch (target) {
  case TargetKind::CPU:
    return "cpu";
  case TargetKind::CUDA:
    return "cuda";
  case TargetKind::Interpreter:
    return "interpreter";
  }
  llvm_unreachable("unknown target");
}

// Parses NAME=FILE.
static llvm::Error
parseFiles(StringRef option, const cl::list<std::string> &texts,
           std::vector<std::pair<std::string, std::string>> &files) {
  for (StringRef text : texts) {
    auto [name, file] = text.split('=');
    if (name.empty() || file.empty())
      return makeError("--{0}={1}: expected NAME=FILE", option, text);
    files.emplace_back(name, file);
  }
  return llvm::Error::success();
}

static llvm::Error parseDims(const cl::list<std::string> &texts,
                             llvm::StringMap<int64_t> &dims) {
  for (StringRef text : texts) {
    auto [name, size] = text.split('=');
    int64_t value;
    if (name.empty() || size.getAsInteger(10, value) || value < 0)
      return makeError("--dim={0}: expected NAME=SIZE with a size that is not "
                       "negative",
                       text);
    dims[name] = value;
  }
  return llvm::Error::success();
}

// Checks what the command line library does not.
static llvm::Error verify(const Options &options) {
  for (auto [name, value, least] : {std::tuple("repeat", options.repeat, 0),
                                    std::tuple("steps", options.steps, 1),
                                    std::tuple("threads", options.threads, 0)})
    if (value < least || value > std::numeric_limits<int32_t>::max())
      return makeError("--{0}={1}: expected at least {2}", name, value, least);
  if (options.steps > 1 && !options.splits.empty())
    return makeError("--steps and --split exclude each other");
  if (options.lowerRings && options.target != TargetKind::Interpreter)
    return makeError("--lower-rings needs --target=interpreter");
  if (options.ptx && options.target != TargetKind::CUDA)
    return makeError("--ptx needs --target=cuda");
  if (options.racecheck && options.target != TargetKind::CUDA &&
      !options.lowerRings)
    return makeError("--racecheck needs --target=cuda or --lower-rings");
  if (options.bench && options.target == TargetKind::Interpreter)
    return makeError("--bench measures cpu and cuda, got --target=interpreter");
  if (!options.check && (options.steps > 1 || !options.splits.empty()))
    return makeError("--{0} needs --check",
                     options.steps > 1 ? "steps" : "split");
  return llvm::Error::success();
}

llvm::Expected<Options> mlir::gdr::run::parseOptions(int argc, char **argv) {
  // The LLVM libraries register options of their own, whatever their names.
  cl::ResetCommandLineParser();
  CommandLine line;
  cl::ParseCommandLineOptions(argc, argv, overview);
  Options options;
  options.inputFile = line.inputFile;
  options.function = line.function;
  options.target = line.target;
  options.chip = line.chip;
  options.ptx = line.ptx;
  options.racecheck = line.racecheck;
  options.lowerRings = line.lowerRings;
  options.check = line.check;
  options.bench = line.bench;
  options.random = {line.seed, line.gates, line.maxBeta};
  options.repeat = line.repeat;
  options.steps = line.steps;
  options.splits.assign(line.splits.begin(), line.splits.end());
  llvm::sort(options.splits);
  if (line.toleranceO.getNumOccurrences())
    options.toleranceO = line.toleranceO;
  if (line.toleranceState.getNumOccurrences())
    options.toleranceState = line.toleranceState;
  options.threads = line.threads;
  options.jsonFile = line.jsonFile;
  if (llvm::Error error = parseDims(line.dims, options.dims))
    return error;
  if (llvm::Error error = parseFiles("input", line.inputs, options.inputs))
    return error;
  if (llvm::Error error = parseFiles("output", line.outputs, options.outputs))
    return error;
  if (llvm::Error error = verify(options))
    return error;
  return options;
}
