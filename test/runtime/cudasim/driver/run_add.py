"""run_add.py WORDS: adds 1 to WORDS words of an allocation of 64, and prints the registers that the
driver says the kernel has, the launch's result and the first word."""

import ctypes
import sys

PTX = b"""
.version 8.0
.target sm_80
.address_size 64
.file 1 "add.cu"
.visible .entry add(.param .u64 p) {
  .reg .b32 %r<3>; .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p];
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd2, %r1, 4;
  add.s64 %rd3, %rd1, %rd2;
  .loc 1 7 3
  ld.global.u32 %r2, [%rd3];
  add.u32 %r2, %r2, 1;
  st.global.u32 [%rd3], %r2;
  ret;
}
"""

cuda = ctypes.CDLL("libcuda.so.1")


def checked(result):
    assert result == 0, result


context, module, function = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
checked(cuda.cuInit(0))
checked(cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0))
checked(cuda.cuCtxSetCurrent(context))
checked(cuda.cuModuleLoadData(ctypes.byref(module), PTX))
checked(cuda.cuModuleGetFunction(ctypes.byref(function), module, b"add"))
registers = ctypes.c_int()
checked(cuda.cuFuncGetAttribute(ctypes.byref(registers), 4, function))
print("registers", registers.value)
memory, word = ctypes.c_uint64(), ctypes.c_uint32()
checked(cuda.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(256)))
checked(cuda.cuMemsetD32_v2(memory, 41, ctypes.c_size_t(64)))
parameters = (ctypes.c_void_p * 1)(ctypes.addressof(memory))
result = cuda.cuLaunchKernel(
    function, 1, 1, 1, int(sys.argv[1]), 1, 1, 0, None, parameters, None
)
print("launch", result)
if result == 0:
    checked(cuda.cuMemcpyDtoH_v2(ctypes.byref(word), memory, ctypes.c_size_t(4)))
    print("word", word.value)
