"""Exceptions, and how a status of the C API becomes one."""


class CompileError(ValueError):
    """The compiler refused a module; the message is the compiler's sentence."""


class NoCompilerError(RuntimeError):
    """A kernel is neither in the cache, nor is there a compiler to make it."""


class DeviceError(RuntimeError):
    """There is no such device, or its driver or the kernels do not go with it."""


class CacheError(OSError):
    """A file of the cache could not be read or written."""


# gdr_status, in gdr-c/Runtime.h.
_EXCEPTIONS: "dict[int, type[Exception]]" = {
    1: ValueError,
    2: DeviceError,
    3: DeviceError,
    4: DeviceError,
    5: DeviceError,
    6: CompileError,
    7: NoCompilerError,
    8: CacheError,
}


def make_error(status: int, sentence: str) -> Exception:
    """Returns the exception for a ``gdr_status`` other than 0."""
    return _EXCEPTIONS.get(status, RuntimeError)(sentence)
