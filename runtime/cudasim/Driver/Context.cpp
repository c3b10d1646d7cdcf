//===- Context.cpp - Contexts, primary and made ---------------------------===//
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>

namespace azulejo::cudasim::driver {

// Contexts that a thread made current, the current one last. A null entry is a context of none.
static thread_local std::vector<std::shared_ptr<Context>> stack;

std::shared_ptr<Context> Driver::makeContext(unsigned flags, bool isPrimary) {
  auto context = std::make_shared<Context>();
  context->isPrimary = isPrimary;
  context->flags = flags;
  context->id = nextId++;
  context->limits = {{CU_LIMIT_STACK_SIZE, 1024},
                     {CU_LIMIT_PRINTF_FIFO_SIZE, 1 << 20},
                     {CU_LIMIT_MALLOC_HEAP_SIZE, 8 << 20},
                     {CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH, 2},
                     {CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT, 2048},
                     {CU_LIMIT_MAX_L2_FETCH_GRANULARITY, 64},
                     {CU_LIMIT_PERSISTING_L2_CACHE_SIZE, 0}};
  auto stream = std::make_shared<Stream>();
  stream->handle = CU_STREAM_LEGACY;
  stream->kind = Stream::Legacy;
  stream->id = nextId++;
  stream->context = context;
  context->legacyStream = stream;
  context->streams.insert(stream.get());
  return registry.add(context);
}

/// Frees all that belongs to the context; handles of its streams, events, modules and graphs that
/// are left answer that it is destroyed, or that they are none.
void Driver::destroyContext(Context &context) {
  context.destroyed = true;
  reportLeaks(context);
  std::vector<uint64_t> mine;
  for (auto &[begin, record] : records)
    if (record.context.lock().get() == &context)
      mine.push_back(begin);
  for (uint64_t begin : mine)
    release(begin);
  for (const std::shared_ptr<Module> &module : context.modules) {
    for (auto &[name, function] : module->functions)
      registry.remove(*function);
    banks.erase(module->bank);
    if (module->library)
      module->library->modules.erase(&context);
    registry.remove(*module);
  }
  context.modules.clear();
  for (Stream *stream : std::set<Stream *>(context.streams)) {
    if (stream->capture) {
      stream->capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      stream->capture->origin = nullptr;
      stream->capture = nullptr;
    }
    if (stream->kind == Stream::Created)
      registry.remove(*stream);
  }
  context.streams = {context.legacyStream.get()};
  context.threadStreams.clear();
  if (!context.isPrimary)
    registry.remove(context);
}

std::shared_ptr<Context> Driver::currentOrNull() { return stack.empty() ? nullptr : stack.back(); }

Context &Driver::current() {
  std::shared_ptr<Context> context = currentOrNull();
  require(context != nullptr, CUDA_ERROR_INVALID_CONTEXT);
  require(!context->destroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
  require(context->error == CUDA_SUCCESS, context->error);
  return *context;
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

void checkFlags(unsigned flags) {
  unsigned schedule = flags & CU_CTX_SCHED_MASK;
  require((flags & ~unsigned(CU_CTX_FLAGS_MASK)) == 0 &&
          (schedule == 0 || schedule == CU_CTX_SCHED_SPIN || schedule == CU_CTX_SCHED_YIELD ||
           schedule == CU_CTX_SCHED_BLOCKING_SYNC));
}

void setCurrent(std::shared_ptr<Context> context) {
  if (!stack.empty())
    stack.pop_back();
  if (context)
    stack.push_back(std::move(context));
}

/// A context that is current somewhere or was made current before: alive, faulty or not.
std::shared_ptr<Context> findContext(Driver &driver, CUcontext handle) {
  return driver.find<Context>(handle, CUDA_ERROR_INVALID_CONTEXT);
}

void create(Driver &driver, CUcontext *out, unsigned flags, CUdevice device) {
  requirePointer(out);
  requireDevice(device);
  checkFlags(flags);
  std::shared_ptr<Context> context = driver.makeContext(flags, false);
  stack.push_back(context);
  *out = static_cast<CUcontext>(context->handle);
}

/// All that was asked for is done: what is left is to say so.
void synchronize(Driver &driver, Context &context) {
  require(context.error == CUDA_SUCCESS, context.error);
  driver.forbidImplicitCapture(context);
  for (Stream *stream : context.streams)
    context.hostTime = std::max(context.hostTime, stream->time);
}

} // namespace

extern "C" {

CUresult cuCtxCreate(CUcontext *out, CUctxCreateParams *parameters, unsigned int flags,
                     CUdevice device) {
  return withDriver([&](Driver &driver) {
    require(!parameters || parameters->numExecAffinityParams == 0,
            CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY);
    require(!parameters || !parameters->cigParams, CUDA_ERROR_NOT_SUPPORTED);
    create(driver, out, flags, device);
  });
}

#undef cuCtxCreate
// The versions before CUDA 13, which programs get that were compiled with older headers.
__attribute__((visibility("default"))) CUresult cuCtxCreate(CUcontext *out, unsigned int flags,
                                                            CUdevice device) {
  return withDriver([&](Driver &driver) { create(driver, out, flags, device); });
}
__attribute__((visibility("default"))) CUresult cuCtxCreate_v2(CUcontext *out, unsigned int flags,
                                                               CUdevice device) {
  return withDriver([&](Driver &driver) { create(driver, out, flags, device); });
}
__attribute__((visibility("default"))) CUresult cuCtxCreate_v3(CUcontext *out,
                                                               CUexecAffinityParam *, int count,
                                                               unsigned int flags,
                                                               CUdevice device) {
  return withDriver([&](Driver &driver) {
    require(count == 0, CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY);
    create(driver, out, flags, device);
  });
}

CUresult cuCtxDestroy(CUcontext handle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Context> context = findContext(driver, handle);
    require(!context->isPrimary, CUDA_ERROR_INVALID_CONTEXT);
    driver.destroyContext(*context);
    if (!stack.empty() && stack.back() == context)
      stack.pop_back();
  });
}

CUresult cuCtxPushCurrent(CUcontext handle) {
  return withDriver([&](Driver &driver) { stack.push_back(findContext(driver, handle)); });
}

CUresult cuCtxPopCurrent(CUcontext *out) {
  return withDriver([&](Driver &) {
    require(!stack.empty(), CUDA_ERROR_INVALID_CONTEXT);
    if (out)
      *out = static_cast<CUcontext>(stack.back()->handle);
    stack.pop_back();
  });
}

CUresult cuCtxSetCurrent(CUcontext handle) {
  return withDriver(
      [&](Driver &driver) { setCurrent(handle ? findContext(driver, handle) : nullptr); });
}

CUresult cuCtxGetCurrent(CUcontext *out) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    std::shared_ptr<Context> context = driver.currentOrNull();
    *out = context ? static_cast<CUcontext>(context->handle) : nullptr;
  });
}

CUresult cuCtxGetDevice(CUdevice *out) {
  return withContext([&](Driver &, Context &) {
    requirePointer(out);
    *out = 0;
  });
}

CUresult cuCtxGetDevice_v2(CUdevice *out, CUcontext handle) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    handle ? (void)findContext(driver, handle) : (void)driver.current();
    *out = 0;
  });
}

CUresult cuCtxGetFlags(unsigned int *flags) {
  return withContext([&](Driver &, Context &context) {
    requirePointer(flags);
    *flags = context.flags;
  });
}

CUresult cuCtxSetFlags(unsigned int flags) {
  return withContext([&](Driver &, Context &context) {
    checkFlags(flags);
    context.flags = flags;
  });
}

CUresult cuCtxGetId(CUcontext handle, unsigned long long *id) {
  return withDriver([&](Driver &driver) {
    requirePointer(id);
    *id = handle ? findContext(driver, handle)->id : driver.current().id;
  });
}

CUresult cuCtxSynchronize() {
  return withContext([&](Driver &driver, Context &context) { synchronize(driver, context); });
}

CUresult cuCtxSynchronize_v2(CUcontext handle) {
  return withDriver([&](Driver &driver) {
    handle ? synchronize(driver, *findContext(driver, handle))
           : synchronize(driver, driver.current());
  });
}

CUresult cuCtxSetLimit(CUlimit limit, size_t value) {
  return withContext([&](Driver &driver, Context &context) {
    auto found = context.limits.find(limit);
    require(found != context.limits.end(),
            limit < CU_LIMIT_MAX ? CUDA_ERROR_UNSUPPORTED_LIMIT : CUDA_ERROR_INVALID_VALUE);
    if (limit == CU_LIMIT_STACK_SIZE)
      require(value <= 512 << 10); // local memory of a thread, CUDA C++ Programming Guide
    if (limit == CU_LIMIT_MAX_L2_FETCH_GRANULARITY)
      require(value <= 128);
    if (limit == CU_LIMIT_PERSISTING_L2_CACHE_SIZE)
      value = std::min<size_t>(value, driver.architecture().l2Bytes / 4 * 3);
    // Stacks are handed out in units of 16 bytes.
    found->second = limit == CU_LIMIT_STACK_SIZE ? (value + 15) / 16 * 16 : value;
  });
}

CUresult cuCtxGetLimit(size_t *value, CUlimit limit) {
  return withContext([&](Driver &, Context &context) {
    requirePointer(value);
    auto found = context.limits.find(limit);
    require(found != context.limits.end(),
            limit < CU_LIMIT_MAX ? CUDA_ERROR_UNSUPPORTED_LIMIT : CUDA_ERROR_INVALID_VALUE);
    *value = found->second;
  });
}

CUresult cuCtxGetCacheConfig(CUfunc_cache *config) {
  return withContext([&](Driver &, Context &context) {
    requirePointer(config);
    *config = context.cache;
  });
}

CUresult cuCtxSetCacheConfig(CUfunc_cache config) {
  return withContext([&](Driver &, Context &context) {
    require(config <= CU_FUNC_CACHE_PREFER_EQUAL);
    context.cache = config;
  });
}

CUresult cuCtxGetSharedMemConfig(CUsharedconfig *config) {
  return withContext([&](Driver &, Context &) {
    requirePointer(config);
    *config = CU_SHARED_MEM_CONFIG_FOUR_BYTE_BANK_SIZE;
  });
}

CUresult cuCtxSetSharedMemConfig(CUsharedconfig config) {
  return withContext([&](Driver &, Context &) {
    require(config <= CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE); // and nothing comes of it
  });
}

CUresult cuCtxGetApiVersion(CUcontext handle, unsigned int *version) {
  return withDriver([&](Driver &driver) {
    requirePointer(version);
    handle ? (void)findContext(driver, handle) : (void)driver.current();
    *version = 3020;
  });
}

CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  return withContext([&](Driver &, Context &) {
    if (least)
      *least = 0;
    if (greatest)
      *greatest = -5;
  });
}

CUresult cuCtxResetPersistingL2Cache() {
  return withContext([](Driver &, Context &) {});
}

CUresult cuCtxGetExecAffinity(CUexecAffinityParam *, CUexecAffinityType) {
  return withContext([](Driver &, Context &) { fail(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY); });
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *out, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    requireDevice(device);
    if (!driver.primary) {
      driver.primary = driver.makeContext(driver.primaryFlags, true);
    } else if (driver.primary->destroyed) {
      // The handle stays what it was: a program may have kept it over a reset.
      std::shared_ptr<Context> fresh = driver.makeContext(driver.primaryFlags, true);
      driver.registry.remove(*fresh);
      Context &primary = *driver.primary;
      fresh->handle = primary.handle;
      primary = *fresh;
      primary.legacyStream->context = driver.primary;
    }
    ++driver.primaryReferences;
    *out = static_cast<CUcontext>(driver.primary->handle);
  });
}

CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
  return withDriver([&](Driver &driver) {
    requireDevice(device);
    require(driver.primaryReferences > 0, CUDA_ERROR_INVALID_CONTEXT);
    if (--driver.primaryReferences == 0 && driver.primary && !driver.primary->destroyed)
      driver.destroyContext(*driver.primary);
  });
}

CUresult cuDevicePrimaryCtxReset(CUdevice device) {
  return withDriver([&](Driver &driver) {
    requireDevice(device);
    if (!driver.primary || driver.primary->destroyed)
      return;
    driver.destroyContext(*driver.primary);
    driver.primaryReferences = 0;
  });
}

CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned int flags) {
  return withDriver([&](Driver &driver) {
    requireDevice(device);
    checkFlags(flags);
    driver.primaryFlags = flags;
    if (driver.primary)
      driver.primary->flags = flags;
  });
}

CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags, int *active) {
  return withDriver([&](Driver &driver) {
    require(flags != nullptr && active != nullptr);
    requireDevice(device);
    *flags = driver.primaryFlags;
    *active = driver.primary && !driver.primary->destroyed;
  });
}
}
