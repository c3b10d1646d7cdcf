"""Opens libcuda.so.1 as any program does, and prints what it says of its device."""

import ctypes

cuda = ctypes.CDLL("libcuda.so.1")


def checked(result):
    assert result == 0, result


def attribute(number):
    value = ctypes.c_int()
    checked(cuda.cuDeviceGetAttribute(ctypes.byref(value), number, 0))
    return value.value


checked(cuda.cuInit(0))
name = ctypes.create_string_buffer(100)
checked(cuda.cuDeviceGetName(name, 100, 0))
memory = ctypes.c_size_t()
checked(cuda.cuDeviceTotalMem_v2(ctypes.byref(memory), 0))
print(
    f"{name.value.decode()}, sm_{attribute(75)}{attribute(76)}, "
    f"{attribute(16)} multiprocessors, {memory.value} bytes"
)
