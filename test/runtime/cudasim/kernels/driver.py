"""The CUDA driver API by ctypes: as much of it as running a kernel needs, of any libcuda.so.1."""

import ctypes

import numpy as np

CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE = 5, 6
MAX_DYNAMIC_SHARED_SIZE_BYTES = 8  # CU_FUNC_ATTRIBUTE_…
TENSOR_MAP_TYPES = {
    "uint8": 0,
    "uint16": 1,
    "uint32": 2,
    "int32": 3,
    "uint64": 4,
    "int64": 5,
    "float16": 6,
    "float32": 7,
    "float64": 8,
    "bfloat16": 9,
}
SCALARS = {np.int32: ctypes.c_int32, np.float32: ctypes.c_float}
SWIZZLES = {0: 0, 32: 1, 64: 2, 128: 3}


class DriverError(Exception):
    """A call that returned something else than CUDA_SUCCESS; `name` is the CUresult's."""

    def __init__(self, call, name, log=""):
        super().__init__(f"{call}: {name}{': ' + log if log else ''}")
        self.name = name


class Array:
    """Device memory that starts as `values`, a NumPy array."""

    def __init__(self, values):
        self.values = np.ascontiguousarray(values)


class TensorMap:
    """A map over an Array as matrix: `box` and `shape` as (rows, columns), `swizzle` in bytes."""

    def __init__(self, array, box, swizzle=0, type=None):
        self.array, self.box, self.swizzle, self.type = (
            array,
            box,
            swizzle,
            type or str(array.values.dtype),
        )


class Driver:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.call("cuInit", 0)
        device, context = ctypes.c_int(), ctypes.c_void_p()
        self.call("cuDeviceGet", ctypes.byref(device), 0)
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self.call("cuCtxSetCurrent", context)
        self.device = device

    def call(self, function, *arguments, log=None):
        result = getattr(self.library, function)(*arguments)
        if result:
            name = ctypes.c_char_p()
            self.library.cuGetErrorName(result, ctypes.byref(name))
            raise DriverError(
                function, (name.value or b"?").decode(), log.value.decode() if log else ""
            )

    def reset(self):
        """A context that a fault killed is made anew."""
        self.library.cuDevicePrimaryCtxReset_v2(self.device)
        context = ctypes.c_void_p()
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self.device)
        self.call("cuCtxSetCurrent", context)

    def run(self, ptx, kernel, grid, block, arguments, shared=0, cooperative=False):
        """Loads `ptx`, launches, and returns what the Arrays among the arguments then hold."""
        log = ctypes.create_string_buffer(8192)
        options = (ctypes.c_int * 2)(CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE)
        values = (ctypes.c_void_p * 2)(ctypes.cast(log, ctypes.c_void_p), len(log))
        module, function = ctypes.c_void_p(), ctypes.c_void_p()
        self.call(
            "cuModuleLoadDataEx",
            ctypes.byref(module),
            ctypes.c_char_p(ptx.encode()),
            2,
            options,
            values,
            log=log,
        )
        self.call("cuModuleGetFunction", ctypes.byref(function), module, kernel.encode())
        if shared > 48 * 1024:
            self.call("cuFuncSetAttribute", function, MAX_DYNAMIC_SHARED_SIZE_BYTES, shared)
        places, parameters = {}, []

        def place(array):
            if id(array) not in places:
                pointer = ctypes.c_uint64()
                self.call(
                    "cuMemAlloc_v2", ctypes.byref(pointer), ctypes.c_size_t(array.values.nbytes)
                )
                self.call(
                    "cuMemcpyHtoD_v2",
                    pointer,
                    ctypes.c_void_p(array.values.ctypes.data),
                    ctypes.c_size_t(array.values.nbytes),
                )
                places[id(array)] = pointer
            return places[id(array)]

        for argument in arguments:
            if isinstance(argument, Array):
                parameters.append(ctypes.c_uint64(place(argument).value))
            elif isinstance(argument, TensorMap):
                parameters.append(self.encode(argument, place(argument.array).value))
            else:
                parameters.append(SCALARS[type(argument)](argument))
        pointers = (ctypes.c_void_p * max(1, len(parameters)))(
            *[ctypes.cast(ctypes.byref(each), ctypes.c_void_p) for each in parameters]
        )
        place = (function, *grid, *block, shared, None, pointers)
        if cooperative:
            self.call("cuLaunchCooperativeKernel", *place)
        else:
            self.call("cuLaunchKernel", *place, None)
        self.call("cuCtxSynchronize")
        outputs = []
        for argument in arguments:
            if isinstance(argument, TensorMap):
                argument = argument.array
            if isinstance(argument, Array):
                output = np.empty_like(argument.values)
                self.call(
                    "cuMemcpyDtoH_v2",
                    ctypes.c_void_p(output.ctypes.data),
                    places[id(argument)],
                    ctypes.c_size_t(output.nbytes),
                )
                outputs.append(output)
        for pointer in places.values():
            self.call("cuMemFree_v2", pointer)
        self.call("cuModuleUnload", module)
        return outputs

    def encode(self, tensor_map, address):
        # The map must lie on a 64-byte border: ctypes gives none, so there is room to choose one.
        room = ctypes.create_string_buffer(128 + 64)
        offset = -ctypes.addressof(room) % 64
        encoded = (ctypes.c_char * 128).from_buffer(room, offset)
        rows, columns = tensor_map.array.values.shape
        size = tensor_map.array.values.itemsize
        self.call(
            "cuTensorMapEncodeTiled",
            encoded,
            TENSOR_MAP_TYPES[tensor_map.type],
            2,
            ctypes.c_void_p(address),
            (ctypes.c_uint64 * 2)(columns, rows),
            (ctypes.c_uint64 * 1)(columns * size),
            (ctypes.c_uint32 * 2)(tensor_map.box[1], tensor_map.box[0]),
            (ctypes.c_uint32 * 2)(1, 1),
            0,
            SWIZZLES[tensor_map.swizzle],
            0,
            0,
        )
        return encoded
