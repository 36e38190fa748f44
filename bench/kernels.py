"""Compiles benchmark cases with gdr-opt and calls them from torch.

A case is compiled to a host object, the object is linked with libgdr_runtime to
a shared library, and the library's C entry point is called through ctypes with
DLPack tensors that view torch's, on torch's current stream.
"""

import ctypes
import dataclasses
import pathlib
import shutil
import subprocess


def memref(*shape, of):
    return f"memref<{'x'.join(map(str, shape))}x{of}>"


@dataclasses.dataclass(frozen=True)
class Case:
    """One function to compile. The state is updated in place."""

    layout: str  # "v_first" or "k_first"
    state: str  # "f32", "bf16" or "f16"
    batch: int
    tokens: int
    overlap: bool = False  # programmatic dependent launch
    key_heads: int = 16
    value_heads: int = 32
    key_dim: int = 128
    value_dim: int = 128

    @property
    def name(self):
        overlap = "_pdl" if self.overlap else ""
        return (
            f"{self.layout}_{self.state}_b{self.batch}_t{self.tokens}"
            f"_h{self.key_heads}x{self.value_heads}_d{self.key_dim}x{self.value_dim}{overlap}"
        )

    def state_shape(self):
        tail = (self.value_dim, self.key_dim)
        if self.layout == "k_first":
            tail = tail[::-1]
        return (self.batch, self.value_heads, *tail)

    def minimum_bytes(self):
        """Each input read once, each output written once, the state both."""
        element = {"f32": 4, "bf16": 2, "f16": 2}[self.state]
        state = self.batch * self.value_heads * self.key_dim * self.value_dim * element
        tokens = self.batch * self.tokens
        activations = 2 * self.key_heads * self.key_dim + 2 * self.value_heads * self.value_dim
        return 2 * state + tokens * (2 * activations + 8 * self.value_heads)

    def mlir(self):
        key = memref(self.batch, self.tokens, self.key_heads, self.key_dim, of="bf16")
        value = memref(self.batch, self.tokens, self.value_heads, self.value_dim, of="bf16")
        gate = memref(self.batch, self.tokens, self.value_heads, of="f32")
        state = memref(*self.state_shape(), of=self.state)
        overlap = ", programmatic_dependent_launch" if self.overlap else ""
        return f"""
func.func @step(%q: {key}, %k: {key}, %v: {value}, %g: {gate}, %beta: {gate}, %state: {state}, %o: {value}) {{
  gdr.gated_delta_rule ins(%q, %k, %v : {key}, {key}, {value}) gate(%g : {gate}) beta(%beta : {gate})
      initial_state(%state : {state}) outs(%o : {value}) final_state(%state : {state})
      {{state_layout = #gdr.state_layout<{self.layout}>{overlap}}}
  return
}}
"""


def compile_case(case, directory, build, chip="sm_90a"):
    """Compiles a case to DIRECTORY/NAME.so with the build folder's compiler."""
    directory = pathlib.Path(directory)
    build = pathlib.Path(build)
    library = directory / f"{case.name}.so"
    source = directory / f"{case.name}.mlir"
    target = directory / f"{case.name}.o"
    source.write_text(case.mlir())
    subprocess.run(
        [build / "bin/gdr-opt", source, f"--gdr-compile=chip={chip}", "--emit=object", "-o", target],
        check=True,
    )
    subprocess.run(
        ["cc", "-shared", "-o", library, target, "-L", directory, "-lgdr_runtime", "-Wl,-rpath,$ORIGIN"],
        check=True,
    )
    return library


def compile_cases(cases, directory, build):
    """Compiles cases into DIRECTORY, and copies the runtime beside them."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copy(build / "lib/libgdr_runtime.so", directory)
    for case in cases:
        compile_case(case, directory, build)


# DLPack's C structs.
class _DLTensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


def _view(tensor):
    import torch

    code = 4 if tensor.dtype == torch.bfloat16 else 2 if tensor.dtype.is_floating_point else 0
    integers = ctypes.c_int64 * tensor.dim()
    cuda = 2
    return _DLTensor(
        tensor.data_ptr(), cuda, tensor.device.index or 0, tensor.dim(), code,
        tensor.element_size() * 8, 1, integers(*tensor.shape), integers(*tensor.stride()), 0,
    )


class Kernel:
    """A compiled case."""

    def __init__(self, case, directory):
        directory = pathlib.Path(directory).resolve()
        self.case = case
        self.runtime = ctypes.CDLL(str(directory / "libgdr_runtime.so"))
        self.runtime.gdr_last_error.restype = ctypes.c_char_p
        self.library = ctypes.CDLL(str(directory / f"{case.name}.so"))
        self.library.step_workspace_size.restype = ctypes.c_int64
        self.check(self.library.step_load(0))

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.runtime.gdr_last_error().decode())

    def arguments(self, tensors, stream):
        """The argument struct for tensors in the function's order, with a workspace."""
        import torch

        views = [_view(tensor) for tensor in tensors]

        class Arguments(ctypes.Structure):
            _fields_ = [
                ("size", ctypes.c_size_t),
                ("flags", ctypes.c_uint64),
                ("stream", ctypes.c_void_p),
                ("workspace", ctypes.c_void_p),
                ("workspace_bytes", ctypes.c_size_t),
                ("tensors", ctypes.POINTER(_DLTensor) * len(views)),
            ]

        pointers = (ctypes.POINTER(_DLTensor) * len(views))(*map(ctypes.pointer, views))
        arguments = Arguments(
            ctypes.sizeof(Arguments), int(self.case.overlap), stream, None, 0, pointers
        )
        needed = self.library.step_workspace_size(ctypes.byref(arguments))
        self.check(min(needed, 0))
        workspace = torch.empty(needed, dtype=torch.uint8, device="cuda") if needed else None
        if needed:
            arguments.workspace = workspace.data_ptr()
            arguments.workspace_bytes = needed
        arguments.keep_alive = (views, tensors, workspace)
        return arguments

    def __call__(self, arguments):
        self.check(self.library.step(ctypes.byref(arguments)))

    def make_call(self, tensors):
        """A call on torch's current stream, whose arguments are made once a stream."""
        import torch

        arguments = {}

        def call():
            stream = torch.cuda.current_stream().cuda_stream
            if stream not in arguments:
                arguments[stream] = self.arguments(tensors, stream)
            self(arguments[stream])

        return call
