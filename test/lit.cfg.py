"""The lit suite.

Features a test can require:
  cuda             a driver with at least one device
  sm_90, ...       the compute capability of the first device
  ptxas            ptxas is there to assemble PTX
  fatbinary        fatbinary is there to bundle cubins
  numpy, torch     the package is there for %python

Parameters:
  --param verify-roundtrip=1   pass --verify-roundtrip to every gdr-opt
"""

import ctypes
import os
import subprocess

import lit.formats
import lit.util
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst


def get_cuda_capability():
    """The first device's (major, minor), or None without a driver or device."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    count = ctypes.c_int(0)
    if cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return None
    device, value, capability = ctypes.c_int(0), ctypes.c_int(0), []
    cuda.cuDeviceGet(ctypes.byref(device), 0)
    for attribute in (75, 76):  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_{MAJOR,MINOR}
        cuda.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        capability.append(value.value)
    return tuple(capability)


def has_python_package(python, name):
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec('{name}') is None)"
    return subprocess.run([python, "-c", code], capture_output=True).returncode == 0


verify_roundtrip = lit_config.params.get("verify-roundtrip", "0") not in ("", "0")

config.name = "gdr-verify-roundtrip" if verify_roundtrip else "gdr"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".c"]
config.excludes = ["Inputs", "Unit", "Python"]
config.test_source_root = os.path.dirname(__file__)
# Each run keeps its temporary files to itself.
config.test_exec_root = os.path.join(config.gdr_obj_root, "test", config.name)

llvm_config.with_system_environment(
    ["HOME", "TMPDIR", "CUDA_VISIBLE_DEVICES", "CUDA_CACHE_PATH"]
)
directories = [config.gdr_tools_dir, config.llvm_tools_dir]
directories += [config.environment["PATH"], "/usr/local/cuda/bin"]
path = os.pathsep.join(directories)
config.environment["PATH"] = path

python = lit.util.which("python3", path)
# Programs that load a library with sanitizers need their functions.
sanitizers = config.sanitizers.lower().replace(";", ",")
config.substitutions += [
    ("%gdr_src_root", config.gdr_src_root),
    ("%gdr_obj_root", config.gdr_obj_root),
    ("%cc", f"{config.host_cc} -fsanitize={sanitizers}" if sanitizers else config.host_cc),
    ("%python", python),
]
if verify_roundtrip:
    gdr_opt = ToolSubst("gdr-opt", extra_args=["--verify-roundtrip"], unresolved="fatal")
    llvm_config.add_tool_substitutions([gdr_opt], [config.gdr_tools_dir])

capability = get_cuda_capability()
if capability:
    config.available_features.add("cuda")
    config.available_features.add("sm_%d%d" % capability)
for tool in ("ptxas", "fatbinary"):
    if lit.util.which(tool, path):
        config.available_features.add(tool)
for package in ("numpy", "torch"):
    if has_python_package(python, package):
        config.available_features.add(package)
