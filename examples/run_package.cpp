// Runs an exported layer from C++, without Python:
//
//   run_package layer.pt2 inputs.pt outputs.pt
//
// layer.pt2 is a package of AOTInductor; inputs.pt a list of tensors that
// torch.save wrote, outputs.pt a tuple for torch.load. The program links
// libgdr_torch, which brings torch.ops.gdr along; docs/Export.md says how.

#include <torch/csrc/inductor/aoti_package/model_package_loader.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <fstream>
#include <iostream>
#include <iterator>

int main(int argc, char **argv) {
  if (argc != 4) {
    std::cerr << "usage: run_package PACKAGE INPUTS OUTPUTS\n";
    return 2;
  }
  try {
    std::ifstream file(argv[2], std::ios::binary);
    std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    at::IValue saved = torch::jit::pickle_load(bytes);
    std::vector<at::Tensor> inputs;
    for (const at::IValue &value : saved.toListRef())
      inputs.push_back(value.toTensor());

    torch::inductor::AOTIModelPackageLoader package(argv[1]);
    std::vector<at::Tensor> outputs = package.run(inputs);

    std::vector<at::IValue> tuple(outputs.begin(), outputs.end());
    bytes = torch::jit::pickle_save(c10::ivalue::Tuple::create(tuple));
    std::ofstream(argv[3], std::ios::binary).write(bytes.data(), bytes.size());
  } catch (const std::exception &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
