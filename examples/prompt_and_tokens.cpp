// A prompt and the tokens after it, by one function that was compiled ahead of
// time for every number of sequences and tokens. docs/AheadOfTime.md has the
// commands. For a GPU compile for its chip, put tensors and workspace on the
// device, say kDLCUDA below and set args.stream.

#include "gated_delta_rule-cpu.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

// As in the command that compiled it.
constexpr int64_t HK = 2, HV = 4, K = 64, V = 64;

/// A row-major tensor in host memory.
class Tensor {
public:
  Tensor(std::vector<int64_t> shape) : shape(std::move(shape)) {
    size_t size = 1;
    for (int64_t extent : this->shape)
      size *= extent;
    data.resize(size);
  }

  Tensor &fill(float low, float high) {
    static std::mt19937 generator(1);
    std::uniform_real_distribution<float> values(low, high);
    std::generate(data.begin(), data.end(), [&] { return values(generator); });
    return *this;
  }

  /// What a call takes; valid as long as the tensor is.
  DLTensor view() {
    return {data.data(),       {kDLCPU, 0},  int32_t(shape.size()),
            {kDLFloat, 32, 1}, shape.data(), /*strides=*/nullptr,
            /*byte_offset=*/0};
  }

  std::vector<int64_t> shape;
  std::vector<float> data;
};

/// Tokens of one sequence, B = 1.
struct Tokens {
  Tokens(int64_t T)
      : q({1, T, HK, K}), k({1, T, HK, K}), v({1, T, HV, V}), g({1, T, HV}),
        beta({1, T, HV}), o({1, T, HV, V}) {}
  Tensor q, k, v, g, beta, o;
};

/// The DLTensor of tokens [begin, end).
static DLTensor slice(Tensor &tensor, int64_t begin, int64_t end,
                      std::vector<int64_t> &shape) {
  DLTensor view = tensor.view();
  shape = tensor.shape;
  shape[1] = end - begin;
  view.byte_offset =
      begin * sizeof(float) * (tensor.data.size() / tensor.shape[1]);
  view.shape = shape.data();
  return view;
}

/// Runs tokens [begin, end) and leaves the state after them in its buffer.
static void run(Tokens &tokens, int64_t begin, int64_t end, Tensor &state) {
  Tensor *tensors[] = {&tokens.q, &tokens.k,    &tokens.v,
                       &tokens.g, &tokens.beta, &tokens.o};
  DLTensor views[6];
  std::vector<int64_t> shapes[6];
  for (int i = 0; i < 6; ++i)
    views[i] = slice(*tensors[i], begin, end, shapes[i]);
  DLTensor stateView = state.view();

  gated_delta_rule_args args = {};
  args.size = sizeof(args);
  args.q = &views[0];
  args.k = &views[1];
  args.v = &views[2];
  args.g = &views[3];
  args.beta = &views[4];
  args.o = &views[5];
  args.state = &stateView;

  // How much it is depends on the sizes; a server asks once, for its largest.
  int64_t bytes = std::max<int64_t>(gated_delta_rule_workspace_size(&args), 0);
  std::unique_ptr<void, decltype(&std::free)> workspace(
      std::aligned_alloc(256, (bytes + 255) / 256 * 256), &std::free);
  args.workspace = workspace.get();
  args.workspace_bytes = bytes;
  if (gated_delta_rule(&args) != GDR_OK)
    std::printf("error: %s\n", gdr_last_error());
}

static double getDifference(const Tensor &a, const Tensor &b) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < a.data.size(); ++i) {
    difference += std::pow(a.data[i] - b.data[i], 2);
    norm += std::pow(b.data[i], 2);
  }
  return std::sqrt(difference / norm);
}

int main() {
  const int64_t T = 100, prompt = 96;
  Tokens tokens(T);
  for (Tensor *tensor : {&tokens.q, &tokens.k, &tokens.v})
    tensor->fill(-1, 1);
  tokens.g.fill(-1, 0); // the logarithm of the decay
  tokens.beta.fill(0, 1);

  Tensor state({1, HV, K, V});
  run(tokens, 0, prompt, state);
  for (int64_t t = prompt; t < T; ++t)
    run(tokens, t, t + 1, state);

  // All at once, for comparison.
  Tokens all = tokens;
  Tensor stateOfAll({1, HV, K, V});
  run(all, 0, T, stateOfAll);
  bool isSame = getDifference(tokens.o, all.o) < 1e-5 &&
                getDifference(state, stateOfAll) < 1e-5;
  std::printf("a prompt of 96 tokens and 4 more: %s 100 at once\n",
              isSame ? "the same as" : "not the same as");

  Tensor wrong({1, HV / 2, K, V}); // a mistake, to see a sentence
  run(tokens, 0, T, wrong);
  return !isSame;
}
